package generator

// This file holds the values that the steps pass on: document, loaded, selected, planned, printed.
// A step takes what the step before it returns, so steps cannot run in the wrong order.

import (
	"maps"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/lint"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// A policyFile is a decoded policy file with the circuits and buckets that it defines, and with
// what lint says about its comments.
type policyFile struct {
	*policy.File
	definitions []lint.Definition
	proposals   diag.List
}

// A loaded document has been read, with the policy files that apply to it.
type loaded struct {
	*document
	policies []policyFile
	spec     *spec.Document // nil if the document could not be read
}

func (d loaded) unreadable() bool { return d.spec == nil }

// ignoresExtensions reports whether extensions of the document set no policies.
func (d *document) ignoresExtensions() bool { return d.client.Extensions == IgnoreExtensions }

// policyFiles returns the decoded policy files, weakest first.
func (d loaded) policyFiles() []*policy.File {
	var list []*policy.File
	for _, f := range d.policies {
		list = append(list, f.File)
	}
	return list
}

// A selected document was read without errors. keep and renames say which operations it keeps and
// what is renamed.
type selected struct {
	loaded
	keep    func(*spec.Operation) bool // nil keeps all
	renames []naming.Rename
}

// A planned document has an API.
type planned struct {
	selected
	api *api.API
}

// A printed document has the files of its package by name.
type printed struct {
	*document
	api   *api.API
	files map[string][]byte
}

// with returns the document with one more file, unless the file is empty.
func (d printed) with(name string, data []byte) printed {
	d.files = maps.Clone(d.files)
	if d.files == nil {
		d.files = map[string][]byte{}
	}
	if data != nil {
		d.files[name] = data
	}
	return d
}

// goFiles returns the files that a compiler reads.
func (d printed) goFiles() map[string][]byte {
	files := maps.Clone(d.files)
	maps.DeleteFunc(files, func(name string, _ []byte) bool { return !strings.HasSuffix(name, ".go") })
	return files
}

// A draft is what the steps up to the plan return.
type draft struct {
	plans    []planned
	complete bool // every document of the configuration has a plan
}

// documents returns the documents of the plans.
func (d draft) documents() []*document {
	docs := make([]*document, len(d.plans))
	for i, p := range d.plans {
		docs[i] = p.document
	}
	return docs
}

// large reports whether lint and print have to take turns, because they would need too much memory
// at the same time.
func (d draft) large() bool {
	size := 0
	for _, p := range d.plans {
		size += len(p.api.Operations) + len(p.api.Types)
	}
	return size > 5000
}

// withoutDocuments returns the draft with what is printed: the plans. The memory of documents and
// policy files can be reused if there is no other reference to them.
func (d draft) withoutDocuments() draft {
	plans := make([]planned, len(d.plans))
	for i, p := range d.plans {
		plans[i] = planned{selected{loaded: loaded{document: p.document}}, p.api}
	}
	return draft{plans, d.complete}
}
