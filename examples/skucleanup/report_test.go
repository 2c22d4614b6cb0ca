package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A report appears when it is complete, readable by its owner only, and never through a link.
func TestReport_IsReplacedWhenComplete(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "report"), filepath.Join(dir, "link")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{link, dir} {
		if _, err := openReport(bad); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for _, complete := range []bool{false, true} {
		r, err := openReport(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
			t.Errorf("before the end: %q, %v", got, err)
		}
		if complete {
			if err := r.write(nil); err != nil {
				t.Fatal(err)
			}
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
			t.Errorf("complete %t: left %v, %v", complete, left, err)
		}
	}
	got, err := os.ReadFile(path)
	info, _ := os.Stat(path)
	if err != nil || !strings.Contains(string(got), `"items"`) || info.Mode() != 0o600 {
		t.Errorf("%q with mode %v, %v", got, info.Mode(), err)
	}
}
