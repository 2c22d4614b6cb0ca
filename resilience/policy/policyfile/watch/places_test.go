package watch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestSteps(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"a/b", "c"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for path, target := range map[string]string{
		"c/up": "../a", "c/absolute": dir + "/a/b", "c/file": "up/b/f", "c/self": "self", "c/x": "./y", "c/y": "x",
		"c/gone": "missing/f",
	} {
		if err := os.Symlink(target, filepath.Join(dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(dir+"/a/b/f", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		"a/b/f":        {"a/b/f"},
		"a/b/none":     {"a/b/none"},
		"a/none/b/f":   {"a/none"},
		"c/up/b/f":     {"c/up", "a/b/f"},
		"c/absolute/f": {"c/absolute", "a/b/f"},
		"c/file":       {"c/file", "c/up", "a/b/f"},
		"c/gone":       {"c/gone", "c/missing"},
	} {
		got := steps(filepath.Join(dir, path))
		for i := range want {
			want[i] = filepath.Join(dir, want[i])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if got := steps(dir + "/c/self"); len(got) != mostLinks+1 {
		t.Errorf("a link to itself has %d steps", len(got))
	}
	if got := steps(dir + "/c/x/f"); len(got) != mostLinks+1 {
		t.Errorf("two links to each other have %d steps", len(got))
	}
}

func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		done, changes := make(chan struct{}), make(chan struct{})
		var checks []time.Duration
		go settle(done, changes, time.Second, func() { checks = append(checks, time.Since(begin)) })
		at := func(d time.Duration) { time.Sleep(d - time.Since(begin)) }
		for _, d := range []time.Duration{5000, 5900, 6800, 20000} { // ms
			at(d * time.Millisecond)
			changes <- struct{}{}
		}
		at(100 * time.Second)
		close(done)
		synctest.Wait()
		want := []time.Duration{7800, 21000, 51000, 81000}
		for i := range want {
			want[i] *= time.Millisecond
		}
		if !slices.Equal(checks, want) {
			t.Errorf("checked after %v, want %v", checks, want)
		}
	})
}
