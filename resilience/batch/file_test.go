package batch_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
)

var demoJob = batch.Job{Name: "demo", Input: "1"}

// opened returns an open journal, which the test closes.
func opened(t *testing.T, path string, opts batch.FileOptions) (*batch.File, map[string]batch.Record) {
	t.Helper()
	f := batch.NewFile(path, opts)
	records, err := f.Open(t.Context(), demoJob)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, records
}

func begin(t *testing.T, f *batch.File, key, id string) batch.Record {
	t.Helper()
	r, ok, err := f.Begin(t.Context(), key, id)
	if err != nil || !ok {
		t.Fatalf("begin %s: %t, %v", key, ok, err)
	}
	return r
}

func finish(t *testing.T, f *batch.File, key string, r batch.Result) {
	t.Helper()
	if err := f.Finish(t.Context(), key, r); err != nil {
		t.Fatal(err)
	}
}

func closed(t *testing.T, f *batch.File) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// fill writes what each test expects in wantRecords.
func fill(t *testing.T, f *batch.File) {
	t.Helper()
	begin(t, f, "done", "k1")
	finish(t, f, "done", batch.Result{Outcome: batch.Done, Reason: "a\n<b>", Attempts: 2, Requests: 3, Status: 200,
		RequestID: "r", Verified: true})
	begin(t, f, "begun", "k2")
	begin(t, f, "again", "k3")
	finish(t, f, "again", batch.Result{Outcome: batch.RetryLater, Attempts: 1})
	if r := begin(t, f, "again", "another"); r.IdempotencyKey != "k3" {
		t.Errorf("the second Begin has the key %q, want k3", r.IdempotencyKey)
	}
	begin(t, f, "keyless", "")
	begin(t, f, "keyed", "")
	if r := begin(t, f, "keyed", "k6"); r.IdempotencyKey != "k6" {
		t.Errorf("a Begin after one without a key has the key %q, want k6", r.IdempotencyKey)
	}
	begin(t, f, "later", "k4")
	finish(t, f, "later", batch.Result{Outcome: batch.RetryLater, Attempts: 1})
}

var wantRecords = map[string]batch.Record{
	"done": {IdempotencyKey: "k1", Result: batch.Result{Outcome: batch.Done, Reason: "a\n<b>", Attempts: 2, Requests: 3,
		Status: 200, RequestID: "r", Verified: true}},
	"begun":   {IdempotencyKey: "k2", Begun: true},
	"keyless": {Begun: true},
	"keyed":   {IdempotencyKey: "k6", Begun: true},
	"again":   {IdempotencyKey: "k3", Begun: true, Result: batch.Result{Outcome: batch.RetryLater, Attempts: 1}},
	"later":   {IdempotencyKey: "k4", Result: batch.Result{Outcome: batch.RetryLater, Attempts: 1}},
}

func expectRecords(t *testing.T, got map[string]batch.Record) {
	t.Helper()
	if len(got) != len(wantRecords) {
		t.Errorf("%d records, want %d", len(got), len(wantRecords))
	}
	for key, want := range wantRecords {
		if got[key] != want {
			t.Errorf("%s: %+v, want %+v", key, got[key], want)
		}
	}
}

func TestFile_Reopened(t *testing.T) {
	for _, sync := range []batch.Sync{batch.SyncEach, batch.SyncSecond, batch.SyncClose} {
		path := filepath.Join(t.TempDir(), "journal")
		f, records := opened(t, path, batch.FileOptions{Sync: sync})
		if len(records) != 0 || len(f.Notes()) != 0 {
			t.Errorf("a new journal has %v, %v", records, f.Notes())
		}
		fill(t, f)
		closed(t, f)
		closed(t, f) // again, without effect
		f, records = opened(t, path, batch.FileOptions{})
		expectRecords(t, records)
		if len(f.Notes()) != 0 {
			t.Errorf("notes %q", f.Notes())
		}
		closed(t, f)
	}
}

// A compacted journal has a line for the header and one for each item, and the same records.
func TestFile_Compact(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	f, _ := opened(t, path, batch.FileOptions{CompactAfter: 1})
	fill(t, f)
	for range 20 {
		begin(t, f, "later", "")
		finish(t, f, "later", batch.Result{Outcome: batch.RetryLater, Attempts: 1})
	}
	closed(t, f)
	if n := lineCount(t, path); n > 2*6+1 {
		t.Errorf("%d lines", n)
	}
	f, records := opened(t, path, batch.FileOptions{})
	expectRecords(t, records)
	closed(t, f)
	if list, _ := os.ReadDir(filepath.Dir(path)); len(list) != 2 { // with the lock
		t.Errorf("%d files", len(list))
	}
}

func lineCount(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(data, []byte("\n"))
}

// A journal whose file was removed meanwhile fails when it is rewritten, and records nothing more.
func TestFile_Removed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	f, _ := opened(t, filepath.Join(dir, "journal"), batch.FileOptions{CompactAfter: 1})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	var err error
	for i := 0; i < 10 && err == nil; i++ {
		_, _, err = f.Begin(t.Context(), "a", "k")
		if err == nil {
			err = f.Finish(t.Context(), "a", batch.Result{Outcome: batch.RetryLater})
		}
	}
	if err == nil || !strings.Contains(err.Error(), "no such file or directory") {
		t.Errorf("got %v", err)
	}
	if _, _, again := f.Begin(t.Context(), "b", "k"); again == nil || again.Error() != err.Error() {
		t.Errorf("then %v, want %v", again, err)
	}
}

func TestFile_Locked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	f, _ := opened(t, path, batch.FileOptions{})
	want := "batch: journal " + path + ": is in use by another process; wait until that ends"
	second := batch.NewFile(path, batch.FileOptions{})
	if _, err := second.Open(t.Context(), demoJob); err == nil || err.Error() != want {
		t.Errorf("a second one: %v", err)
	}
	if _, err := f.Open(t.Context(), demoJob); err == nil || !strings.Contains(err.Error(), "is open already") {
		t.Errorf("twice: %v", err)
	}
	closed(t, f)
	f, _ = opened(t, path, batch.FileOptions{})
	closed(t, f)
	if _, _, err := f.Begin(t.Context(), "a", "k"); err == nil || !strings.Contains(err.Error(), "is not open") {
		t.Errorf("after Close: %v", err)
	}
	err := f.Finish(t.Context(), "unknown", batch.Result{})
	if err == nil || !strings.Contains(err.Error(), "was not begun") {
		t.Errorf("not begun: %v", err)
	}
}

// A later run takes over what is finished, verifies or repeats what was in progress with the same
// idempotency key, and tries the rest.
func TestRun_Resumes(t *testing.T) {
	for name, c := range map[string]struct {
		opts []batch.Option
		want batch.Outcome // of the item in progress
		call bool          // for it
	}{
		"unsafe": {nil, batch.Unknown, false},
		"keyed":  {[]batch.Option{batch.WithClass(policy.Keyed)}, batch.Done, true},
		"verified": {[]batch.Option{batch.WithVerify(func(context.Context, string) (bool, error) { return true, nil })},
			batch.Done, false},
	} {
		path := filepath.Join(t.TempDir(), "journal")
		f, _ := opened(t, path, batch.FileOptions{})
		fill(t, f)
		begin(t, f, "refused", "k5")
		finish(t, f, "refused", batch.Result{Outcome: batch.Refused, Reason: "sold out", Attempts: 1})
		closed(t, f)
		s := &script{}
		opts := append(c.opts, batch.WithName("demo"), batch.WithInput("1"),
			batch.WithJournal(batch.NewFile(path, batch.FileOptions{})))
		r := run(t, s, []string{"new", "done", "begun", "later", "refused"}, opts...)
		expect(t, r, batch.Done, batch.Done, c.want, batch.Done, batch.Refused)
		if s.count("done") != 0 || s.count("refused") != 0 || s.count("new") != 1 || s.count("later") != 1 ||
			(s.count("begun") > 0) != c.call {
			t.Errorf("%s: calls %q", name, s.calls)
		}
		if c.call && s.keys["begun"][0] != "k2" || s.keys["later"][0] != "k4" {
			t.Errorf("%s: keys %q", name, s.keys)
		}
		if !r.Items[1].Earlier || r.Items[1].Attempts != 2 || !r.Items[4].Earlier || r.Items[0].Earlier ||
			r.Items[3].Earlier || r.Items[3].Attempts != 2 {
			t.Errorf("%s: rows %+v", name, r.Items)
		}
		again := &script{}
		opts = append(opts, batch.WithJournal(batch.NewFile(path, batch.FileOptions{})))
		second := run(t, again, []string{"new", "done", "begun", "later", "refused"}, opts...)
		if !slices.Equal(outcomes(second), outcomes(r)) || len(again.calls) > 0 {
			t.Errorf("%s: a third run: %v, calls %q", name, outcomes(second), again.calls)
		}
	}
}

// The fingerprint of the input does not depend on the order of the items.
func TestRun_Fingerprint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	with := func() batch.Option { return batch.WithJournal(batch.NewFile(path, batch.FileOptions{})) }
	run(t, &script{}, []string{"a", "bc"}, with())
	if r := run(t, &script{}, []string{"bc", "a"}, with()); !r.Items[0].Earlier {
		t.Errorf("another order: %+v", r.Items)
	}
	for _, items := range [][]string{{"a"}, {"ab", "c"}, {"a", "bc", "d"}} {
		_, err := batch.Run(t.Context(), slices.Values(items), same, (&script{}).fn, with())
		if err == nil || !strings.Contains(err.Error(), "belongs to other input") {
			t.Errorf("%q: %v", items, err)
		}
	}
}

// A journal that fails ends the run: nothing is sent that was not recorded.
func TestRun_JournalFails(t *testing.T) {
	s := &script{}
	r, err := batch.Run(t.Context(), slices.Values(numbered(20)), same, s.fn, quiet, batch.WithMax(1),
		batch.WithJournal(&failing{after: 5}))
	if err == nil || !strings.Contains(err.Error(), "progress cannot be recorded: disk full") || r == nil {
		t.Fatalf("got %v", err)
	}
	if c := r.Counts(); len(s.calls) != 5 || c[batch.Done] != 5 || c[batch.NotTried] != 15 {
		t.Errorf("%d calls, %v", len(s.calls), c)
	}
}

// failing is a journal whose Begin fails after a number of items.
type failing struct {
	batch.Journal
	after int
}

func (f *failing) Open(context.Context, batch.Job) (map[string]batch.Record, error) { return nil, nil }

func (f *failing) Close() error { return nil }

func (f *failing) Finish(context.Context, string, batch.Result) error { return nil }

func (f *failing) Begin(_ context.Context, _, id string) (batch.Record, bool, error) {
	if f.after--; f.after < 0 {
		return batch.Record{}, false, errFull
	}
	return batch.Record{IdempotencyKey: id, Begun: true}, true, nil
}

var errFull = errors.New("disk full")

// Temporary files of killed processes are removed when the journal is opened; other files are not.
func TestFile_Leftovers(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		removed bool
	}{
		".journal-12":    {`0123abcd {"format":"resgen-journal","version":1`, true},
		".journal-13":    {"", true},
		".journal-14":    {`0123abcd {"format":"x","version":1}`, false},
		".journal-15":    {"mine", false},
		".journal-1a":    {"", false},
		".journals-1":    {"", false},
		"journal-1":      {"", false},
		".journal-16.gz": {"", false},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		f, _ := opened(t, filepath.Join(dir, "journal"), batch.FileOptions{})
		if _, err := os.Stat(filepath.Join(dir, name)); os.IsNotExist(err) != c.removed {
			t.Errorf("%s with %q: %v, removed %t wanted", name, c.content, err, c.removed)
		}
		closed(t, f)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".journal-1"), 0o700); err != nil {
		t.Fatal(err)
	}
	f, _ := opened(t, filepath.Join(dir, "journal"), batch.FileOptions{})
	if _, err := os.Stat(filepath.Join(dir, ".journal-1")); err != nil {
		t.Errorf("a folder: %v", err)
	}
	closed(t, f)
	t.Chdir(dir)
	if err := os.WriteFile(".journal-2", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	opened(t, "journal", batch.FileOptions{})
	if _, err := os.Stat(".journal-2"); !os.IsNotExist(err) {
		t.Errorf("in the current folder: %v", err)
	}
}
