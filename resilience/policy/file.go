// This file decodes what people write: policy files ([DecodeFile]) and x-resgen extensions ([DecodeExtension], [DecodeRootExtension]).
package policy

import (
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A File is a policy file: what the documents that use it do not say. Its keys are unmatched, defaults, circuits, buckets and operations.
type File struct {
	Path           string // as it was given to [DecodeFile]
	AllowUnmatched bool   // unmatched: allow; an operation key may match no operation, as in a catalogue for more documents than are in use
	Defaults       Layer  // for all operations
	Circuits       map[string]Breaker
	Buckets        map[string]Rate
	Operations     []Entry // in the order of the file
}

// An Entry is the policy of one operation in a policy file.
type Entry struct {
	Key   Selector
	Pos   diag.Position // of the key
	Layer Layer
}

// An Extension is what one x-resgen key says.
type Extension struct {
	Layer    Layer
	Circuits map[string]Breaker // only at the root of a document
	Buckets  map[string]Rate    // only at the root of a document
}

// DecodeFile reads a policy file strictly; path is the name that positions carry. It returns what could be read beside all findings.
func DecodeFile(path string, data []byte) (*File, diag.List) {
	f := &File{Path: path}
	n, found := tree.Parse(path, data)
	var keys struct {
		Unmatched  unmatched  `yaml:"unmatched"`
		Defaults   *tree.Node `yaml:"defaults"`
		Circuits   *tree.Node `yaml:"circuits"`
		Buckets    *tree.Node `yaml:"buckets"`
		Operations *tree.Node `yaml:"operations"`
	}
	found = append(found, tree.Decode(n, &keys)...)
	f.AllowUnmatched = keys.Unmatched == allow
	r := reader{kind: FromFile, found: found}
	f.Defaults = r.layer(keys.Defaults, "defaults")
	f.Circuits = r.circuits(keys.Circuits)
	f.Buckets = r.buckets(keys.Buckets)
	f.Operations = r.entries(keys.Operations)
	r.found = append(r.found, CheckNames(f.Defaults, f.Circuits, f.Buckets, "defaults")...)
	for _, e := range f.Operations {
		r.found = append(r.found, CheckNames(e.Layer, f.Circuits, f.Buckets, "operation "+e.Key.String())...)
	}
	r.found.Sort()
	return f, r.found
}

// DecodeExtension reads the x-resgen of a path item or an operation: a policy. Subject names it in findings: "operation addPet".
// Names of circuits and buckets are not looked up: see [CheckNames].
func DecodeExtension(n *tree.Node, subject string) (Extension, diag.List) {
	r := reader{kind: FromExtension}
	e := Extension{Layer: r.layer(n, subject)}
	r.found.Sort()
	return e, r.found
}

// DecodeRootExtension reads the x-resgen at the root of a document: the keys of a policy, which hold for all operations, and beside them
// circuits and buckets.
func DecodeRootExtension(n *tree.Node) (Extension, diag.List) {
	r := reader{kind: FromExtension}
	e := Extension{
		Layer:    r.layer(n, "x-resgen", "circuits", "buckets"),
		Circuits: r.circuits(n.Get("circuits")),
		Buckets:  r.buckets(n.Get("buckets")),
	}
	r.found.Sort()
	return e, r.found
}

// CheckNames finds the circuits and buckets that l refers to and that are not in the maps, each at its position.
func CheckNames(l Layer, circuits map[string]Breaker, buckets map[string]Rate, subject string) diag.List {
	var found diag.List
	if name := l.Policy.Breaker.Circuit; name != "" {
		lookUp(&found, l, "breaker.circuit", "circuit", name, circuits, subject)
	}
	if name := l.Policy.Rate.Bucket; name != "" {
		lookUp(&found, l, "rate.bucket", "bucket", name, buckets, subject)
	}
	for _, name := range l.Policy.Rate.Also {
		lookUp(&found, l, "rate.also", "bucket", name, buckets, subject)
	}
	return found
}

func lookUp[V any](found *diag.List, l Layer, path, kind, name string, known map[string]V, subject string) {
	if _, ok := known[name]; ok || strings.TrimSpace(name) == "" {
		return
	}
	cure := "define it under " + kind + "s:"
	if s := suggestion(name, sortedKeys(known)); s != "" {
		cure = s
	}
	found.Add(diag.Diagnostic{
		Pos: l.Sources[path].Pos, Code: "unknown-name", Subject: join(subject, path),
		What: "there is no " + kind + " " + strconv.Quote(name), Cure: cure,
	})
}

// unmatched is the switch of a policy file.
type unmatched string

const allow unmatched = "allow"

// UnmarshalText reads allow or error.
func (u *unmatched) UnmarshalText(text []byte) error {
	words := []string{string(allow), "error"}
	if s := string(text); s != words[0] && s != words[1] {
		return wordError{s, words}
	}
	*u = unmatched(text)
	return nil
}

// A wordError says that a text is none of the words that are allowed.
type wordError struct {
	got   string
	words []string
}

func (e wordError) Error() string { return "want " + oneOf(e.words) + ", got " + strconv.Quote(e.got) }
