package batch_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
)

// An item can be granted to a process again that has given it up, because another process that
// began later has offered it. It is counted once.
func TestRun_SharedGrantedAgain(t *testing.T) {
	later := batch.As(batch.RetryLater, errors.New("later"))
	for name, c := range map[string]struct {
		errs []error
		want batch.Outcome
		done int
	}{
		"in vain": {[]error{later, later}, batch.RetryLater, 2},
		"done":    {[]error{later}, batch.Done, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, again := newBoard(), false
				b.fail = func(method string) error {
					given := b.records["a"].Result.Outcome == batch.RetryLater && b.owners["a"] == nil
					if method == "claim" && given && !again {
						again, b.queue = true, append([]string{"a"}, b.queue...)
					}
					return nil
				}
				var last batch.Progress
				s := &script{errs: map[string][]error{"a": c.errs}}
				r := together(t, b, 1, s, []string{"a", "b", "c"}, batch.WithPasses(1), batch.WithMax(1),
					batch.WithStop(batch.Stop{Count: 3}), batch.WithProgress(func(p batch.Progress) { last = p }))[0]
				expect(t, r, c.want, batch.Done, batch.Done)
				if s.count("a") != 2 || !again {
					t.Errorf("%d calls for a", s.count("a"))
				}
				if last.Settled != 3 || last.Counts[batch.Done] != c.done || len(last.Counts) != len(r.Counts()) {
					t.Errorf("the last progress is %+v", last)
				}
			})
		})
	}
}

// An item that this process has given up and another one has done is counted as done.
func TestRun_SharedDoneElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard()
		b.fail = func(method string) error {
			if r := b.records["a"]; method == "records" && r.Result.Outcome == batch.RetryLater {
				r.Result.Outcome = batch.Done
				b.records["a"] = r
			}
			return nil
		}
		var last batch.Progress
		s := &script{errs: map[string][]error{"a": {batch.As(batch.RetryLater, errors.New("later"))}}}
		r := together(t, b, 1, s, []string{"a", "b"}, batch.WithPasses(1),
			batch.WithProgress(func(p batch.Progress) { last = p }))[0]
		expect(t, r, batch.Done, batch.Done)
		got := fmt.Sprintf("%d of %d, %d earlier, %v", last.Settled, last.Total, last.Earlier, last.Counts)
		if got != "2 of 2, 1 earlier, map[done:2]" {
			t.Errorf("the last progress is %s", got)
		}
	})
}

// An item that is granted again while this process works on it, because its lease has ended
// meanwhile, is not processed a second time.
func TestRun_SharedGrantedInProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, again := newBoard(), false
		b.fail = func(method string) error {
			for key, r := range b.records {
				if method == "claim" && r.Begun && !again {
					again, b.queue = true, append([]string{key}, b.queue...)
				}
			}
			return nil
		}
		var mu sync.Mutex
		var active []int
		var slow atomic.Bool
		s := &script{during: func() {
			if slow.CompareAndSwap(false, true) {
				time.Sleep(4 * time.Second)
			}
		}}
		r := together(t, b, 1, s, []string{"a", "b", "c", "d"}, batch.WithMax(2), batch.WithClass(policy.Idempotent),
			batch.WithProgress(func(p batch.Progress) {
				mu.Lock()
				defer mu.Unlock()
				active = append(active, p.Active)
			}))[0]
		expect(t, r, batch.Done, batch.Done, batch.Done, batch.Done)
		if slices.Sort(s.calls); !again || !slices.Equal(s.calls, []string{"a", "b", "c", "d"}) {
			t.Errorf("calls %q, granted again: %t", s.calls, again)
		}
		if len(b.owners) != 0 || active[len(active)-1] != 0 {
			t.Errorf("%d items are not finished, %v", len(b.owners), active)
		}
	})
}
