// Package plan decides what a generated package holds.
//
// In come a document and policy files, out come an [api.API] and diagnostics. Plan is a pure function: it reads no file, clock or environment, and
// changes no document. All Go names are settled here, in one table (names.go); all types are built here, also those of inline schemas (types.go);
// every operation gets its effective policy, each value with its source (policies.go). What a user can do wrong is found here at the latest:
// the printers that follow cannot fail on a user's mistake.
package plan
