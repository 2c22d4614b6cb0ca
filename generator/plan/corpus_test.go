package plan

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/resgen/resgen/generator/spec"
)

// TestCorpus plans every document under RESGEN_CORPUS and holds that no operation is dropped and that no type is any by our own fault.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("RESGEN_CORPUS")
	if dir == "" {
		t.Skip("RESGEN_CORPUS names no folder of documents")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.[jy]*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("RESGEN_CORPUS=%s holds no documents (%v)", dir, err)
	}
	ops, rates := 0, 0
	for _, f := range files {
		doc, found := spec.Load(context.Background(), spec.Options{Dir: dir, File: f})
		if doc == nil {
			t.Errorf("%s: not loaded: %v", f, found.Err())
			continue
		}
		a, found := Plan(doc, Options{Package: "x", Source: f})
		if a == nil {
			t.Errorf("%s: not planned: %v", f, found.Err())
			continue
		}
		for _, d := range found {
			t.Log(d)
			if d.Code == "any" {
				t.Error(d)
			}
		}
		if len(a.Operations) < len(doc.Operations) {
			t.Errorf("%s: %d of %d operations", f, len(a.Operations), len(doc.Operations))
		}
		if len(a.Types) > 500 {
			t.Log(f, len(a.Types), "types", len(a.Operations))
		}
		ops += len(doc.Operations)
		for _, o := range a.Operations {
			if o.Policy.Rate.PerSecond > 0 {
				rates++
			}
		}
	}
	t.Logf("%d documents, %d operations, %d with a rate", len(files), ops, rates)
}
