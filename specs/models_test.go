// This file compares our documents of the Selling Partner API with those that Amazon publishes: all
// facts must be the same, and no sentence.

package specs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/tree"
)

// models maps our documents to Amazon's.
var models = map[string]string{
	"catalogitems":         "catalogItems_2022-04-01",
	"fbainventory":         "fbaInventory",
	"feeds":                "feeds_2021-06-30",
	"listingsitems":        "listingsItems_2021-08-01",
	"listingsrestrictions": "listingsRestrictions_2021-08-01",
	"notifications":        "notifications",
	"orders":               "orders_2026-01-01",
	"productfees":          "productFeesV0",
	"productpricing":       "productPricing_2022-05-01",
	"reports":              "reports_2021-06-30",
	"sellers":              "sellers",
	"tokens":               "tokens_2021-03-01",
}

// pairs calls test with each of our documents and Amazon's document.
func pairs(t *testing.T, test func(t *testing.T, ours, theirs *spec.Document)) {
	t.Helper()
	folder := os.Getenv("RESGEN_CORPUS")
	if folder == "" {
		t.Skip("RESGEN_CORPUS names no folder of documents: our documents are NOT compared with Amazon's")
	}
	for name, model := range models {
		t.Run(name, func(t *testing.T) {
			test(t, load(t, "spapi", name+".yaml"), load(t, filepath.Join(folder, "spapi"), model+".json"))
		})
	}
}

func load(t *testing.T, dir, file string) *spec.Document {
	t.Helper()
	doc, found := spec.Load(t.Context(), spec.Options{Dir: dir, File: file})
	if doc == nil {
		t.Fatal(found)
	}
	return doc
}

// Operations, parameters, bodies, responses, property names, required lists, enums, types, formats
// and limits are the same.
func TestModels_HaveTheSameFacts(t *testing.T) {
	pairs(t, func(t *testing.T, ours, theirs *spec.Document) {
		got, want := facts(ours), facts(theirs)
		if len(want) < 30 {
			t.Errorf("only %d facts were found", len(want))
		}
		for _, fact := range without(want, got) {
			t.Errorf("missing: %s", fact)
		}
		for _, fact := range without(got, want) {
			t.Errorf("made up: %s", fact)
		}
	})
}

// without returns the elements of a that are not in b.
func without(a, b []string) []string {
	in := map[string]bool{}
	for _, s := range b {
		in[s] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return in[s] })
}

// facts returns the content of a document without its descriptions, one line per fact.
func facts(doc *spec.Document) []string {
	f := &factList{}
	for _, op := range doc.Operations {
		f.operation(op)
	}
	for _, s := range doc.Schemas {
		f.schema("schema "+s.Name, s)
	}
	return f.lines
}

type factList struct{ lines []string }

func (f *factList) add(parts ...any) {
	f.lines = append(f.lines, strings.TrimSpace(fmt.Sprintln(parts...)))
}

func (f *factList) operation(op *spec.Operation) {
	f.add(op.ID, op.Method, op.Path, "deprecated", op.Deprecated)
	for i, p := range op.Params {
		place := fmt.Sprint(op.ID, " parameter ", p.Name)
		f.add(place, "in", p.In, "number", i, "required", p.Required, "style", p.Style)
		if slices.Contains(p.Schema.Target().Types, "array") { // it matters only there
			f.add(place, "explode", p.Explode)
		}
		f.schema(place, p.Schema)
	}
	if op.Body != nil {
		f.add(op.ID, "body required", op.Body.Required)
		f.contents(op.ID+" body", op.Body.Contents)
	}
	for _, r := range op.Responses {
		f.add(op.ID, r.Status, "headers", slices.Sorted(slices.Values(r.Headers)))
		f.contents(op.ID+" "+r.Status, r.Contents)
	}
}

func (f *factList) contents(place string, list []*spec.Content) {
	for _, c := range list {
		f.add(place, c.Media)
		f.schema(place+" "+c.Media, c.Schema)
	}
}

// limits are the keywords of a schema that restrict its values.
var limits = []string{
	"default",
	"maximum",
	"minimum",
	"exclusiveMaximum",
	"exclusiveMinimum",
	"multipleOf",
	"maxLength",
	"minLength",
	"pattern",
	"maxItems",
	"minItems",
	"uniqueItems",
	"maxProperties",
	"minProperties",
}

// schema adds the facts of a schema and of nested schemas, except behind references.
func (f *factList) schema(place string, s *spec.Schema) {
	switch {
	case s == nil:
		return
	case s.Ref != nil:
		f.add(place, "is", s.Ref.Name)
		return
	}
	f.add(
		place,
		s.Types,
		"format",
		s.Format,
		"nullable",
		s.Nullable,
		"closed",
		s.Closed,
		"read",
		s.ReadOnly,
		"write",
		s.WriteOnly,
	)
	f.add(place, "requires", slices.Sorted(slices.Values(s.Required)))
	for _, v := range s.Enum {
		f.add(place, "may be", v.Text)
	}
	for _, word := range limits {
		if v := s.Node.Get(word); v != nil {
			f.add(place, word, string(v.JSON()))
		}
	}
	for _, p := range s.Properties {
		f.schema(place+"."+p.Name, p.Schema)
	}
	f.schema(place+".*", s.Additional)
	f.schema(place+"[]", s.Items)
	for word, list := range map[string][]*spec.Schema{"allOf": s.AllOf, "oneOf": s.OneOf, "anyOf": s.AnyOf} {
		for i, part := range list {
			f.schema(fmt.Sprint(place, " ", word, " ", i), part)
		}
	}
}

// No six consecutive words are the same in any text.
func TestModels_ShareNoSentence(t *testing.T) {
	folder := os.Getenv("RESGEN_CORPUS")
	theirs := map[string]bool{}
	pairs(t, func(t *testing.T, ours, model *spec.Document) {
		for _, text := range texts(model.Root) {
			for _, run := range runs(text) {
				theirs[run] = true
			}
		}
	})
	if len(theirs) < 1000 {
		t.Fatalf("%d runs of words were found in %s", len(theirs), folder)
	}
	for name := range models {
		for _, text := range texts(load(t, "spapi", name+".yaml").Root) {
			for _, run := range runs(text) {
				if theirs[run] {
					t.Errorf("%s: %q is Amazon's as well", name, run)
				}
			}
		}
	}
}

// texts returns all descriptions, titles and summaries.
func texts(n *tree.Node) []string {
	var list []string
	for _, p := range n.Pairs {
		if slices.Contains([]string{"description", "title", "summary"}, p.Key) && p.Value.Kind == tree.String {
			list = append(list, p.Value.Text)
		}
		list = append(list, texts(p.Value)...)
	}
	for _, item := range n.Items {
		list = append(list, texts(item)...)
	}
	return list
}

var word = regexp.MustCompile(`[a-z0-9]+(?:'[a-z]+)?`)

// runs returns all sequences of six words.
func runs(text string) []string {
	const length = 6
	words := word.FindAllString(strings.ToLower(text), -1)
	var list []string
	for i := range len(words) - length + 1 {
		list = append(list, strings.Join(words[i:i+length], " "))
	}
	return list
}
