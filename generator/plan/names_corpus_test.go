package plan_test

// This file has what must hold of the names of every document.

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/typing"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/tree"
)

// TestNames_OfDocuments holds for the documents of this project what TestCorpus holds for others.
func TestNames_OfDocuments(t *testing.T) {
	files, err := filepath.Glob("../../testdata/*/spec.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d documents, %v", len(files), err)
	}
	for _, f := range files {
		doc, found := spec.Load(context.Background(), spec.Options{Dir: filepath.Dir(f), File: f})
		if doc == nil {
			t.Logf("%s: %v", f, found.Err())
			continue
		}
		a, _ := plan.Plan(doc, plan.Options{Package: "x"})
		if a == nil {
			continue
		}
		t.Run(filepath.Base(filepath.Dir(f)), func(t *testing.T) {
			namesHaveNoNumbers(t, a)
			namesStay(t, doc, a)
		})
	}
}

var digits = regexp.MustCompile(`_?[0-9]+`)

// addedDigits returns the digits of a Go name that neither the name in the document has nor follow
// an underscore.
func addedDigits(name, wire string) string {
	for _, run := range digits.FindAllString(name, -1) {
		if run[0] != '_' && !strings.Contains(wire, run) {
			return run
		}
	}
	return ""
}

// namesHaveNoNumbers holds that numbers that distinguish names are set apart from the names.
func namesHaveNoNumbers(t *testing.T, a *api.API) {
	for wire, name := range wireNames(a) {
		if run := addedDigits(name, wire); run != "" {
			t.Errorf("%s: the name %s has the digits %s", wire, name, run)
		}
	}
}

// namesStay holds that another member at the end of every object, enum and list of parameters,
// whose name differs from another's only in a symbol, changes no other name.
func namesStay(t *testing.T, doc *spec.Document, a *api.API) {
	set := typing.SchemaSet{}
	for _, s := range doc.Schemas {
		set.Add(s)
	}
	more := *doc
	more.Operations = slices.Clone(doc.Operations)
	for i, o := range more.Operations {
		for _, p := range o.Params {
			set.Add(p.Schema)
		}
		if o.Body != nil {
			for _, c := range o.Body.Contents {
				set.Add(c.Schema)
			}
		}
		for _, r := range o.Responses {
			for _, c := range r.Contents {
				set.Add(c.Schema)
			}
		}
		longer := *o
		longer.Params = appendParam(o.Params)
		more.Operations[i] = &longer
	}
	for s := range set {
		defer appendTo(s)()
	}
	b, found := plan.Plan(&more, plan.Options{Package: "x"})
	if b == nil {
		t.Errorf("not planned with further members: %v", found.Err())
		return
	}
	after := wireNames(b)
	for wire, name := range wireNames(a) {
		if got, ok := after[wire]; ok && got != name {
			t.Errorf("%s: the name %s becomes %s with further members", wire, name, got)
		}
	}
}

// appendParam returns parameters with another one, whose name differs from that of the first query
// parameter in a symbol.
func appendParam(list []*spec.Param) []*spec.Param {
	for _, p := range list {
		if p.In == "query" {
			added := *p
			added.Name += "!"
			return append(slices.Clone(list), &added)
		}
	}
	return list
}

// appendTo appends a member to an object or a value to an enum, and returns a function that removes
// it.
func appendTo(s *spec.Schema) (undo func()) {
	properties, enum := s.Properties, s.Enum
	if n := len(properties); n > 0 {
		added := &spec.Property{Name: properties[0].Name + "!", Pos: properties[n-1].Pos,
			Schema: &spec.Schema{Types: []string{"string"}, Pos: properties[n-1].Pos}}
		s.Properties = append(slices.Clone(properties), added)
	}
	if n := len(enum); n > 1 && enum[0].Kind == tree.String {
		added := *enum[0]
		added.Text += "!"
		s.Enum = append(slices.Clone(enum), &added)
	}
	return func() { s.Properties, s.Enum = properties, enum }
}

// wireNames returns the Go names of a plan by what they are called in the document.
func wireNames(a *api.API) map[string]string {
	list := map[string]string{}
	for _, n := range a.Types {
		list[n.Schema] = n.Name
		for _, f := range n.Fields {
			list[n.Schema+": member "+f.Name] = f.Go
		}
		for _, v := range n.Values {
			list[n.Schema+": value "+v.Text] = strings.TrimPrefix(v.Go, n.Name)
		}
	}
	for _, o := range a.Operations {
		method := o.Method + " " + o.Path + " " + o.ID
		list[method] = o.Name
		for _, p := range slices.Concat(o.PathParams, o.Params) {
			list[method+": "+string(p.In)+" parameter "+p.Name] = p.Go
		}
	}
	return list
}
