// Package plan decides the content of a generated package.
//
// [Plan] takes a document and policy files and returns an [api.API] and findings. It is a pure
// function: it reads no files, clock or environment, and does not change the document. Its steps
// are functions over values: selection.go; operations.go with bodies.go, responses.go, contents.go
// and streams.go; servers.go; security.go; rules.go; pages.go; and groups.go. Identifiers come from
// package naming, types from package typing, effective policies from package policies, and the
// constraints that validation checks from package rules.
//
// All mistakes of users are found here or earlier: the printers that follow cannot fail on them.
package plan
