// This file is the way in: [Load] reads a document and all files it refers to, and hands the trees
// to the reader of its version.
package spec

import (
	"context"

	"github.com/resgen/resgen/resilience/diag"
)

// Options say what to read.
type Options struct {
	// Dir is the folder that names are relative to, usually that of resgen.yaml; empty: the working
	// directory. Files that a document refers to must lie in it, symbolic links followed. If File
	// lies outside of Dir, they must lie in the folder of File.
	Dir string

	// File is the document, relative to Dir or absolute. It is also how positions name it.
	File string

	// Data is the content of File; nil: it is read from disk.
	Data []byte

	// Overlays are OpenAPI Overlays, relative to Dir, that are applied to the document in this
	// order before anything else is read.
	Overlays []string

	// Remote lists the URLs that references may name. All others are refused.
	Remote []string

	// Fetch reads one of the Remote URLs. Nil refuses all.
	Fetch func(ctx context.Context, url string) ([]byte, error)
}

// Load reads a document. The result is nil if nothing could be generated from it; then the list
// holds an error. The list is sorted.
func Load(ctx context.Context, o Options) (*Document, diag.List) {
	l := newLoader(ctx, o)
	doc := l.document()
	l.found.Sort()
	if l.found.HasErrors() {
		return nil, l.found
	}
	return doc, l.found
}
