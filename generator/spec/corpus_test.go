package spec

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestCorpus loads every document under RESGEN_CORPUS.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("RESGEN_CORPUS")
	if dir == "" {
		t.Skip("RESGEN_CORPUS names no folder of documents")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.[jy]*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("RESGEN_CORPUS=%s holds no documents (%v)", dir, err)
	}
	for _, f := range files {
		doc, found := Load(context.Background(), Options{Dir: dir, File: f})
		if doc == nil {
			t.Errorf("%s: not loaded: %v", f, found.Err())
			continue
		}
		for _, d := range found {
			t.Log(d)
		}
	}
}
