package generator

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
)

func TestInternalError(t *testing.T) {
	cause := errors.New("out of letters")
	err := error(&InternalError{Step: "client", Document: "specs/x.yaml", Err: cause})
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	wantError(t, err, "internal error in step client of specs/x.yaml: out of letters; please report it")
	listing := errors.New("a.go:1:1: expected 'package'\n> 1 | x")
	wantError(t, &InternalError{Step: "check", Document: "specs/x.yaml", Err: listing},
		"internal error in step check of specs/x.yaml; please report it", "a.go:1:1: expected 'package'", "> 1 | x")
	wantError(
		t, &InternalError{Step: "select", Err: cause},
		"internal error in step select: out of letters; please report it",
	)
}

func TestGuard(t *testing.T) {
	cause := errors.New("an error")
	if err := guard("plan", "a.yaml", func() error { return cause }); err != cause {
		t.Errorf("got %v, want the error itself", err)
	}
	if err := guard("plan", "a.yaml", func() error { return nil }); err != nil {
		t.Errorf("got %v", err)
	}
	var none []int
	err := guard("plan", "a.yaml", func() error { none[len(none)]++; return nil })
	text := err.Error()
	if !strings.HasPrefix(text, "internal error in step plan of a.yaml: panic: runtime error: index out of range") ||
		!strings.Contains(text, " at generator/errors_test.go:") || !strings.HasSuffix(text, "; please report it") {
		t.Errorf("got %s", text)
	}
}

// A panic in any step is an internal error that names the step and the document, and the old files
// stay.
func TestGenerate_Panics(t *testing.T) {
	dir := project(t, map[string]string{
		"a.yaml": petstore, "b.yaml": petstore,
		"resgen.yaml": "clients:\n  - {spec: \"?.yaml\", output: \"out/{name}\"}\n",
	})
	mustGenerate(t, dir)
	put(t, dir, "b.yaml", strings.ReplaceAll(petstore, "listPets", "searchPets"))
	before := folder(t, dir)
	for step, inject := range map[string]func(*pipeline){
		"load": func(p *pipeline) {
			p.load = func(context.Context, spec.Options) (*spec.Document, diag.List) { panic("boom") }
		},
		"plan": func(p *pipeline) {
			p.plan = func(*spec.Document, plan.Options) (*api.API, diag.List) { panic("boom") }
		},
		"models": func(p *pipeline) { p.models = func(*api.API, string) ([]byte, error) { panic("boom") } },
		"client": func(p *pipeline) { p.types = func(*api.API) ([]byte, error) { panic("boom") } },
		"check":  func(p *pipeline) { p.typeCheck = func(map[string][]byte) error { panic("boom") } },
	} {
		t.Run(step, func(t *testing.T) {
			c, err := ReadConfig(dir)
			if err != nil {
				t.Fatal(err)
			}
			p := newPipeline(nil)
			inject(&p)
			_, err = p.generate(t.Context(), c)
			wantPanic(t, err, step, "a.yaml")
			sameTree(t, before, folder(t, dir))
		})
	}
}

func TestLint_Panics(t *testing.T) {
	dir := project(t, map[string]string{"pets.yaml": petstore, "resgen.yaml": onePackage})
	for step, inject := range map[string]func(*pipeline){
		"plan": func(p *pipeline) {
			p.plan = func(*spec.Document, plan.Options) (*api.API, diag.List) { panic("boom") }
		},
		"lint": func(p *pipeline) { p.lintPolicy = func(*api.API) diag.List { panic("boom") } },
		"kin-openapi": func(p *pipeline) {
			p.secondOpinion = func(context.Context, *spec.Document, diag.List) diag.List { panic("boom") }
		},
	} {
		t.Run(step, func(t *testing.T) {
			c, err := ReadConfig(dir)
			if err != nil {
				t.Fatal(err)
			}
			p := newPipeline(nil)
			inject(&p)
			_, err = p.lint(t.Context(), c)
			wantPanic(t, err, step, "pets.yaml")
		})
	}
}

// A step that returns an error without a panic, such as a printer whose output does not parse, is
// an internal error too.
func TestGenerate_StepFails(t *testing.T) {
	dir := project(t, map[string]string{"pets.yaml": petstore, "resgen.yaml": onePackage})
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("cannot print")
	p := newPipeline(nil)
	p.client = func(*api.API) ([]byte, error) { return nil, cause }
	_, err = p.generate(t.Context(), c)
	var internal *InternalError
	if !errors.As(err, &internal) || !errors.Is(err, cause) || internal.Step != "client" ||
		internal.Document != "pets.yaml" {
		t.Errorf("got %v", err)
	}
}

func wantPanic(t *testing.T, err error, step, document string) {
	t.Helper()
	var internal *InternalError
	if !errors.As(err, &internal) || internal.Step != step || internal.Document != document {
		t.Fatalf("got %v, want an internal error in step %s of %s", err, step, document)
	}
	prefix := "internal error in step " + step + " of " + document + ": panic: boom at generator/errors_test.go:"
	if text := err.Error(); !strings.HasPrefix(text, prefix) || !strings.HasSuffix(text, "; please report it") {
		t.Errorf("got %s", text)
	}
}
