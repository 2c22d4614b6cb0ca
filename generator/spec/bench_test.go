package spec

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkCheck validates the largest document under RESGEN_CORPUS. BenchmarkLoad includes the
// same work.
func BenchmarkCheck(b *testing.B) {
	l := largest(b)
	l.document()
	for b.Loop() {
		l.found = nil
		l.check()
	}
}

func BenchmarkLoad(b *testing.B) {
	l := largest(b)
	for b.Loop() {
		if doc, found := Load(context.Background(), l.opts); doc == nil {
			b.Fatal(found)
		}
	}
}

func largest(b *testing.B) *loader {
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
	return newLoader(context.Background(), Options{Dir: filepath.Dir(file), File: file})
}
