package batch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/batch"
)

// A board is what the shared journals of one job have in common. It forgets nothing.
type board struct {
	mu      sync.Mutex
	records map[string]batch.Record
	queue   []string          // items without an owner
	owners  map[string]*share // of the other items
	offers  int
	fail    func(method string) error // nil: nothing fails
}

func newBoard() *board {
	return &board{records: map[string]batch.Record{}, owners: map[string]*share{}}
}

// A share is the journal of one process.
type share struct {
	*board
	closed bool
}

func (b *board) join() *share { return &share{board: b} }

// use locks the board and returns the error of a method.
func (s *share) use(method string) (unlock func(), err error) {
	s.mu.Lock()
	if s.fail != nil {
		err = s.fail(method)
	}
	return s.mu.Unlock, err
}

func (s *share) Open(context.Context, batch.Job) (map[string]batch.Record, error) {
	unlock, err := s.use("open")
	defer unlock()
	return s.copy(), err
}

func (b *board) copy() map[string]batch.Record {
	records := map[string]batch.Record{}
	for key, r := range b.records {
		records[key] = r
	}
	return records
}

func (s *share) Offer(_ context.Context, keys []string) error {
	unlock, err := s.use("offer")
	defer unlock()
	s.offers++
	for _, key := range keys {
		if s.owners[key] == nil && !slices.Contains(s.queue, key) && !s.records[key].Result.Outcome.Final() {
			s.queue = append(s.queue, key)
		}
	}
	return err
}

func (s *share) Claim(context.Context) (batch.Grant, error) {
	unlock, err := s.use("claim")
	defer unlock()
	if err != nil {
		return batch.Grant{}, err
	}
	if len(s.queue) == 0 {
		left := false
		for _, owner := range s.owners {
			left = left || owner != s
		}
		return batch.Grant{Left: left}, nil
	}
	key := s.queue[0]
	s.queue, s.owners[key] = s.queue[1:], s
	return batch.Grant{Key: key, Record: s.records[key]}, nil
}

func (s *share) Release(_ context.Context, key string) error {
	unlock, err := s.use("release")
	defer unlock()
	if s.owners[key] == s {
		delete(s.owners, key)
	}
	return err
}

func (s *share) Records(context.Context) (map[string]batch.Record, error) {
	unlock, err := s.use("records")
	defer unlock()
	return s.copy(), err
}

func (s *share) Begin(_ context.Context, key, idempotencyKey string) (batch.Record, bool, error) {
	unlock, err := s.use("begin")
	defer unlock()
	r := s.records[key]
	if s.owners[key] != s || err != nil {
		return r, false, err
	}
	r.Begun = true
	if r.IdempotencyKey == "" {
		r.IdempotencyKey = idempotencyKey
	}
	s.records[key] = r
	return r, true, nil
}

func (s *share) Finish(_ context.Context, key string, result batch.Result) error {
	unlock, err := s.use("finish")
	defer unlock()
	r := s.records[key]
	r.Begun, r.Result = false, result
	s.records[key] = r
	if result.Outcome.Final() {
		delete(s.owners, key)
	}
	return err
}

func (s *share) Close() error {
	unlock, err := s.use("close")
	defer unlock()
	s.closed = true
	for key, owner := range s.owners {
		if owner == s {
			delete(s.owners, key)
		}
	}
	return err
}

// die makes the items of a process available to others, as when it is killed.
func (s *share) die() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, owner := range s.owners {
		if owner == s {
			delete(s.owners, key)
			s.queue = append(s.queue, key)
		}
	}
}

// together runs a batch in several processes at once and returns their reports.
func together(t *testing.T, b *board, n int, s *script, items []string, opts ...batch.Option) []*batch.Report {
	t.Helper()
	reports := make([]*batch.Report, n)
	var running sync.WaitGroup
	for i := range reports {
		running.Go(func() {
			all := append([]batch.Option{quiet, batch.WithJournal(b.join())}, opts...)
			var err error
			if reports[i], err = batch.Run(t.Context(), slices.Values(items), same, s.fn, all...); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	return reports
}

// Each item is processed by one process, and each report has all items.
func TestRun_Shared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		items := numbered(100)
		s := &script{during: func() { time.Sleep(time.Second) }}
		begun := time.Now()
		reports := together(t, newBoard(), 4, s, items, batch.WithMax(5))
		if len(s.calls) != 100 {
			t.Errorf("%d calls for 100 items", len(s.calls))
		}
		if d := time.Since(begun); d > 8*time.Second {
			t.Errorf("4 processes with 5 items at a time took %s for 100 items of a second", d)
		}
		earlier := 0
		for _, r := range reports {
			if r.Counts()[batch.Done] != 100 || !r.OK() || r.Stopped != "" {
				t.Errorf("a report has %s", r)
			}
			for i, it := range r.Items {
				if it.Key != items[i] || it.Attempts != 1 {
					t.Errorf("row %d is %+v", i, it)
				}
				if it.Earlier {
					earlier++
				}
			}
		}
		if earlier != 300 {
			t.Errorf("%d rows are of another process, want 3 of 4", earlier)
		}
	})
}

// Items that can be tried again are tried by the process that has them, in further passes.
func TestRun_SharedPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		later := batch.As(batch.RetryLater, errors.New("later"))
		s := &script{
			during: func() { time.Sleep(time.Second) },
			errs:   map[string][]error{"a": {later, later}, "b": {later, later, later}, "c": {errors.New("bad")}},
		}
		b := newBoard()
		for i, r := range together(t, b, 3, s, []string{"a", "b", "c", "d"}, batch.WithPasses(3)) {
			expect(t, r, batch.Done, batch.RetryLater, batch.Failed, batch.Done)
			if got := [2]int{r.Items[0].Attempts, r.Items[1].Attempts}; got != [2]int{3, 3} {
				t.Errorf("report %d: attempts %v, want 3 and 3", i, got)
			}
		}
		if s.count("b") != 3 || len(b.owners) != 0 {
			t.Errorf("%d calls for b, %d items are not released", s.count("b"), len(b.owners))
		}
	})
}

// What a process had begun when it died is verified, and what it had not begun is processed.
func TestRun_SharedTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard()
		dead := b.join()
		if err := dead.Offer(t.Context(), []string{"a", "b", "c"}); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := dead.Claim(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, key := range []string{"a", "b"} {
			if _, ok, err := dead.Begin(t.Context(), key, "key of "+key); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}
		time.AfterFunc(time.Minute, dead.die)
		begun := time.Now()
		s := &script{}
		var mu sync.Mutex
		var verified []string
		r := together(t, b, 1, s, []string{"a", "b", "c", "d"},
			batch.WithVerify(func(_ context.Context, item string) (bool, error) {
				mu.Lock()
				defer mu.Unlock()
				verified = append(verified, item)
				return item == "a", nil
			}))[0]
		expect(t, r, batch.Done, batch.Done, batch.Done, batch.Done)
		slices.Sort(verified)
		slices.Sort(s.calls)
		if !slices.Equal(verified, []string{"a", "b"}) || !slices.Equal(s.calls, []string{"b", "c", "d"}) {
			t.Errorf("verified %q and called %q", verified, s.calls)
		}
		if s.keys["b"][0] != "key of b" {
			t.Errorf("the repeat has the key %q, want that of the first request", s.keys["b"][0])
		}
		if d := time.Since(begun); d < time.Minute || d > time.Minute+time.Second {
			t.Errorf("took %s, want to wait for the process that died", d)
		}
	})
}

// A process that is interrupted leaves its items to the others.
func TestRun_SharedInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		items := numbered(20)
		s := &script{during: func() { time.Sleep(time.Second) }}
		r, err := batch.Run(ctx, slices.Values(items), same, s.fn, quiet, batch.WithJournal(b.join()), batch.WithMax(4))
		if !errors.Is(err, context.Canceled) || r.Stopped != "interrupted" || len(r.Items) != 20 {
			t.Fatalf("%+v, %v", r, err)
		}
		if n := r.Counts()[batch.Done]; n != len(s.calls) || n == 0 || n == 20 {
			t.Errorf("%s after %d calls", r, len(s.calls))
		}
		second := together(t, b, 1, s, items)[0]
		if second.Counts()[batch.Done] != 20 || len(s.calls) != 20 {
			t.Errorf("%s after %d calls", second, len(s.calls))
		}
	})
}

// Stop rules count the items of this process.
func TestRun_SharedStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard()
		s := &script{}
		var stopped *batch.StoppedError
		for n, want := range []int{3, 6, 8, 8} {
			r, err := batch.Run(t.Context(), slices.Values(numbered(8)), same, s.fn, quiet,
				batch.WithJournal(b.join()), batch.WithStop(batch.Stop{Count: 3}))
			if errors.As(err, &stopped) != (want < 8) || len(s.calls) != want || r.Counts()[batch.Done] != want {
				t.Errorf("run %d: %v after %d calls, %s", n, err, len(s.calls), r)
			}
			if want < 8 && r.Stopped != "3 items were processed" {
				t.Errorf("run %d: stopped because %q", n, r.Stopped)
			}
		}
	})
}

// Items that the journal has lost are offered again, and items of other input are left alone.
func TestRun_SharedQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard()
		lost := false
		b.fail = func(method string) error {
			if method == "claim" && !lost && len(b.queue) == 2 {
				lost, b.queue = true, nil
			}
			return nil
		}
		b.queue = []string{"foreign"}
		s := &script{}
		r := together(t, b, 1, s, numbered(5))[0]
		if r.Counts()[batch.Done] != 5 || len(s.calls) != 5 || !lost || b.offers != 2 {
			t.Errorf("%s after %d calls and %d offers", r, len(s.calls), b.offers)
		}
	})
}

// A journal that fails ends the run: nothing is sent that cannot be recorded.
func TestRun_SharedJournalFails(t *testing.T) {
	gone := errors.New("gone")
	for _, c := range []struct {
		method string
		calls  int
		report bool
	}{
		{"open", 0, false}, {"offer", 0, false}, {"claim", 0, true}, {"begin", 0, true},
		{"finish", 1, true}, {"records", 2, true}, {"close", 2, true},
	} {
		t.Run(c.method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBoard()
				b.fail = func(method string) error {
					if method == c.method {
						return gone
					}
					return nil
				}
				s := &script{}
				j := b.join()
				r, err := batch.Run(t.Context(), slices.Values([]string{"a", "b"}), same, s.fn, quiet,
					batch.WithJournal(j), batch.WithMax(1))
				if !errors.Is(err, gone) || (r != nil) != c.report || len(s.calls) != c.calls {
					t.Errorf("%v after %d calls, report %t", err, len(s.calls), r != nil)
				}
				if c.method != "open" && !j.closed {
					t.Error("the journal is not closed")
				}
			})
		})
	}
	b := newBoard()
	b.fail = func(method string) error {
		if method == "release" {
			return gone
		}
		return nil
	}
	s := &script{errs: map[string][]error{"a": {batch.As(batch.RetryLater, nil), batch.As(batch.RetryLater, nil)}}}
	_, err := batch.Run(t.Context(), slices.Values([]string{"a"}), same, s.fn, quiet, batch.WithJournal(b.join()))
	if !errors.Is(err, gone) {
		t.Errorf("a release that fails: %v", err)
	}
}

// The progress counts each item once, also those of other processes.
func TestRun_SharedProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var last []string
		s := &script{during: func() { time.Sleep(time.Second) }}
		together(t, newBoard(), 2, s, numbered(10), batch.WithMax(2), batch.WithProgress(func(p batch.Progress) {
			mu.Lock()
			defer mu.Unlock()
			if p.Finished {
				last = append(last, fmt.Sprintf("%d of %d, %d done", p.Settled, p.Total, p.Counts[batch.Done]))
			}
		}))
		if got := strings.Join(last, "; "); got != "10 of 10, 10 done; 10 of 10, 10 done" {
			t.Errorf("the last progress is %s", got)
		}
	})
}
