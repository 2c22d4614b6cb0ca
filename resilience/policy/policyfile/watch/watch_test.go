package watch_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile/watch"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// lines is a log handler that sends messages to a channel.
type lines chan string

func (lines) Enabled(context.Context, slog.Level) bool { return true }
func (l lines) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l lines) WithGroup(string) slog.Handler          { return l }
func (l lines) Handle(_ context.Context, r slog.Record) error {
	l <- r.Level.String() + " " + r.Message
	return nil
}

const (
	appliedLine = "INFO configuration applied"
	refusedLine = "WARN configuration refused; the earlier one remains"
)

// A bench has a watched file.
type bench struct {
	*testing.T
	*watch.Watcher
	log     lines
	applied chan string // names of the APIs
}

// config is a configuration for one API.
func config(api string) string {
	return "apis:\n  " + api + ": {defaults: {timeout: {overall: 30s}}}\n"
}

// apply records the name of the API, and refuses one that is called bad.
func (b *bench) apply(c *policy.Config) error {
	var names []string
	for _, a := range c.APIs {
		names = append(names, a.Name)
	}
	if slices.Contains(names, "bad") {
		return errors.New("there is no such API")
	}
	b.applied <- strings.Join(names, ",")
	return nil
}

func open(t *testing.T, path string) *bench {
	t.Helper()
	b := &bench{T: t, log: make(lines, 100), applied: make(chan string, 100)}
	w, err := watch.File(path, b.apply, watch.WithLogger(slog.New(b.log)), watch.WithQuiet(20*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	b.Watcher = w
	return b
}

// wait returns the next value.
func wait[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("nothing happened")
		panic("unreachable")
	}
}

// expect waits for a configuration and its line in the log.
func (b *bench) expect(api string) {
	b.Helper()
	if got := wait(b.T, b.applied); got != api {
		b.Fatalf("applied %q, want %q", got, api)
	}
	if got := wait(b.T, b.log); got != appliedLine {
		b.Fatalf("logged %q, want %q", got, appliedLine)
	}
	if s := b.State(); s.Refused != nil || s.Applied.IsZero() || !s.Since.IsZero() {
		b.Fatalf("state after applying: %+v", s)
	}
}

// refused waits until the file is refused, and returns why.
func (b *bench) refused() string {
	b.Helper()
	if got := wait(b.T, b.log); got != refusedLine {
		b.Fatalf("logged %q, want %q", got, refusedLine)
	}
	s := b.State()
	if s.Refused == nil || s.Since.IsZero() || s.Applied.IsZero() {
		b.Fatalf("state after refusing: %+v", s)
	}
	return s.Refused.Error()
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600))
}

// link makes a symbolic link at path, replacing one that exists in one step.
func link(t *testing.T, target, path string) {
	t.Helper()
	must(t, os.Symlink(target, path+".new"), os.Rename(path+".new", path))
}

func TestFile_Changes(t *testing.T) {
	plain := func(t *testing.T, dir string) { write(t, dir+"/conf/policy.yaml", config("one")) }
	mounted := func(t *testing.T, dir string) { // as Kubernetes mounts a ConfigMap
		write(t, dir+"/conf/..1/policy.yaml", config("one"))
		link(t, "..1", dir+"/conf/..data")
		link(t, "..data/policy.yaml", dir+"/conf/policy.yaml")
	}
	linked := func(t *testing.T, dir string) {
		write(t, dir+"/elsewhere/a.yaml", config("one"))
		write(t, dir+"/conf/other", "")
		link(t, dir+"/elsewhere/a.yaml", dir+"/conf/policy.yaml")
	}
	for name, c := range map[string]struct {
		before, change func(t *testing.T, dir string)
	}{
		"written": {plain, func(t *testing.T, dir string) { write(t, dir+"/conf/policy.yaml", config("two")) }},
		"renamed over": {plain, func(t *testing.T, dir string) {
			write(t, dir+"/conf/.tmp", config("two"))
			must(t, os.Rename(dir+"/conf/.tmp", dir+"/conf/policy.yaml"))
		}},
		"deleted and created": {plain, func(t *testing.T, dir string) {
			must(t, os.Remove(dir+"/conf/policy.yaml"))
			write(t, dir+"/conf/policy.yaml", config("two"))
		}},
		"folder deleted and created": {plain, func(t *testing.T, dir string) {
			must(t, os.RemoveAll(dir+"/conf"))
			write(t, dir+"/conf/policy.yaml", config("two"))
		}},
		"folder replaced": {plain, func(t *testing.T, dir string) {
			write(t, dir+"/next/policy.yaml", config("two"))
			must(t, os.Rename(dir+"/conf", dir+"/old"), os.Rename(dir+"/next", dir+"/conf"))
		}},
		"swapped by Kubernetes": {mounted, func(t *testing.T, dir string) {
			write(t, dir+"/conf/..2/policy.yaml", config("two"))
			link(t, "..2", dir+"/conf/..data")
			must(t, os.RemoveAll(dir+"/conf/..1"))
		}},
		"target of a link written": {linked, func(t *testing.T, dir string) {
			write(t, dir+"/elsewhere/a.yaml", config("two"))
		}},
		"link replaced": {linked, func(t *testing.T, dir string) {
			write(t, dir+"/further/b.yaml", config("two"))
			link(t, "../further/b.yaml", dir+"/conf/policy.yaml")
		}},
		"link replaced by a file": {linked, func(t *testing.T, dir string) {
			must(t, os.Remove(dir+"/conf/policy.yaml"))
			write(t, dir+"/conf/policy.yaml", config("two"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c.before(t, dir)
			b := open(t, dir+"/conf/policy.yaml")
			b.expect("one")
			c.change(t, dir)
			if got := wait(t, b.applied); got != "two" {
				t.Fatalf("applied %q", got)
			}
			// and it is still watched where it is now
			write(t, dir+"/conf/policy.yaml", config("three"))
			if got := wait(t, b.applied); got != "three" {
				t.Fatalf("applied %q", got)
			}
			must(t, b.Close())
			if n := len(b.applied); n != 0 {
				t.Errorf("applied %d times more", n)
			}
		})
	}
}

func TestFile_RefusesAndRecovers(t *testing.T) {
	dir := t.TempDir() + "/conf"
	path := dir + "/policy.yaml"
	for _, c := range []struct {
		name   string
		change func()
		want   string
	}{
		{"unknown key", func() { write(t, path, "apis:\n  one: {defaults: {timeoutt: {overall: 1s}}}\n") },
			path + ":2:20: "},
		{"syntax", func() { write(t, path, "apis: {") }, path + ":1:"},
		{"not applicable", func() { write(t, path, config("bad")) }, "there is no such API"},
		{"empty", func() { write(t, path, "") },
			path + `: configuration: the file is empty; write "apis: {}" to restore the generated policies`},
		{"deleted", func() { must(t, os.Remove(path)) },
			path + ": configuration: the file does not exist; create it"},
		{"its folder deleted", func() { must(t, os.RemoveAll(dir)) },
			path + ": configuration: the file does not exist; create it"},
		{"half of it written", func() { write(t, path, config("two")[:20]) }, path + ":2:"},
		{"a link to nothing", func() { must(t, os.Remove(path)); link(t, "nothing.yaml", path) },
			path + ": configuration: the file does not exist; create it"},
		{"a folder", func() { must(t, os.Remove(path), os.Mkdir(path, 0o700)) },
			path + ": configuration: it is not a regular file; name a file"},
		{"too large", func() { write(t, path, config("one")+strings.Repeat("#", 4<<20)) },
			path + ": configuration: the file has more than 4194304 bytes; name a configuration file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, path, config("one"))
			b := open(t, path)
			b.expect("one")
			before := b.State().Applied
			c.change()
			if got := b.refused(); !strings.HasPrefix(got, c.want) {
				t.Errorf("refused with %q, want %q", got, c.want)
			}
			if s := b.State(); s.Path != path || !s.Applied.Equal(before) {
				t.Errorf("state: %+v", s)
			}
			must(t, os.RemoveAll(path))
			write(t, path, config("two"))
			for wait(t, b.log) != appliedLine { // it may have been seen missing
			}
			if got := wait(t, b.applied); got != "two" || b.State().Refused != nil {
				t.Errorf("applied %q, state %+v", got, b.State())
			}
			must(t, b.Close())
			must(t, os.RemoveAll(path))
		})
	}
}

// The content in use is not applied again after something else was refused.
func TestFile_SameContentAgain(t *testing.T) {
	path := t.TempDir() + "/policy.yaml"
	write(t, path, config("one"))
	b := open(t, path)
	b.expect("one")
	applied := b.State().Applied
	write(t, path, config("bad"))
	b.refused()
	write(t, path, config("one"))
	if got := wait(t, b.log); got != "INFO configuration in use again" {
		t.Errorf("logged %q", got)
	}
	if s := b.State(); s.Refused != nil || !s.Since.IsZero() || !s.Applied.Equal(applied) {
		t.Errorf("state: %+v", s)
	}
	must(t, b.Close())
	if len(b.applied) != 0 {
		t.Error("applied again")
	}
}

func TestFile_Limit(t *testing.T) {
	path := t.TempDir() + "/policy.yaml"
	text := config("one")
	write(t, path, text+strings.Repeat("#", 4<<20-len(text)))
	open(t, path).expect("one")
}

// What was invalid at the beginning is an error, because there is nothing to keep.
func TestFile_Unusable(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/bad.yaml", config("bad"))
	write(t, dir+"/key.yaml", "apiz: {}\n")
	for name, want := range map[string]string{
		"none.yaml":      dir + "/none.yaml: configuration: the file does not exist; create it",
		"bad.yaml":       "there is no such API",
		"key.yaml":       dir + "/key.yaml:1:1: ",
		"none/none.yaml": dir + "/none/none.yaml: configuration: the file does not exist; create it",
	} {
		b := &bench{T: t, log: make(lines, 9), applied: make(chan string, 9)}
		w, err := watch.File(filepath.Join(dir, name), b.apply, watch.WithLogger(slog.New(b.log)))
		if w != nil || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
		if len(b.log) != 0 {
			t.Errorf("%s: the error is also logged", name)
		}
	}
}

func TestWatcher_CloseTwice(t *testing.T) {
	path := t.TempDir() + "/policy.yaml"
	write(t, path, "apis: {}\n")
	b := open(t, path)
	must(t, b.Close(), b.Close())
}
