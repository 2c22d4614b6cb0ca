package batch_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
)

// lines returns what a journal says about items, without header, numbers and idempotency keys.
func lines(t *testing.T, path string) map[string]batch.Record {
	t.Helper()
	f := batch.NewFile(path, batch.FileOptions{})
	records, err := f.Open(t.Context(), demoJob)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, f)
	for key, r := range records {
		r.IdempotencyKey = ""
		records[key] = r
	}
	return records
}

func TestWithPrecheck(t *testing.T) {
	throttled := &resilience.Error{Kind: resilience.KindThrottled, Status: 429, RetryAfter: 7 * time.Second}
	open := &resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: 30 * time.Second}
	lost := failure(resilience.KindTimeout, true)
	bad := errors.New("bad")
	for name, c := range map[string]struct {
		checks  []error
		want    batch.Outcome
		looks   int
		calls   int
		record  batch.Outcome // in the journal
		elapsed time.Duration
	}{
		"wanted":              {nil, batch.Done, 1, 1, batch.Done, 0},
		"not wanted":          {[]error{batch.ErrAlreadySo}, batch.AlreadySo, 1, 0, batch.AlreadySo, 0},
		"failed":              {[]error{bad}, batch.Failed, 1, 0, batch.Failed, 0},
		"throttled once":      {[]error{throttled}, batch.Done, 2, 1, batch.Done, 7 * time.Second},
		"throttled":           {[]error{throttled, throttled}, batch.RetryLater, 2, 0, "", 7 * time.Second},
		"a response was lost": {[]error{lost, lost}, batch.RetryLater, 2, 0, "", 0},
		"circuit":             {[]error{open, open}, batch.Done, 3, 1, batch.Done, time.Minute},
		"circuit stays open":  {slices.Repeat([]error{open}, 50), batch.NotTried, 22, 0, "", 630 * time.Second},
		"chosen unknown":      {[]error{batch.As(batch.Unknown, bad)}, batch.Unknown, 1, 0, "", 0},
		"chosen, tried again": {[]error{batch.As(batch.RetryLater, bad)}, batch.Done, 2, 1, batch.Done, 0},
		"chosen for the last": {slices.Repeat([]error{batch.As(batch.NotTried, bad)}, 2), batch.NotTried, 1, 0, "", 0},
		"not wanted in pass 2": {[]error{throttled, batch.ErrAlreadySo}, batch.AlreadySo, 2, 0, batch.AlreadySo,
			7 * time.Second},
	} {
		path := filepath.Join(t.TempDir(), "journal")
		synctest.Test(t, func(t *testing.T) {
			s, looks, start := &script{}, &script{errs: map[string][]error{"a": c.checks}}, time.Now()
			verified := false
			r := run(t, s, []string{"a"}, batch.WithPrecheck(looks.fn), batch.WithName("demo"), batch.WithInput("1"),
				batch.WithJournal(batch.NewFile(path, batch.FileOptions{})), batch.WithPatience(10*time.Minute),
				batch.WithVerify(func(context.Context, string) (bool, error) { verified = true; return true, nil }))
			got := r.Items[0]
			if got.Outcome != c.want || len(looks.calls) != c.looks || len(s.calls) != c.calls || verified ||
				time.Since(start) != c.elapsed {
				t.Errorf("%s: %+v after %d checks, %d calls and %s, verified %t; want %s, %d, %d, %s", name, got,
					len(looks.calls), len(s.calls), time.Since(start), verified, c.want, c.looks, c.calls, c.elapsed)
			}
			if (got.Reason == "") != c.want.OK() || got.Attempts != c.calls {
				t.Errorf("%s: %+v", name, got)
			}
		})
		if got := lines(t, path)["a"]; got.Begun || got.Result.Outcome != c.record {
			t.Errorf("%s: the journal has %+v, want %q", name, got, c.record)
		}
	}
}

// What an earlier run has begun is verified before the precheck. If it cannot be, no precheck makes
// it known.
func TestWithPrecheck_Unknown(t *testing.T) {
	verify := func(done bool) batch.Option {
		return batch.WithVerify(func(context.Context, string) (bool, error) { return done, nil })
	}
	for name, c := range map[string]struct {
		opts   []batch.Option
		check  error
		want   batch.Outcome
		looks  int
		record batch.Outcome
	}{
		"done": {[]batch.Option{verify(true)},
			batch.ErrAlreadySo, batch.Done, 0, batch.Done},
		"not done": {[]batch.Option{verify(false)},
			batch.ErrAlreadySo, batch.AlreadySo, 1, batch.AlreadySo},
		"repeatable": {[]batch.Option{batch.WithClass(policy.Idempotent)}, nil, batch.Done, 1, batch.Done},
		"repeatable, but failed": {[]batch.Option{batch.WithClass(policy.Idempotent)}, errors.New("bad"), batch.Unknown,
			2, ""},
		"neither": {nil, nil, batch.Unknown, 0, batch.Unknown},
	} {
		path := filepath.Join(t.TempDir(), "journal")
		f, _ := opened(t, path, batch.FileOptions{})
		begin(t, f, "a", "k")
		closed(t, f)
		looks := &script{errs: map[string][]error{"a": {c.check, c.check}}}
		r := run(t, &script{}, []string{"a"}, append(c.opts, batch.WithPrecheck(looks.fn), batch.WithName("demo"),
			batch.WithInput("1"), batch.WithJournal(batch.NewFile(path, batch.FileOptions{})))...)
		if r.Items[0].Outcome != c.want || len(looks.calls) != c.looks {
			t.Errorf("%s: %+v after %d checks, want %s after %d", name, r.Items[0], len(looks.calls), c.want, c.looks)
		}
		if got := lines(t, path)["a"]; got.Result.Outcome != c.record || got.Begun != (c.record == "") {
			t.Errorf("%s: the journal has %+v, want %q", name, got, c.record)
		}
	}
}

func TestWithPrecheck_Panic(t *testing.T) {
	s := &script{}
	r := run(t, s, []string{"a"}, batch.WithPrecheck(func(context.Context, string) error { panic("boom") }))
	if got := r.Items[0]; got.Outcome != batch.RetryLater || !strings.Contains(got.Reason, "boom") || len(s.calls) > 0 {
		t.Errorf("got %+v", got)
	}
}

// An interrupted precheck leaves the item untried.
func TestWithPrecheck_Interrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &script{}
	r, err := batch.Run(ctx, slices.Values([]string{"a"}), same, s.fn, quiet,
		batch.WithPrecheck(func(ctx context.Context, _ string) error { cancel(); return ctx.Err() }))
	if !errors.Is(err, context.Canceled) || r.Items[0].Outcome != batch.NotTried || len(s.calls) > 0 {
		t.Errorf("%+v, %v", r.Items, err)
	}
}

// Throttling in a precheck halves the concurrency, as in the function.
func TestWithPrecheck_Pace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{during: func() { time.Sleep(time.Second) }}
		looks := &script{errs: map[string][]error{}}
		for _, item := range numbered(4) {
			looks.errs[item] = []error{failure(resilience.KindThrottled, false)}
		}
		run(t, s, numbered(8), batch.WithPrecheck(looks.fn), batch.WithMax(4), batch.WithPasses(1))
		if s.most != 2 || len(s.calls) != 4 {
			t.Errorf("%d calls, %d at a time, want 4, 2", len(s.calls), s.most)
		}
	})
}

func TestWithAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	f, _ := opened(t, path, batch.FileOptions{})
	for _, o := range batch.Outcomes() {
		begin(t, f, string(o), "k")
		finish(t, f, string(o), batch.Result{Outcome: o, Reason: "earlier"})
	}
	closed(t, f)
	keys := []string{"done", "already_so", "refused", "failed"}
	s := &script{}
	r := run(t, s, keys, batch.WithAgain(batch.Refused, batch.AlreadySo), batch.WithName("demo"), batch.WithInput("1"),
		batch.WithJournal(batch.NewFile(path, batch.FileOptions{})))
	expect(t, r, batch.Done, batch.Done, batch.Done, batch.Failed)
	slices.Sort(s.calls)
	if !slices.Equal(s.calls, []string{"already_so", "refused"}) || r.Items[1].Earlier || !r.Items[3].Earlier {
		t.Errorf("calls %q, %+v", s.calls, r.Items)
	}
}
