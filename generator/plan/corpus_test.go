package plan

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
)

// corpus calls test for every document under RESGEN_CORPUS.
func corpus(t *testing.T, test func(t *testing.T, doc *spec.Document)) {
	dir := os.Getenv("RESGEN_CORPUS")
	if dir == "" {
		t.Skip("RESGEN_CORPUS names no folder of documents")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.[jy]*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("RESGEN_CORPUS=%s holds no documents (%v)", dir, err)
	}
	for _, f := range files {
		doc, found := spec.Load(context.Background(), spec.Options{Dir: dir, File: f})
		if doc == nil {
			t.Errorf("%s: not loaded: %v", f, found.Err())
			continue
		}
		test(t, doc)
	}
}

// TestCorpus holds that every document can be planned, with all its operations and with any only where it states no single type.
func TestCorpus(t *testing.T) {
	docs, ops, rates, warnings := 0, 0, 0, map[string]int{}
	corpus(t, func(t *testing.T, doc *spec.Document) {
		a, found := Plan(doc, Options{Package: "x", Source: doc.File})
		if a == nil {
			t.Errorf("%s: not planned: %v", doc.File, found.Err())
			return
		}
		for _, d := range found {
			t.Log(d)
			warnings[d.Code]++
		}
		if len(a.Operations) < len(doc.Operations) {
			t.Errorf("%s: %d of %d operations", doc.File, len(a.Operations), len(doc.Operations))
		}
		for _, b := range broken(a) {
			t.Errorf("%s: %s", doc.File, b)
		}
		docs, ops = docs+1, ops+len(doc.Operations)
		for _, o := range a.Operations {
			if o.Policy.Rate.PerSecond > 0 {
				rates++
			}
		}
	})
	if warnings["any"] > 0 {
		t.Errorf("%d types are any although the document states one", warnings["any"])
	}
	t.Logf("%d documents, %d operations, %d of them with a rate; warnings: %v", docs, ops, rates, warnings)
}

// names returns all names of a plan that users see, but not constants, which follow their types.
func names(a *api.API) []string {
	var list []string
	for _, n := range a.Types {
		list = append(list, n.Name)
	}
	for _, o := range a.Operations {
		list = append(list, o.Name, o.ParamsType, o.Result.Struct)
	}
	slices.Sort(list)
	return list
}

// TestCorpus_AddedSchema: a schema that clashes with nothing renames nothing; one with the very name of an inline type renames just that.
func TestCorpus_AddedSchema(t *testing.T) {
	derived := 0
	corpus(t, func(t *testing.T, doc *spec.Document) {
		before, warned := Plan(doc, Options{Package: "x"})
		with := func(name string) ([]string, int) {
			more := *doc
			more.Schemas = append(slices.Clone(doc.Schemas), &spec.Schema{Name: name, Types: []string{"string"}, Pos: doc.Root.Pos})
			a, found := Plan(&more, Options{Package: "x"})
			return names(a), len(found) - len(warned)
		}
		after, more := with("ZzUnheardOf")
		if want := slices.Sorted(slices.Values(append(names(before), "ZzUnheardOf"))); more != 0 || !slices.Equal(after, want) {
			t.Errorf("%s: another schema gives %d more warnings and renames %v", doc.File, more, differing(after, want))
		}
		i := slices.IndexFunc(before.Types, func(n *api.Named) bool {
			return strings.Contains(n.Schema, " of ") && !strings.Contains(warned.Error(), "it is called "+n.Name+";")
		})
		if i < 0 {
			return
		}
		derived++
		name := before.Types[i].Name
		after, more = with(name)
		if want := slices.Sorted(slices.Values(append(names(before), name+"2"))); more != 1 || !slices.Equal(after, want) {
			t.Errorf("%s: a schema %s gives %d more warnings and renames %v", doc.File, name, more, differing(after, want))
		}
	})
	if derived == 0 {
		t.Error("no document has an inline type")
	}
}

// differing returns what stands in only one of the lists.
func differing(a, b []string) []string {
	only := map[string]int{}
	for _, s := range a {
		only[s]++
	}
	for _, s := range b {
		only[s]--
	}
	maps.DeleteFunc(only, func(_ string, n int) bool { return n == 0 })
	return slices.Sorted(maps.Keys(only))
}

// TestCorpus_SamePlanTwice: planning leaves a document as it is.
func TestCorpus_SamePlanTwice(t *testing.T) {
	corpus(t, func(t *testing.T, doc *spec.Document) {
		a, _ := Plan(doc, Options{Package: "x"})
		b, _ := Plan(doc, Options{Package: "x"})
		if declarations(a) != declarations(b) || methods(a) != methods(b) {
			t.Errorf("%s: two plans differ", doc.File)
		}
	})
}
