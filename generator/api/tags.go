package api

import (
	"slices"
	"strings"
	"unicode"
)

// tagMarks are the characters that encoding/json accepts in the name of a struct tag in addition to
// letters and digits.
const tagMarks = "!#$%&()*+-./:;<=>?@[]^_{|}~ "

// Taggable reports whether the name of the property fits into a json struct tag. encoding/json
// ignores names with other characters and empty names, and omits a field named "-".
func (f *Field) Taggable() bool {
	if f.Name == "" || f.Name == "-" {
		return false
	}
	for _, r := range f.Name {
		if !strings.ContainsRune(tagMarks, r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// Tags returns the struct tags of the field, without those for its name.
func (f *Field) Tags() map[string]string {
	tags := map[string]string{}
	if f.Constant != "" {
		tags["const"] = f.Constant
	}
	return tags
}

// Plain reports whether n is a struct that encoding/json can read and write: every member has a
// field with a json tag.
func (n *Named) Plain() bool {
	return n.Shape == Struct && !n.Custom && n.Additional == nil &&
		!slices.ContainsFunc(n.Fields, func(f *Field) bool { return !f.Taggable() })
}

// NeedsMethods reports whether n is a struct that needs JSON methods.
func (n *Named) NeedsMethods() bool {
	return n.Shape == Struct && (n.UnknownName != "" || !n.Plain())
}

// Secrets returns the Go names of the fields of a struct whose values are not printed. The members
// without a field are among them if there are any others.
func (n *Named) Secrets() []string {
	var names []string
	for _, f := range n.Fields {
		if f.Secret {
			names = append(names, f.Go)
		}
	}
	if len(names) == 0 {
		return nil
	}
	for _, rest := range []string{n.AdditionalName, n.UnknownName} {
		if rest != "" {
			names = append(names, rest)
		}
	}
	return names
}
