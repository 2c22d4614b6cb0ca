package generator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/policies"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// A growth makes documents of any size in which one thing is repeated.
type growth struct {
	name    string
	schemas func(n int) string // JSON of components.schemas without the braces
}

var growths = []growth{
	{"references", func(n int) string {
		return repeated(n, func(i int) string {
			return fmt.Sprintf(`"S%d": {"$ref": "#/components/schemas/S%d"}`, i, i+1)
		}) + fmt.Sprintf(`, "S%d": {"type": "object", "properties": {"x": {"type": "string"}}}`, n)
	}},
	{"unions", func(n int) string {
		return repeated(n, func(i int) string {
			return fmt.Sprintf(`"S%d": {"oneOf": [{"$ref": "#/components/schemas/S%d"},
				{"type": "object", "properties": {"p%d": {"type": "string"}}}]}`, i, i+1, i)
		}) + fmt.Sprintf(`, "S%d": {"type": "object", "properties": {"x": {"type": "string"}}}`, n)
	}},
	{"enum values", func(n int) string {
		values := repeated(n, func(i int) string { return fmt.Sprintf(`"v%d"`, i) })
		return `"S0": {"type": "string", "enum": [` + values + `]}`
	}},
	{"clashing names", func(n int) string {
		return `"S0": {"type": "object", "properties": {` + repeated(n, func(i int) string {
			return fmt.Sprintf(`"a%s": {"type": "string"}`, strings.Repeat("-", i))
		}) + `}}`
	}},
	{"members of an allOf", func(n int) string {
		return `"S0": {"allOf": [` + repeated(n, func(i int) string {
			return fmt.Sprintf(`{"type": "object", "properties": {"p%d": {"type": "string"}}}`, i)
		}) + `]}`
	}},
}

func repeated(n int, part func(i int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = part(i)
	}
	return strings.Join(parts, ", ")
}

// document returns a document with n repetitions.
func (g growth) document(n int) string {
	return `{"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/x": {"get": {"operationId": "getX",
"responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {
"$ref": "#/components/schemas/S0"}}}}}}}}, "components": {"schemas": {` + g.schemas(n) + `}}}`
}

// BenchmarkGrowth shows that time and memory grow in proportion to the size of a document: compare
// the sizes of one kind.
func BenchmarkGrowth(b *testing.B) {
	for _, g := range growths {
		for _, n := range []int{300, 3000} {
			b.Run(fmt.Sprintf("%s/%d", g.name, n), func(b *testing.B) {
				data := []byte(g.document(n))
				b.ReportAllocs()
				for b.Loop() {
					doc, _ := spec.Load(b.Context(), spec.Options{File: "a.json", Data: data})
					if a, _ := plan.Plan(doc, plan.Options{Package: "a"}); a == nil {
						b.Fatal("no plan")
					}
				}
			})
		}
	}
}

// Work grows in proportion to the size of a document. It is measured in allocations, because time
// depends on the machine.
func TestGrowth(t *testing.T) {
	for _, g := range growths {
		allocations := func(n int) float64 {
			data := []byte(g.document(n))
			return testing.AllocsPerRun(1, func() {
				doc, _ := spec.Load(t.Context(), spec.Options{File: "a.json", Data: data})
				if a, _ := plan.Plan(doc, plan.Options{Package: "a"}); a == nil {
					t.Fatalf("%s: no plan", g.name)
				}
			})
		}
		if small, large := allocations(200), allocations(1600); large > 12*small {
			t.Errorf("%s: 8 times the size needs %.1f times the allocations", g.name, large/small)
		}
	}
}

// Policies of operations grow in proportion to the number of operations and of entries in a policy
// file, whether the entries match or not.
func TestGrowth_Policies(t *testing.T) {
	for _, c := range []struct{ name, entry string }{
		{"entries by operationId", "op%d: {why: thing %d is read}"},
		{"entries by path", "GET /x%d: {why: thing %d is read}"},
		{"entries by both", "op%[1]d: {why: thing %[1]d is read}, GET /x%[1]d: {why: it is read}"},
		{"entries without operation", "no%d: {why: thing %d is read}"},
	} {
		allocations := func(n int) float64 {
			doc, _ := spec.Load(t.Context(), spec.Options{File: "a.json", Data: []byte(
				`{"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {` + repeated(n, func(i int) string {
					return fmt.Sprintf(`"/x%d": {"get": {"operationId": "op%d", "responses": {}}}`, i, i)
				}) + `}}`)})
			file, found := policyfile.DecodeFile("p.yaml", []byte("operations: {"+repeated(n, func(i int) string {
				return fmt.Sprintf(c.entry, i, i)
			})+"}"))
			if doc == nil || found.HasErrors() {
				t.Fatal(found)
			}
			return testing.AllocsPerRun(1, func() {
				policies.Resolve(doc, doc.Operations, policies.Options{Files: []*policy.File{file}})
				policies.CheckKeys([]policies.Use{{File: file, Docs: []*spec.Document{doc}}})
			})
		}
		if small, large := allocations(100), allocations(800); large > 12*small {
			t.Errorf("%s: 8 times the operations need %.1f times the allocations", c.name, large/small)
		}
	}
}

// A chain of schemas that extend each other has a type with all members for each of them.
func TestGrowth_AllOfChain(t *testing.T) {
	chain := growth{"", func(n int) string {
		return repeated(n, func(i int) string {
			return fmt.Sprintf(`"S%d": {"allOf": [{"$ref": "#/components/schemas/S%d"},
				{"properties": {"p%d": {"type": "string"}}}]}`, i, i+1, i)
		}) + fmt.Sprintf(`, "S%d": {"type": "object", "properties": {"x": {"type": "string"}}}`, n)
	}}
	for n, tooLarge := range map[int]bool{300: false, 330: true, 3000: true} {
		found := survives(t, "chain", chain.document(n), false)
		if got := found.HasErrors(); got != tooLarge {
			t.Errorf("%d schemas: errors %v, want %v: %v", n, got, tooLarge, found)
		}
		if !tooLarge {
			continue
		}
		if len(found) != 1 || found[0].Code != "too-large" || found[0].Cure == "" || found[0].Pos.Line == 0 {
			t.Errorf("%d schemas: got %v, want one finding too-large with position and cure", n, found)
		}
	}
}

// A union has a limit, because the time to compile it grows with the square of its variants.
func TestGrowth_Variants(t *testing.T) {
	union := growth{"", func(n int) string {
		return `"S0": {"oneOf": [` + repeated(n, func(i int) string {
			return fmt.Sprintf(`{"type": "object", "properties": {"p%d": {"type": "string"}}}`, i)
		}) + `]}`
	}}
	for n, tooLarge := range map[int]bool{10_000: false, 10_001: true} {
		doc, found := spec.Load(t.Context(), spec.Options{File: "a.json", Data: []byte(union.document(n))})
		_, list := plan.Plan(doc, plan.Options{Package: "a"})
		found = append(found, list...)
		if got := found.HasErrors(); got != tooLarge {
			t.Errorf("%d variants: errors %v, want %v: %v", n, got, tooLarge, found)
		}
		if tooLarge && (found[0].Code != "too-large" || found[0].Cure == "" || found[0].Pos.Line == 0) {
			t.Errorf("%d variants: got %v, want too-large with position and cure", n, found)
		}
	}
}

// The work of printing is in proportion to the number of operations and types.
func TestGrowth_Print(t *testing.T) {
	for _, g := range growths {
		if g.name == "references" {
			continue // they are one type
		}
		allocations := func(n int) float64 {
			doc, _ := spec.Load(t.Context(), spec.Options{File: "a.json", Data: []byte(g.document(n))})
			a, _ := plan.Plan(doc, plan.Options{Package: "a"})
			if a == nil {
				t.Fatalf("%s: no plan", g.name)
			}
			return testing.AllocsPerRun(1, func() {
				p := newPipeline(nil)
				one := planned{selected{loaded: loaded{document: &document{}}}, a}
				if _, err := p.print(t.Context(), []planned{one}); err != nil {
					t.Fatal(err)
				}
			})
		}
		if small, large := allocations(400), allocations(3200); large > 10*small {
			t.Errorf("%s: 8 times the size needs %.1f times the allocations to print", g.name, large/small)
		}
	}
}

// A step that takes no notice of the context does not delay the end of a canceled run.
func TestGenerate_CanceledInAStep(t *testing.T) {
	dir := project(t, map[string]string{
		"a.yaml": petstore, "resgen.yaml": "clients:\n  - {spec: a.yaml, output: out}\n",
	})
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	defer close(release)
	p := newPipeline(nil)
	p.plan = func(*spec.Document, plan.Options) (*api.API, diag.List) {
		cancel()
		<-release
		return nil, nil
	}
	if _, err := p.generate(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
