// This file settles what happens when two things want one Go name. The rule:
//
//   - What every package has (Client, New, Operations, its imports) and what Go itself reserves comes first. Whatever else wants such a name
//     gets the word for what it is behind it: the schema Client becomes ClientSchema, the path parameter type typeParam.
//   - Component schemas come next, in the order of the document; one that is spelled exactly like its Go name goes before the others.
//   - Operations with the types of their parameters and results follow, then inline types, then constants of enums.
//   - Who comes later yields, and gets the lowest free number from 2. A warning names both places.
//   - x-go-name in the document, or rename in resgen.yaml, replaces the name that is wanted; the rest of the rule holds for it too.
//
// So a name depends only on those that want the very same name.
package plan

import (
	"go/token"
	"strconv"

	"github.com/resgen/resgen/resilience/diag"
)

// An owner is what a name belongs to.
type owner struct {
	what string        // "schema Item", "enum value red of schema Color"
	pos  diag.Position // where that stands
}

// A scope has the names of one block of Go: the package, a struct, the methods of the client.
type scope struct {
	taken map[string]owner
	found *diag.List // nil: clashes are not told
}

func newScope(found *diag.List, reserved ...string) *scope {
	s := &scope{taken: map[string]owner{}, found: found}
	for _, name := range reserved {
		s.taken[name] = owner{}
	}
	return s
}

// claim gives o the name, or one with kind or a number behind it if it is taken.
func (s *scope) claim(name string, o owner, kind string) string {
	first, taken := s.taken[name]
	got := name
	if taken && first.what == "" && kind != "" {
		got = name + kind
	}
	for n := 2; s.has(got); n++ {
		got = name + strconv.Itoa(n)
	}
	s.taken[got] = o
	if taken {
		s.tell(name, got, o, first)
	}
	return got
}

func (s *scope) has(name string) bool {
	_, ok := s.taken[name]
	return ok
}

// tell warns that o does not have the name that is its own.
func (s *scope) tell(name, got string, o, first owner) {
	if s.found == nil {
		return
	}
	by := "the package itself"
	if first.what != "" {
		by = first.what
		if where := first.pos.String(); where != "" {
			by += " at " + where
		}
	}
	s.found.Add(diag.Diagnostic{
		Pos: o.pos, Severity: diag.Warning, Code: "name-clash", Subject: o.what,
		What: "its Go name " + name + " belongs to " + by, Cure: "it is called " + got + "; choose a name with x-go-name, or rename one of them",
	})
}

// predeclared are the names that Go gives a meaning without an import. To declare them again compiles in places and confuses everywhere.
var predeclared = []string{
	"any", "bool", "byte", "comparable", "complex64", "complex128", "error", "float32", "float64", "int", "int8", "int16", "int32", "int64", "rune",
	"string", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "true", "false", "iota", "nil", "append", "cap", "clear", "close", "complex",
	"copy", "delete", "imag", "len", "make", "max", "min", "new", "panic", "print", "println", "real", "recover", "init", "main",
}

// imported are the names of packages that generated files may import.
var imported = []string{"context", "errors", "fmt", "io", "iter", "json", "policy", "resilience", "strconv", "time", "wire"}

// locals are the names within generated methods: of receiver, arguments and variables. A variable of the package must not have one,
// or methods would see the local instead.
var locals = []string{"c", "ctx", "params", "body", "opts", "caller", "err", "status", "r"}

// reserved are the unexported names that nothing of a document may have: keywords, predeclared names and imports.
var reserved = func() []string {
	list := append(append([]string{}, predeclared...), imported...)
	for t := token.BREAK; t <= token.VAR; t++ {
		list = append(list, t.String())
	}
	return list
}()
