package batch_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
)

var quiet = batch.WithLogger(slog.New(slog.DiscardHandler))

// same is the key function of strings.
func same(s string) string { return s }

// A script answers the calls of items from lists of errors, and records the calls. After its list,
// an item succeeds.
type script struct {
	mu     sync.Mutex
	errs   map[string][]error
	calls  []string
	keys   map[string][]string // idempotency keys
	active int
	most   int    // largest number of concurrent calls
	during func() // runs during each call; nil: nothing
}

func (s *script) fn(ctx context.Context, item string) error {
	s.mu.Lock()
	s.active++
	s.most = max(s.most, s.active)
	s.calls = append(s.calls, item)
	if s.keys == nil {
		s.keys = map[string][]string{}
	}
	s.keys[item] = append(s.keys[item], batch.IdempotencyKey(ctx))
	var err error
	if list := s.errs[item]; len(list) > 0 {
		err, s.errs[item] = list[0], list[1:]
	}
	s.mu.Unlock()
	if s.during != nil {
		s.during()
	}
	s.mu.Lock()
	s.active--
	s.mu.Unlock()
	return err
}

// count returns how often an item was called.
func (s *script) count(item string) (n int) {
	for _, c := range s.calls {
		if c == item {
			n++
		}
	}
	return n
}

// run runs a batch of strings that must not fail as a whole.
func run(t *testing.T, s *script, items []string, opts ...batch.Option) *batch.Report {
	t.Helper()
	r, err := batch.Run(t.Context(), slices.Values(items), same, s.fn, append(opts, quiet)...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// outcomes returns the outcomes of a report in order.
func outcomes(r *batch.Report) (list []batch.Outcome) {
	for _, it := range r.Items {
		list = append(list, it.Outcome)
	}
	return list
}

// expect compares the outcomes of a report.
func expect(t *testing.T, r *batch.Report, want ...batch.Outcome) {
	t.Helper()
	if got := outcomes(r); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// numbered returns n items.
func numbered(n int) (items []string) {
	for i := range n {
		items = append(items, fmt.Sprintf("item %03d", i))
	}
	return items
}

// failure returns the error of a call.
func failure(k resilience.Kind, applied bool) *resilience.Error {
	return &resilience.Error{API: "shop", Operation: "op", Kind: k, MayHaveApplied: applied}
}
