package policy

import (
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// A File is a policy file: what the documents that use it do not say. Its keys are unmatched,
// defaults, circuits, buckets and operations.
type File struct {
	Path string // as given to policyfile.DecodeFile
	// unmatched: allow; an operation key may match no operation, as in a catalogue for more
	// documents than are in use
	AllowUnmatched bool
	Defaults       Layer // for all operations
	Circuits       map[string]Breaker
	Buckets        map[string]Rate
	Operations     []Entry // in the order of the file
	Sources        SharedSources
}

// SharedSources has the sources of the values of circuits and buckets. The first key is "circuit
// NAME" or "bucket NAME". The second is the dotted key of a policy, such as "breaker.open"; the
// source of the name has the key "".
type SharedSources map[string]map[string]Source

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
	Sources  SharedSources      // of Circuits and Buckets
}

// CheckNames finds the circuits and buckets that the file refers to and that are not in the maps,
// each at its position.
func (f *File) CheckNames(circuits map[string]Breaker, buckets map[string]Rate) diag.List {
	found := CheckNames(f.Defaults, circuits, buckets, "defaults")
	for _, e := range f.Operations {
		found = append(found, CheckNames(e.Layer, circuits, buckets, "operation "+e.Key.String())...)
	}
	return found
}

// CheckNames finds the circuits and buckets that l refers to and that are not in the maps, each at
// its position.
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
