package generator

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/lint"
	"github.com/resgen/resgen/generator/opinion"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// Lint runs the pipeline up to the plan and adds what is doubtful in the policies to the findings. Its error is never a mistake of the user's
// in a document or policy: those are in the result, at whatever severity they have.
func Lint(ctx context.Context, c Config) (*Result, error) {
	r, err := Plan(ctx, c)
	if err != nil && !r.Diagnostics.HasErrors() {
		return r, err
	}
	var apis []*api.API
	var found diag.List
	for _, d := range r.run.docs {
		if d.api != nil {
			apis = append(apis, d.api)
			found = append(found, lint.Policies(d.api)...)
		}
	}
	found = append(found, opinions(ctx, r.run, c.Dir, r.Diagnostics)...)
	if len(apis) == len(r.run.docs) && c.Only == "" {
		found = append(found, lint.Unused(definitions(c.Dir, r.run.docs), apis)...)
	}
	r.Diagnostics = append(r.Diagnostics, c.weigh(found)...)
	r.Diagnostics.Sort()
	return r, ctx.Err()
}

// opinions asks kin-openapi about each document that was planned, which is read once more: its tree is let go when it has been.
func opinions(ctx context.Context, r *run, dir string, told diag.List) diag.List {
	found, _ := r.all(ctx, step{"opinion", func(ctx context.Context, d *document) (diag.List, error) {
		if d.api == nil {
			return nil, nil
		}
		doc, _ := spec.Load(ctx, d.options(dir))
		if doc == nil {
			return nil, nil
		}
		return opinion.Of(ctx, doc, told), nil
	}})
	return found
}

// definitions lists the named circuits and buckets of all policy files and of x-resgen at the roots of documents.
func definitions(dir string, docs []*document) []lint.Definition {
	var list []lint.Definition
	var read []string
	for _, d := range docs {
		files := []string{d.file}
		for _, p := range d.policies {
			files = append(files, p.Path)
		}
		for i, file := range files {
			data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
			if err != nil || slices.Contains(read, file) {
				continue // it has been read before: whatever is wrong with it is told
			}
			read = append(read, file)
			root, _ := tree.Parse(file, data)
			if i == 0 {
				root = root.Get("x-resgen")
			}
			list = append(list, definitionsOf(root)...)
		}
	}
	return list
}

func definitionsOf(n *tree.Node) []lint.Definition {
	var list []lint.Definition
	for _, noun := range []string{"circuit", "bucket"} {
		for _, p := range n.Get(noun + "s").Entries() {
			list = append(list, lint.Definition{Noun: noun, Name: p.Key, Pos: p.KeyPos})
		}
	}
	return list
}
