package batch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
)

func TestRun_OutcomesAreSeparate(t *testing.T) {
	lost := failure(resilience.KindTimeout, true)
	s := &script{errs: map[string][]error{
		"b": {batch.ErrAlreadySo}, "c": {&resilience.Error{Kind: resilience.KindAPI, Status: 404}},
		"d": {errors.New("bad\ninput")}, "e": {failure(resilience.KindTransport, false)},
		"f": {lost}, "g": {failure(resilience.KindCredential, false)},
		"h": {failure(resilience.KindTransport, false), failure(resilience.KindTransport, false)},
	}}
	r := run(t, s, []string{"a", "b", "c", "d", "e", "f", "g", "h"}, batch.WithName("demo"))
	expect(t, r, batch.Done, batch.AlreadySo, batch.Refused, batch.Failed, batch.Done, batch.Unknown, batch.NotTried,
		batch.RetryLater)
	for item, want := range map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 2, "f": 1, "g": 1, "h": 2} {
		if got := s.count(item); got != want {
			t.Errorf("%s: %d calls, want %d", item, got, want)
		}
	}
	if r.Items[3].Reason != "bad input" || r.Items[4].Reason != "" || r.Items[4].Attempts != 2 {
		t.Errorf("rows %+v, %+v", r.Items[3], r.Items[4])
	}
	if r.OK() || r.Job != "demo" || r.Stopped != "" || r.Ended.Before(r.Started) {
		t.Errorf("report %+v", r)
	}
	want := "8 items, 2 done, 1 already so, 1 refused, 1 failed, 1 retry later, 1 unknown, 1 not tried"
	if r.String() != want {
		t.Errorf("got %q, want %q", r, want)
	}
}

func TestRun_Unknown(t *testing.T) {
	lost, no := failure(resilience.KindTimeout, true), &resilience.Error{Kind: resilience.KindAPI, Status: 400}
	verify := func(done bool, err error) batch.Option {
		return batch.WithVerify(func(context.Context, string) (bool, error) { return done, err })
	}
	once := batch.WithPasses(1)
	conditional, keyed := batch.WithClass(policy.Conditional), batch.WithClass(policy.Keyed)
	for name, c := range map[string]struct {
		errs  []error
		opts  []batch.Option
		want  batch.Outcome
		calls int
	}{
		"unsafe":                    {[]error{lost}, nil, batch.Unknown, 1},
		"conditional":               {[]error{lost}, []batch.Option{conditional}, batch.Unknown, 1},
		"idempotent":                {[]error{lost}, []batch.Option{batch.WithClass(policy.Idempotent)}, batch.Done, 2},
		"keyed":                     {[]error{lost}, []batch.Option{keyed}, batch.Done, 2},
		"safe":                      {[]error{lost}, []batch.Option{batch.WithClass(policy.Safe)}, batch.Done, 2},
		"then refused":              {[]error{lost, no}, []batch.Option{keyed}, batch.Unknown, 2},
		"verified as done":          {[]error{lost}, []batch.Option{verify(true, nil)}, batch.Done, 1},
		"verified as not done":      {[]error{lost}, []batch.Option{verify(false, nil)}, batch.Done, 2},
		"not done twice":            {[]error{lost, lost}, []batch.Option{verify(false, nil)}, batch.RetryLater, 2},
		"cannot be verified":        {[]error{lost}, []batch.Option{verify(true, lost)}, batch.Unknown, 1},
		"cannot be verified, keyed": {[]error{lost}, []batch.Option{verify(false, lost), keyed}, batch.Unknown, 1},
		"in one pass":               {[]error{lost}, []batch.Option{verify(true, nil), once}, batch.Done, 1},
	} {
		s := &script{errs: map[string][]error{"a": c.errs}}
		r := run(t, s, []string{"a"}, c.opts...)
		if r.Items[0].Outcome != c.want || len(s.calls) != c.calls {
			t.Errorf("%s: %+v, %d calls, want %s, %d", name, r.Items[0], len(s.calls), c.want, c.calls)
		}
		want := slices.Contains([]string{"verified as done", "in one pass", "not done twice"}, name)
		if r.Items[0].Verified != want {
			t.Errorf("%s: verified %t", name, !want)
		}
		if keys := s.keys["a"]; len(slices.Compact(slices.Clone(keys))) != 1 || len(keys[0]) < 20 {
			t.Errorf("%s: idempotency keys %q", name, keys)
		}
	}
}

// Items wait for an open circuit, which is no attempt; after the patience, they are not tried.
func TestRun_Waits(t *testing.T) {
	open := func(after time.Duration) *resilience.Error {
		return &resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: after}
	}
	for name, c := range map[string]struct {
		errs    []error
		want    batch.Outcome
		elapsed time.Duration
	}{
		"circuit":              {[]error{open(30 * time.Second), open(30 * time.Second)}, batch.Done, time.Minute},
		"without a time":       {slices.Repeat([]error{open(0)}, 4), batch.Done, 200 * time.Millisecond},
		"longer than patience": {[]error{open(11 * time.Minute)}, batch.NotTried, 0},
		"one after the other":  {[]error{open(9 * time.Minute), open(2 * time.Minute)}, batch.Done, 11 * time.Minute},
		"always":               {slices.Repeat([]error{open(time.Minute)}, 100), batch.NotTried, 11 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{errs: map[string][]error{"a": c.errs}}
			start := time.Now()
			r := run(t, s, []string{"a"}, batch.WithPatience(10*time.Minute))
			if r.Items[0].Outcome != c.want || time.Since(start) != c.elapsed {
				t.Errorf("%s: %s after %s, want %s after %s", name, r.Items[0].Outcome, time.Since(start),
					c.want, c.elapsed)
			}
			if want := map[batch.Outcome]int{batch.Done: 1}[c.want]; r.Items[0].Attempts != want {
				t.Errorf("%s: %d attempts, want %d", name, r.Items[0].Attempts, want)
			}
		})
	}
}

// An item that waits gives its place to others.
func TestRun_WaitingItemsGiveWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{errs: map[string][]error{}}
		items := numbered(20)
		for _, item := range items[:6] {
			s.errs[item] = []error{&resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: time.Minute}}
		}
		r := run(t, s, items, batch.WithMax(8))
		if !r.OK() {
			t.Error(r)
		}
		others := s.calls[:20] // all items once
		slices.Sort(others)
		if !slices.Equal(others, items) {
			t.Errorf("calls %q", s.calls)
		}
	})
}

// Retry-After of a throttled item delays its next attempt.
func TestRun_RetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{errs: map[string][]error{
			"a": {&resilience.Error{Kind: resilience.KindThrottled, Status: 429, RetryAfter: 7 * time.Second}},
		}}
		start := time.Now()
		expect(t, run(t, s, []string{"a"}), batch.Done)
		if got := time.Since(start); got != 7*time.Second {
			t.Errorf("took %s, want 7s", got)
		}
	})
}

func TestRun_Concurrency(t *testing.T) {
	for name, c := range map[string]struct {
		items, most int
		errs        map[string][]error
		want        int
	}{
		"few items":                 {3, 64, nil, 3},
		"grows":                     {4 + 5 + 6, 64, nil, 6},
		"to the max":                {100, 5, nil, 5},
		"max below the first limit": {100, 2, nil, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{errs: c.errs, during: func() { time.Sleep(time.Second) }}
			run(t, s, numbered(c.items), batch.WithMax(c.most))
			if s.most != c.want {
				t.Errorf("%s: %d at a time, want %d", name, s.most, c.want)
			}
		})
	}
}

func TestRun_Panic(t *testing.T) {
	s := &script{during: func() { panic("boom") }}
	r := run(t, s, []string{"a"})
	if r.Items[0].Outcome != batch.Unknown || !strings.Contains(r.Items[0].Reason, "boom") {
		t.Errorf("got %+v", r.Items[0])
	}
}

func TestRun_Interrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &script{during: func() { time.Sleep(time.Second) }}
		time.AfterFunc(1500*time.Millisecond, cancel)
		r, err := batch.Run(ctx, slices.Values(numbered(20)), same, s.fn, quiet)
		if !errors.Is(err, context.Canceled) || r.Stopped != "interrupted" {
			t.Errorf("%v, stopped %q", err, r.Stopped)
		}
		if c := r.Counts(); c[batch.Done] != 9 || c[batch.NotTried] != 11 || len(s.calls) != 9 {
			t.Errorf("%v after %d calls", c, len(s.calls))
		}
	})
}

// A run that is interrupted before it begins has a complete report too.
func TestRun_InterruptedBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &script{}
	r, err := batch.Run(ctx, slices.Values(numbered(2)), same, s.fn, quiet)
	if !errors.Is(err, context.Canceled) || r == nil || r.Stopped != "interrupted" || len(s.calls) > 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	expect(t, r, batch.NotTried, batch.NotTried)
}

func TestRun_StopRules(t *testing.T) {
	bad := errors.New("bad")
	for name, c := range map[string]struct {
		stop   batch.Stop
		reason string
		calls  int
	}{
		"failures": {batch.Stop{Failures: 4}, "4 items failed", 4},
		"rate":     {batch.Stop{FailureRate: 0.9, MinItems: 4}, "4 of 4 items failed", 4},
		"count":    {batch.Stop{Count: 7}, "7 items were processed", 7},
		"time":     {batch.Stop{After: 1500 * time.Millisecond}, "1.5s have passed", 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{errs: map[string][]error{}, during: func() { time.Sleep(time.Second) }}
			for _, item := range numbered(20) {
				s.errs[item] = []error{bad}
			}
			r, err := batch.Run(t.Context(), slices.Values(numbered(20)), same, s.fn, quiet, batch.WithMax(1),
				batch.WithStop(c.stop))
			var stopped *batch.StoppedError
			if !errors.As(err, &stopped) || stopped.Reason != c.reason || r.Stopped != c.reason ||
				len(s.calls) != c.calls {
				t.Errorf("%s: %v after %d calls, want %q after %d", name, err, len(s.calls), c.reason, c.calls)
			}
			if n := r.Counts()[batch.NotTried]; n != 20-c.calls {
				t.Errorf("%s: %d items not tried", name, n)
			}
		})
	}
}

// An item that fails in several passes counts as often for the stop rules.
func TestRun_StopCountsEachPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		later := batch.As(batch.RetryLater, errors.New("later"))
		s := &script{errs: map[string][]error{"a": {later, later}, "b": {later, later}}}
		_, err := batch.Run(t.Context(), slices.Values([]string{"a", "b"}), same, s.fn, quiet, batch.WithMax(1),
			batch.WithPasses(2), batch.WithStop(batch.Stop{Failures: 3}))
		var stopped *batch.StoppedError
		if !errors.As(err, &stopped) || stopped.Reason != "3 items failed" || len(s.calls) != 3 {
			t.Errorf("%v after %d calls, want to stop after 3", err, len(s.calls))
		}
	})
}

func TestRun_InvalidInput(t *testing.T) {
	s := &script{}
	verify := batch.WithVerify(func(context.Context, int) (bool, error) { return true, nil })
	for name, c := range map[string]struct {
		items []string
		opts  []batch.Option
		want  string
	}{
		"duplicate": {[]string{"a", "b", "a"}, nil,
			`batch: item 3 has the key "a" of an earlier item; keys must be unique`},
		"not UTF-8": {[]string{"a\xff"}, nil, `batch: item 1 has the key "a\xff", which is not UTF-8`},
		"empty key": {[]string{"a", ""}, nil, "batch: item 2 has an empty key"},
		"max":       {nil, []batch.Option{batch.WithMax(0)}, "batch: WithMax: want at least 1, got 0"},
		"passes":    {nil, []batch.Option{batch.WithPasses(0)}, "batch: WithPasses: want at least 1, got 0"},
		"patience": {nil, []batch.Option{batch.WithPatience(-1)},
			"batch: WithPatience: want no negative time, got -1ns"},
		"name": {nil, []batch.Option{batch.WithName("")}, "batch: WithName: the name is empty"},
		"class": {nil, []batch.Option{batch.WithClass("x")},
			`batch: WithClass: "x" is not a class; want safe, idempotent, keyed, conditional or unsafe`},
		"verify": {nil, []batch.Option{verify},
			"batch: WithVerify: the function is a func(context.Context, int) (bool, error) and does not"},
		"precheck": {nil, []batch.Option{batch.WithPrecheck(func(context.Context, int) error { return nil })},
			"batch: WithPrecheck: the function is a func(context.Context, int) error and does not take a string"},
		"stop": {nil, []batch.Option{batch.WithStop(batch.Stop{Count: -1})}, "batch: stop rules "},
	} {
		r, err := batch.Run(t.Context(), slices.Values(c.items), same, s.fn, c.opts...)
		if r != nil || err == nil || !strings.HasPrefix(err.Error(), c.want) || len(s.calls) > 0 {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestRunPages_ErrorOfTheSequence(t *testing.T) {
	s, broken := &script{}, errors.New("page 2")
	r, err := batch.RunPages(t.Context(), func(yield func(string, error) bool) {
		_ = yield("a", nil) && yield("", broken)
	}, same, s.fn, quiet)
	if r != nil || !errors.Is(err, broken) || len(s.calls) > 0 {
		t.Errorf("%v after calls %q", err, s.calls)
	}
}

func TestRun_Empty(t *testing.T) {
	if r := run(t, &script{}, nil); !r.OK() || r.String() != "0 items" {
		t.Error(r)
	}
}

// busy is a journal that other processes use too: they process or have finished all items.
type busy struct {
	batch.Journal
	records map[string]batch.Record
	claims  []string
}

func (b *busy) Open(context.Context, batch.Job) (map[string]batch.Record, error) {
	unknown := batch.Result{Outcome: batch.Unknown}
	return map[string]batch.Record{"begun": {Begun: true}, "unknown": {Result: unknown}}, nil
}
func (b *busy) Close() error { return nil }
func (b *busy) Begin(_ context.Context, key, _ string) (batch.Record, bool, error) {
	b.claims = append(b.claims, key)
	return b.records[key], false, nil
}

// What another process is processing or has finished is neither verified nor processed.
func TestRun_SharedJournal(t *testing.T) {
	verify := batch.WithVerify(func(context.Context, string) (bool, error) {
		t.Error("verified")
		return true, nil
	})
	for name, opts := range map[string][]batch.Option{"verified": {verify}, "repeated": nil} {
		done := batch.Result{Outcome: batch.Done, Attempts: 3}
		j := &busy{records: map[string]batch.Record{"unknown": {Result: done}}}
		s := &script{}
		r := run(t, s, []string{"begun", "unknown", "new"},
			append(opts, batch.WithJournal(j), batch.WithMax(1), batch.WithClass(policy.Keyed))...)
		expect(t, r, batch.NotTried, batch.Done, batch.NotTried)
		want := []string{"begun", "unknown", "new", "begun", "new"}
		if !slices.Equal(j.claims, want) || len(s.calls) > 0 || !r.Items[1].Earlier || r.Items[1].Attempts != 3 ||
			r.Items[0].Earlier || r.Items[0].Reason != "another process is processing the item" {
			t.Errorf("%s: claims %q, calls %q, %+v", name, j.claims, s.calls, r.Items)
		}
	}
}
