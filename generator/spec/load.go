package spec

// This file contains [Load], the entry point of the package.

import (
	"context"

	"github.com/resgen/resgen/resilience/diag"
)

// Options specify what [Load] reads.
type Options struct {
	// Dir is the folder that names are relative to, usually that of resgen.yaml; the working
	// directory if empty. Files that a document refers to must be in it after following symbolic
	// links, or in the folder of File if File is outside of Dir.
	Dir string

	// File is the path of the document, relative to Dir or absolute. Positions use it as the name
	// of the document.
	File string

	// Data is the content of File. If it is nil, the file is read.
	Data []byte

	// Overlays lists OpenAPI Overlays, relative to Dir. They are applied in this order before
	// anything else is read.
	Overlays []string

	// Tolerant makes references to files that cannot be read warnings. What they name is any.
	Tolerant bool

	// Remote lists the URLs that references may name. Others are errors.
	Remote []string

	// Fetch reads one of the Remote URLs. If it is nil, references to URLs are errors.
	Fetch func(ctx context.Context, url string) ([]byte, error)
}

// Load reads a document and all files that it refers to. It returns nil if nothing can be
// generated; then the list holds an error. The list is sorted.
func Load(ctx context.Context, o Options) (*Document, diag.List) {
	l := newLoader(ctx, o)
	doc := l.document()
	l.found.Sort()
	if l.found.HasErrors() {
		return nil, l.found
	}
	return doc, l.found
}
