package plan_test

import (
	"github.com/resgen/resgen/generator/plan"

	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/resgen/resgen/generator/spec"
)

// BenchmarkPlan loads and plans the largest document under RESGEN_CORPUS.
func BenchmarkPlan(b *testing.B) {
	file, size := "", int64(0)
	files, _ := filepath.Glob(filepath.Join(os.Getenv("RESGEN_CORPUS"), "*", "*.json"))
	for _, f := range files {
		if info, err := os.Stat(f); err == nil && info.Size() > size {
			file, size = f, info.Size()
		}
	}
	if file == "" {
		b.Skip("RESGEN_CORPUS names no folder of documents")
	}
	b.SetBytes(size)
	for b.Loop() {
		doc, found := spec.Load(context.Background(), spec.Options{Dir: filepath.Dir(file), File: file})
		if doc == nil {
			b.Fatal(found)
		}
		if a, found := plan.Plan(doc, plan.Options{Package: "x"}); a == nil {
			b.Fatal(found)
		}
	}
}
