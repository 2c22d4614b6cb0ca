package storetest

import (
	"context"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/batch"
)

// Journal tests a journal. open returns a journal for each run of the same job, closed and with
// what the runs before have recorded.
func Journal(t *testing.T, run func(t *testing.T, test func(t *testing.T, open func() batch.Journal))) {
	for name, test := range map[string]func(*testing.T, func() batch.Journal){
		"what was recorded survives":               survives,
		"the first idempotency key remains":        keepsKeys,
		"a result that is not final is replaced":   replaces,
		"another job is refused":                   foreignJob,
		"other input is refused":                   foreignInput,
		"an item that was not begun has no end":    notBegun,
		"an open journal is not opened again":      openTwice,
		"a journal can be closed more than once":   closedTwice,
		"many items are recorded at the same time": crowded,
		"keys and texts are kept as they are":      odd,
	} {
		t.Run(name, func(t *testing.T) { run(t, test) })
	}
}

var theJob = batch.Job{Name: "cleanup", Input: "12ab"}

// A writer uses a journal and fails the test on errors.
type writer struct {
	t       *testing.T
	j       batch.Journal
	records map[string]batch.Record
}

// open opens a journal, and is granted the items if several processes may share it.
func open(t *testing.T, j batch.Journal, keys ...string) *writer {
	t.Helper()
	records, err := j.Open(t.Context(), theJob)
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{t, j, records}
	if s, ok := j.(batch.SharedJournal); ok {
		if err := s.Offer(t.Context(), keys); err != nil {
			t.Fatal(err)
		}
		for range keys {
			if _, err := s.Claim(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return w
}

func (w *writer) begin(key, idempotency string) batch.Record {
	w.t.Helper()
	r, ok, err := w.j.Begin(w.t.Context(), key, idempotency)
	if !ok || err != nil {
		w.t.Fatalf("beginning %s: %t, %v", key, ok, err)
	}
	return r
}

func (w *writer) finish(key string, r batch.Result) {
	w.t.Helper()
	if err := w.j.Finish(w.t.Context(), key, r); err != nil {
		w.t.Fatalf("finishing %s: %v", key, err)
	}
}

func (w *writer) close() {
	w.t.Helper()
	if err := w.j.Close(); err != nil {
		w.t.Fatal(err)
	}
}

// wantRecords compares records.
func wantRecords(t *testing.T, got, want map[string]batch.Record) {
	t.Helper()
	for key, w := range want {
		if got[key] != w {
			t.Errorf("%q is %+v, want %+v", key, got[key], w)
		}
	}
	for key, r := range got {
		if _, ok := want[key]; !ok && r != (batch.Record{}) {
			t.Errorf("%q is %+v, want no record", key, r)
		}
	}
}

// All that a result can have.
var full = batch.Result{
	Outcome: batch.Refused, Reason: "status 400", Attempts: 3, Requests: 4, Status: 400, RequestID: "r-1",
	Verified: true,
}

func survives(t *testing.T, again func() batch.Journal) {
	w := open(t, again(), "a", "b", "c", "d")
	wantRecords(t, w.records, nil)
	w.begin("a", "k1")
	w.finish("a", full)
	w.begin("b", "k2")
	w.finish("b", batch.Result{Outcome: batch.Unknown})
	w.begin("c", "k3")
	w.close()
	want := map[string]batch.Record{
		"a": {IdempotencyKey: "k1", Result: full},
		"b": {IdempotencyKey: "k2", Result: batch.Result{Outcome: batch.Unknown}},
		"c": {IdempotencyKey: "k3", Begun: true},
	}
	w = open(t, again())
	wantRecords(t, w.records, want)
	w.close()
	w = open(t, again(), "a", "b", "c", "d")
	wantRecords(t, w.records, want)
	w.begin("d", "k4")
	w.begin("b", "k5")
	w.close()
	want["d"] = batch.Record{IdempotencyKey: "k4", Begun: true}
	want["b"] = batch.Record{IdempotencyKey: "k2", Begun: true, Result: batch.Result{Outcome: batch.Unknown}}
	w = open(t, again())
	wantRecords(t, w.records, want)
	w.close()
}

func keepsKeys(t *testing.T, again func() batch.Journal) {
	w := open(t, again(), "a")
	if r := w.begin("a", "k1"); r != (batch.Record{IdempotencyKey: "k1", Begun: true}) {
		t.Errorf("begun as %+v", r)
	}
	w.finish("a", batch.Result{Outcome: batch.RetryLater})
	want := batch.Record{IdempotencyKey: "k1", Begun: true, Result: batch.Result{Outcome: batch.RetryLater}}
	if r := w.begin("a", "k2"); r != want {
		t.Errorf("begun again as %+v", r)
	}
	w.close()
	w = open(t, again(), "a")
	if r := w.begin("a", "k3"); r != want {
		t.Errorf("begun by another run as %+v", r)
	}
	w.close()
}

func replaces(t *testing.T, again func() batch.Journal) {
	w := open(t, again(), "a")
	for _, o := range []batch.Outcome{batch.NotTried, batch.RetryLater, batch.Unknown, batch.Done} {
		w.begin("a", "k")
		w.finish("a", batch.Result{Outcome: o})
	}
	w.close()
	w = open(t, again())
	wantRecords(t, w.records, map[string]batch.Record{
		"a": {IdempotencyKey: "k", Result: batch.Result{Outcome: batch.Done}},
	})
	w.close()
}

// refused checks that a journal does not open for a job, and is as it was.
func refused(t *testing.T, again func() batch.Journal, job batch.Job, want string) {
	w := open(t, again(), "a")
	w.begin("a", "k")
	w.close()
	if _, err := again().Open(t.Context(), job); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
	w = open(t, again())
	wantRecords(t, w.records, map[string]batch.Record{"a": {IdempotencyKey: "k", Begun: true}})
	w.close()
}

func foreignJob(t *testing.T, again func() batch.Journal) {
	refused(t, again, batch.Job{Name: "other", Input: theJob.Input},
		`belongs to the job "cleanup", not to "other"; choose another name`)
}

func foreignInput(t *testing.T, again func() batch.Journal) {
	refused(t, again, batch.Job{Name: theJob.Name, Input: "34cd"}, "belongs to other input (12ab, not 34cd); ")
}

func notBegun(t *testing.T, again func() batch.Journal) {
	w := open(t, again(), "a")
	err := w.j.Finish(t.Context(), "a", batch.Result{Outcome: batch.Done})
	if err == nil || !strings.Contains(err.Error(), "the item was not begun") {
		t.Errorf("%v, want an error", err)
	}
	w.close()
	w = open(t, again())
	wantRecords(t, w.records, nil)
	w.close()
}

func openTwice(t *testing.T, again func() batch.Journal) {
	w := open(t, again())
	if _, err := w.j.Open(t.Context(), theJob); err == nil || !strings.Contains(err.Error(), "open already") {
		t.Errorf("%v, want an error", err)
	}
	w.close()
}

func closedTwice(t *testing.T, again func() batch.Journal) {
	w := open(t, again())
	w.close()
	w.close()
}

func crowded(t *testing.T, again func() batch.Journal) {
	keys := strings.Split("abcdefghijklmnopqrstuvwxyz", "")
	w := open(t, again(), keys...)
	errs := make(chan error, len(keys))
	for _, key := range keys {
		go func() { errs <- process(t.Context(), w.j, key) }()
	}
	for range keys {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	w.close()
	w = open(t, again())
	want := map[string]batch.Record{}
	for _, key := range keys {
		want[key] = batch.Record{IdempotencyKey: "k" + key, Result: batch.Result{Outcome: batch.Done, Reason: key}}
	}
	wantRecords(t, w.records, want)
	w.close()
}

func process(ctx context.Context, j batch.Journal, key string) error {
	if _, _, err := j.Begin(ctx, key, "k"+key); err != nil {
		return err
	}
	return j.Finish(ctx, key, batch.Result{Outcome: batch.Done, Reason: key})
}

func odd(t *testing.T, again func() batch.Journal) {
	keys := []string{" ", "a\nb", `"\`, "ä€😀", "<&>", "0", "nil", "{a}:b", strings.Repeat("long", 300)}
	w := open(t, again(), keys...)
	want := map[string]batch.Record{}
	for _, key := range keys {
		w.begin(key, key)
		w.finish(key, batch.Result{Outcome: batch.Failed, Reason: key})
		want[key] = batch.Record{IdempotencyKey: key, Result: batch.Result{Outcome: batch.Failed, Reason: key}}
	}
	w.close()
	w = open(t, again())
	wantRecords(t, w.records, want)
	w.close()
}
