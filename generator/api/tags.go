package api

import (
	"slices"
	"strings"
	"unicode"
)

// Taggable reports whether a json struct tag can carry the name of the property. encoding/json takes letters, digits and some marks;
// it reads any other name, and an empty one, as no name at all, and "-" as the order to leave the field out.
func (f *Field) Taggable() bool {
	if f.Name == "" || f.Name == "-" {
		return false
	}
	for _, r := range f.Name {
		if !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// Plain reports whether all members of a struct have fields with json tags: encoding/json can read and write it.
func (n *Named) Plain() bool {
	return n.Shape == Struct && !n.Custom && n.Additional == nil && !slices.ContainsFunc(n.Fields, func(f *Field) bool { return !f.Taggable() })
}

// NeedsMethods reports whether a struct must have JSON methods of its own.
func (n *Named) NeedsMethods() bool {
	return n.Shape == Struct && (n.UnknownName != "" || !n.Plain())
}
