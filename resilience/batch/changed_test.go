package batch_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
)

// A function that has changed something and whose next call does nothing is not called again,
// because that would repeat the change.
func TestRun_FailsAfterAChange(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	c := newShop(server.URL)
	defer c.caller.Close()
	look := func(ctx context.Context, item string) error {
		_, err := c.exists(ctx, item)
		return err
	}
	open := failure(resilience.KindCircuitOpen, false)
	throttled := failure(resilience.KindThrottled, false)
	for name, tt := range map[string]struct {
		first func(context.Context, string) error
		then  error
		class policy.Class
		want  batch.Outcome
		calls int
	}{
		"circuit":              {c.create, open, policy.Unsafe, batch.Unknown, 1},
		"throttled":            {c.create, throttled, policy.Conditional, batch.Unknown, 1},
		"throttled, keyed":     {c.create, throttled, policy.Keyed, batch.Done, 2},
		"circuit, idempotent":  {c.create, open, policy.Idempotent, batch.Done, 2},
		"circuit, only looked": {look, open, policy.Unsafe, batch.Done, 2},
		"refused":              {c.create, failure(resilience.KindAPI, false), policy.Unsafe, batch.Refused, 1},
		"chosen":               {c.create, batch.As(batch.RetryLater, throttled), policy.Unsafe, batch.Done, 2},
	} {
		s := &script{errs: map[string][]error{"a": {tt.then}}}
		report, err := batch.Run(t.Context(), func(yield func(string) bool) { yield("a") }, same,
			func(ctx context.Context, item string) error {
				if err := tt.first(ctx, item); err != nil {
					t.Error(err)
				}
				return s.fn(ctx, item)
			}, batch.WithClass(tt.class), quiet)
		if err != nil {
			t.Fatal(err)
		}
		if got := report.Items[0]; got.Outcome != tt.want || s.count("a") != tt.calls {
			t.Errorf("%s: %+v, %d calls, want %s, %d", name, got, s.count("a"), tt.want, tt.calls)
		}
	}
}
