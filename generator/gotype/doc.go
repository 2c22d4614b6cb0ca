// Package gotype maps the kinds of the intermediate representation to Go: import path, type name,
// and the word for the type inside identifiers.
package gotype
