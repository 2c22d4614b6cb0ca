package generator

// This file reads policy files and compares their keys and names with the documents that use them.

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/resgen/resgen/generator/lint"
	"github.com/resgen/resgen/generator/plan/policies"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/tree"
)

// readPolicies reads the policy files of all documents, each file once. The result maps names of
// files that could be read.
func readPolicies(dir string, docs []*document) (map[string]policyFile, diag.List) {
	files := map[string]policyFile{}
	tried := map[string]bool{}
	var found diag.List
	for _, d := range docs {
		for _, name := range d.client.Policy {
			if tried[name.Value] {
				continue
			}
			tried[name.Value] = true
			f, list := readPolicy(dir, name)
			found = append(found, list...)
			if f.File != nil {
				files[name.Value] = f
			}
		}
	}
	return files, found
}

func readPolicy(dir string, name Text) (policyFile, diag.List) {
	data, err := spec.ReadFile(filepath.Join(dir, filepath.FromSlash(name.Value)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return policyFile{}, name.finding("no-policy", "policy file "+name.Value+" does not exist", relativeCure)
	case err != nil:
		return policyFile{}, name.finding("no-policy", "policy file "+withoutSyscall(err).Error(), "")
	}
	f, found := policyfile.DecodePart(name.Value, data)
	root, _ := tree.Parse(name.Value, data) // DecodePart reports what is wrong with it
	return policyFile{f, definitionsOf(root, f), lint.Proposals(name.Value, data)}, found
}

// checkNames reports names of circuits and buckets that no policy file of a document defines. A
// document of which a policy file could not be read is left out.
func checkNames(docs []*document, files map[string]policyFile) diag.List {
	var found diag.List
	known := map[diag.Diagnostic]bool{}
	for _, d := range docs {
		circuits, buckets := map[string]policy.Breaker{}, map[string]policy.Rate{}
		var list []policyFile
		for _, name := range d.client.Policy {
			if f, ok := files[name.Value]; ok {
				list = append(list, f)
				maps.Copy(circuits, f.Circuits)
				maps.Copy(buckets, f.Buckets)
			}
		}
		if len(list) < len(d.client.Policy) {
			continue
		}
		for _, f := range list {
			for _, one := range f.CheckNames(circuits, buckets) {
				if !known[one] {
					found = append(found, one)
				}
				known[one] = true
			}
		}
	}
	return found
}

// definitionsOf lists the circuits and buckets that a policy file defines. Those that the file uses
// for operations of other documents are marked.
func definitionsOf(n *tree.Node, f *policy.File) []lint.Definition {
	if f == nil {
		return nil
	}
	used := map[string]bool{}
	if f.AllowUnmatched {
		for _, e := range f.Operations {
			lint.Use(used, e.Layer.Policy)
		}
	}
	var list []lint.Definition
	add := func(noun string, p tree.Pair, value any) {
		list = append(list, lint.Definition{
			Noun: noun, Name: p.Key, Pos: p.KeyPos, Value: value, Elsewhere: used[noun+" "+p.Key],
		})
	}
	for _, p := range n.Get("circuits").Entries() {
		add("circuit", p, f.Circuits[p.Key])
	}
	for _, p := range n.Get("buckets").Entries() {
		add("bucket", p, f.Buckets[p.Key])
	}
	return list
}

// rootDefinitions lists the circuits and buckets that x-resgen at the root of a document defines.
func rootDefinitions(d planned) []lint.Definition {
	n := d.spec.Root.Get("x-resgen")
	if n == nil || d.ignoresExtensions() {
		return nil
	}
	e, _ := policyfile.DecodeRootExtension(n) // what is wrong with it is reported elsewhere
	return definitionsOf(n, &policy.File{Circuits: e.Circuits, Buckets: e.Buckets})
}

// definitions lists the circuits and buckets of all policy files and all documents. Files that
// several clients use count once.
func definitions(docs []planned) []lint.Definition {
	var list []lint.Definition
	seen := map[string]bool{}
	for _, d := range docs {
		if !seen[d.file] {
			list = append(list, rootDefinitions(d)...)
		}
		seen[d.file] = true
		for _, f := range d.policies {
			if !seen[f.Path] {
				list = append(list, f.definitions...)
			}
			seen[f.Path] = true
		}
	}
	return list
}

// proposals reports what is left of the proposals in policy files, once per file.
func proposals(docs []planned) diag.List {
	var found diag.List
	seen := map[string]bool{}
	for _, d := range docs {
		for _, f := range d.policies {
			if !seen[f.Path] {
				found = append(found, f.proposals...)
			}
			seen[f.Path] = true
		}
	}
	return found
}

// conflicting reports names that are defined with different values for one document.
func conflicting(docs []planned) diag.List {
	var found diag.List
	known := map[diag.Diagnostic]bool{}
	for _, d := range docs {
		list := rootDefinitions(d)
		for _, f := range d.policies {
			list = append(list, f.definitions...)
		}
		for _, one := range lint.Conflicting(list) {
			if !known[one] {
				found = append(found, one)
			}
			known[one] = true
		}
	}
	return found
}

// checkKeys reports keys of policy files that match no operation of any document that uses the
// file. It reports nothing if partial is set or a document could not be read.
func checkKeys(docs []loaded, partial bool) diag.List {
	if partial || slices.ContainsFunc(docs, loaded.unreadable) {
		return nil
	}
	index := map[string]int{}
	var uses []policies.Use
	for _, d := range docs {
		for _, f := range d.policies {
			i, ok := index[f.Path]
			if !ok {
				i = len(uses)
				index[f.Path] = i
				uses = append(uses, policies.Use{File: f.File})
			}
			uses[i].Docs = append(uses[i].Docs, d.spec)
		}
	}
	return policies.CheckKeys(uses)
}
