package plan_test

import (
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"

	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
)

// A tally is what the documents of the corpus amount to.
type tally struct {
	sync.Mutex
	docs, ops, rates, derived int
	warnings                  map[string]int
}

// TestCorpus holds what must hold of every document under RESGEN_CORPUS. Each is loaded once.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("RESGEN_CORPUS")
	if dir == "" {
		t.Skip("RESGEN_CORPUS names no folder of documents")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.[jy]*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("RESGEN_CORPUS=%s holds no documents (%v)", dir, err)
	}
	sum := &tally{warnings: map[string]int{}}
	t.Run("documents", func(t *testing.T) {
		for _, f := range files {
			t.Run(filepath.Base(f), func(t *testing.T) {
				t.Parallel()
				doc, found := spec.Load(context.Background(), spec.Options{Dir: dir, File: f})
				if doc == nil {
					t.Fatalf("not loaded: %v", found.Err())
				}
				document(t, doc, sum)
			})
		}
	})
	if sum.warnings["any"] > 0 {
		t.Errorf("%d types are any although the document states one", sum.warnings["any"])
	}
	if sum.derived == 0 {
		t.Error("no document has an inline type")
	}
	t.Logf("%d documents, %d operations, %d of them with a rate; warnings: %v", sum.docs, sum.ops, sum.rates,
		sum.warnings)
}

// document plans a document for all tests.
func document(t *testing.T, doc *spec.Document, sum *tally) {
	a, found := plan.Plan(doc, plan.Options{Package: "x", Source: doc.File})
	if a == nil {
		t.Fatalf("not planned: %v", found.Err())
	}
	complete(t, doc, a)
	derived := addedSchema(t, doc, a, found)
	samePlan(t, doc, a)
	namesHaveNoNumbers(t, a)
	namesStay(t, doc, a)

	sum.Lock()
	defer sum.Unlock()
	sum.docs, sum.ops = sum.docs+1, sum.ops+len(doc.Operations)
	if derived {
		sum.derived++
	}
	for _, d := range found {
		t.Log(d)
		sum.warnings[d.Code]++
	}
	for _, o := range a.Operations {
		if o.Policy.Rate.PerSecond > 0 {
			sum.rates++
		}
	}
}

// complete holds that a document is planned with all its operations.
func complete(t *testing.T, doc *spec.Document, a *api.API) {
	if len(a.Operations) < len(doc.Operations) {
		t.Errorf("%d of %d operations", len(a.Operations), len(doc.Operations))
	}
	for _, b := range plantest.Broken(a) {
		t.Error(b)
	}
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

// addedSchema holds that a schema that clashes with nothing renames nothing, and that one with the
// very name of an inline type renames just that. It reports whether there is an inline type.
func addedSchema(t *testing.T, doc *spec.Document, before *api.API, warned diag.List) bool {
	with := func(name string) ([]string, int) {
		more := *doc
		more.Schemas = append(slices.Clone(doc.Schemas),
			&spec.Schema{Name: name, Types: []string{"string"}, Pos: doc.Root.Pos})
		a, found := plan.Plan(&more, plan.Options{Package: "x"})
		return names(a), len(found) - len(warned)
	}
	after, more := with("ZzUnheardOf")
	if want := slices.Sorted(slices.Values(append(names(before), "ZzUnheardOf"))); more != 0 ||
		!slices.Equal(after, want) {
		t.Errorf("another schema gives %d more warnings and renames %v", more, differing(after, want))
	}
	text := warned.Error()
	i := slices.IndexFunc(before.Types, func(n *api.Named) bool {
		return strings.Contains(n.Schema, " of ") && !strings.Contains(text, "using "+n.Name+";")
	})
	if i < 0 {
		return false
	}
	name := before.Types[i].Name
	after, more = with(name)
	if want := slices.Sorted(slices.Values(append(names(before), name+"_2"))); more != 1 || !slices.Equal(after, want) {
		t.Errorf("a schema %s gives %d more warnings and renames %v", name, more, differing(after, want))
	}
	return true
}

// differing returns the elements that only one of the lists has.
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

// samePlan checks that planning does not change the document, which was planned three times before.
func samePlan(t *testing.T, doc *spec.Document, a *api.API) {
	b, _ := plan.Plan(doc, plan.Options{Package: "x", Source: doc.File})
	if plantest.Declarations(a) != plantest.Declarations(b) || plantest.Methods(a) != plantest.Methods(b) {
		t.Error("two plans differ")
	}
}
