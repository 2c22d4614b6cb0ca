package naming

// This file resolves clashes of Go names by these rules:
//
//   - Names that every package has (Client, New, Operations, its imports) and names that Go reserves
//     come first. Anything else that wants such a name gets a word for its kind as a suffix: the
//     schema Client becomes ClientSchema, the path parameter type becomes typeParam.
//   - Component schemas are next, in document order. A schema that is spelled exactly like its Go
//     name goes before the others.
//   - Operations with the types of their parameters and results follow, then inline types, then
//     constants of enums.
//   - A later name that x-go-name gives is replaced by the usual one. If that is taken too, it is
//     spelled out with a word for each symbol, and if that is taken or there are no symbols, it gets
//     the lowest free number as a suffix, starting at _2. A warning names both places.
//   - x-go-name in the document and rename in resgen.yaml replace the wanted name; the other rules
//     apply to it as well.
//
// A name therefore depends only on other names that want the same identifier.

import (
	"go/token"
	"strconv"

	"github.com/resgen/resgen/resilience/diag"
)

// An Owner describes what a name is for. Names that are reserved have the zero Owner.
type Owner struct {
	What string        // for example "schema Item" or "value red of schema Color"
	Pos  diag.Position // position of that in the document
}

// A Scope has the names of one block of Go: the package, a struct, the methods of the client.
type Scope struct {
	taken map[string]Owner
	next  map[string]int // by name: the number to try first; lower ones are taken
	found *diag.List     // nil if clashes are not reported
}

// NewScope returns a scope in which the given names are reserved. Clashes are added to found,
// unless it is nil.
func NewScope(found *diag.List, reserved ...string) *Scope {
	s := &Scope{taken: map[string]Owner{}, next: map[string]int{}, found: found}
	for _, name := range reserved {
		s.taken[name] = Owner{}
	}
	return s
}

// Quiet returns a scope with the same names that does not report clashes, for names that users do
// not see. Names claimed in one of the scopes are taken in both.
func (s *Scope) Quiet() *Scope { return &Scope{taken: s.taken, next: s.next} }

// Claim takes a name for o and returns it. If the name is reserved, it gets kind as a suffix. If it
// is taken, the first of the others that is free is used, and if there is none, the name gets a
// number.
func (s *Scope) Claim(name string, o Owner, kind string, others ...string) string {
	first, taken := s.taken[name]
	got := name
	if taken && first.What == "" && kind != "" {
		got = name + kind
	}
	if s.Has(got) {
		got = s.free(name, others)
	}
	s.taken[got] = o
	if taken {
		s.report(name, got, o, first)
	}
	return got
}

// free returns the first of the names that is not taken, or name with the lowest free number.
func (s *Scope) free(name string, others []string) string {
	for _, other := range others {
		if !s.Has(other) {
			return other
		}
	}
	for n := max(s.next[name], 2); ; n++ {
		if got := name + "_" + strconv.Itoa(n); !s.Has(got) {
			s.next[name] = n + 1
			return got
		}
	}
}

// Has reports whether a name is taken or reserved.
func (s *Scope) Has(name string) bool {
	_, ok := s.taken[name]
	return ok
}

// Release makes a name available again.
func (s *Scope) Release(name string) { delete(s.taken, name) }

// report warns that o got another name than the one it wanted.
func (s *Scope) report(name, got string, o, first Owner) {
	if s.found == nil {
		return
	}
	by := "the package itself"
	if first.What != "" {
		by = first.What
		if where := first.Pos.String(); where != "" {
			by += " at " + where
		}
	}
	s.found.Add(diag.Diagnostic{
		Pos: o.Pos, Severity: diag.Warning, Code: "name-clash", Subject: o.What,
		What: "Go name " + name + " is already used by " + by,
		Cure: "using " + got + "; choose a name with x-go-name, or rename one of them",
	})
}

// predeclared are the identifiers that Go declares itself. To declare them again would compile in
// some places, but confuse readers.
var predeclared = []string{
	"any", "bool", "byte", "comparable", "complex64", "complex128", "error", "float32", "float64", "int", "int8",
	"int16", "int32", "int64", "rune", "string", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "true",
	"false", "iota", "nil", "append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make",
	"max", "min", "new", "panic", "print", "println", "real", "recover", "init", "main",
}

// imported are the names of packages that generated files may import.
var imported = []string{
	"context", "errors", "fmt", "io", "iter", "json", "policy", "resilience", "strconv", "time", "wire",
}

// Locals returns the names of receiver, arguments and variables of generated methods. Variables of
// the package must not have these names, because the methods would shadow them.
func Locals() []string {
	return []string{"c", "ctx", "params", "body", "opts", "caller", "err", "status", "r"}
}

// Reserved returns the unexported names that a generated package must not declare: keywords,
// predeclared identifiers and names of imports.
func Reserved() []string {
	list := append(append([]string{}, predeclared...), imported...)
	for t := token.BREAK; t <= token.VAR; t++ {
		list = append(list, t.String())
	}
	return list
}
