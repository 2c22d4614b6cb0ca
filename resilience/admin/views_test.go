package admin

import (
	"bytes"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
)

// counted returns views that count how often a snapshot was taken and a status was made.
func counted() (v *views, snapshots, statuses *atomic.Int32) {
	snapshots, statuses = new(atomic.Int32), new(atomic.Int32)
	return newViews(func() resilience.Snapshot {
		snapshots.Add(1)
		return resilience.Snapshot{At: time.Now()}
	}, func(s resilience.Snapshot, q Query) Status {
		statuses.Add(1)
		return Status{At: s.At, Query: q}
	}), snapshots, statuses
}

func TestViews_AreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, snapshots, statuses := counted()
		written := 0
		write := func(b *bytes.Buffer, s Status) error {
			written++
			_, err := fmt.Fprintf(b, "%s %s", s.Query.Text, s.At.Format(time.RFC3339Nano))
			return err
		}
		get := func(kind string, q Query) string {
			t.Helper()
			text, ok, err := v.body(kind, q, write)
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			return string(text)
		}
		want := func(nSnapshots, nStatuses int32, nWritten int) {
			t.Helper()
			if snapshots.Load() != nSnapshots || statuses.Load() != nStatuses || written != nWritten {
				t.Errorf("%d snapshots, %d statuses, %d texts, want %d, %d, %d", snapshots.Load(), statuses.Load(),
					written, nSnapshots, nStatuses, nWritten)
			}
		}
		q := Query{Page: 1}
		first := get("html", q)
		for range 50 {
			if get("html", q) != first {
				t.Error("the text is not shared")
			}
		}
		want(1, 1, 1)
		get("json", q)
		v.status(freshness)
		want(1, 1, 2)
		if got := get("html", Query{Text: "a", Page: 1}); got == first || got[:2] != "a " {
			t.Errorf("another query: got %q", got)
		}
		want(1, 2, 3)
		time.Sleep(freshness - 1)
		get("html", q)
		want(1, 2, 3)
		time.Sleep(time.Nanosecond)
		if get("html", q) == first {
			t.Error("the text is too old")
		}
		want(2, 3, 4)
		v.status(0)
		get("html", q)
		want(3, 4, 5)
		v.forget()
		get("html", q)
		want(4, 5, 6)
	})
}

func TestViews_AreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, snapshots, _ := counted()
		for i := range 3 * mostViews {
			if _, ok, err := v.body("html", Query{Page: i}, writeJSON); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}
		if len(v.bodies) != mostViews || len(v.statuses) != mostViews || snapshots.Load() != 1 {
			t.Errorf("%d texts and %d statuses are kept, want %d; %d snapshots", len(v.bodies), len(v.statuses),
				mostViews, snapshots.Load())
		}
		for range mostReaders - 1 {
			v.readers <- struct{}{}
		}
		if _, ok, _ := v.body("html", Query{}, writeJSON); !ok {
			t.Errorf("reader %d is refused", mostReaders)
		}
		v.readers <- struct{}{}
		if _, ok, _ := v.body("html", Query{}, writeJSON); ok {
			t.Errorf("reader %d is not refused", mostReaders+1)
		}
	})
}

func TestViews_ErrorsAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, _, _ := counted()
		bad := errors.New("bad")
		if _, ok, err := v.body("html", Query{}, func(*bytes.Buffer, Status) error { return bad }); !ok || err != bad {
			t.Errorf("got %t, %v", ok, err)
		}
		if text, ok, err := v.body("html", Query{}, writeJSON); !ok || err != nil || len(text) == 0 {
			t.Errorf("got %q, %t, %v", text, ok, err)
		}
	})
}

// A snapshot that takes long, because there are many accounts, is taken less often.
func TestViews_AgeOfSlowSnapshots(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{
		0: 200 * time.Millisecond, 40 * time.Millisecond: 200 * time.Millisecond,
		100 * time.Millisecond: 500 * time.Millisecond, time.Minute: time.Second,
	} {
		if got := ageAfter(took); got != want {
			t.Errorf("after %s: got %s, want %s", took, got, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		v, snapshots, _ := counted()
		take := v.take
		v.take = func() resilience.Snapshot {
			time.Sleep(100 * time.Millisecond)
			return take()
		}
		for range 10 {
			_, _, _ = v.body("html", Query{}, writeJSON)
			time.Sleep(100 * time.Millisecond)
		}
		if n := snapshots.Load(); n != 2 {
			t.Errorf("%d snapshots in about a second, want 2", n)
		}
	})
}
