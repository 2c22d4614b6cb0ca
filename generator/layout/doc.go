// Package layout formats generated Go source so that people can review it: gofmt's form, and no
// line wider than [Width] columns unless it cannot be broken.
//
// It changes white space, commas before line breaks and the places of string concatenations; the
// meaning of the source stays the same. Comments are left alone, package comment wraps them.
package layout
