package resilience_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// followed is the context key of the name of an observer.
type followed struct{}

// recorder returns an observer of calls that writes what it sees to list.
func recorder(name string, list *[]string) resilience.CallObserver {
	return func(ctx context.Context, c resilience.CallInfo) (context.Context, func(resilience.Event)) {
		outer, _ := ctx.Value(followed{}).(string)
		begins := fmt.Sprintf("%s begins %s.%s %s %s %d", outer+name,
			c.API, c.Operation.ID, c.Account, c.Server, c.Attempt)
		*list = append(*list, begins)
		return context.WithValue(ctx, followed{}, outer+name), func(e resilience.Event) {
			*list = append(*list, fmt.Sprintf("%s sees %s %d", outer+name, e.Kind, e.Attempt.Status))
		}
	}
}

func TestWithCallObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var list []string
		silent := func(ctx context.Context, _ resilience.CallInfo) (context.Context, func(resilience.Event)) {
			return ctx, nil
		}
		middleware := func(next http.RoundTripper) http.RoundTripper {
			return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				list = append(list, fmt.Sprint("sent under ", r.Context().Value(followed{})))
				return next.RoundTrip(r)
			})
		}
		b := configured(t, faults.Config{Script: []faults.Step{faults.Status(503), faults.OK(good)}},
			resilience.WithCallObserver(recorder("a", &list)), resilience.WithCallObserver(silent),
			resilience.WithCallObserver(recorder("b", &list)), resilience.WithRuntimeMiddleware(middleware))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op, resilience.WithCredential(key{"me", "s3cret"}))
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"a begins items.op me http://faults.test 0", "ab begins items.op me http://faults.test 0",
			"sent under ab", "ab sees attempt 503", "a sees attempt 503", "ab sees repeat 503", "a sees repeat 503",
			"sent under ab", "ab sees attempt 200", "a sees attempt 200", "ab sees call 0", "a sees call 0",
		}
		if !slices.Equal(list, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(list, "\n"), strings.Join(want, "\n"))
		}
	})
}

// Calls that fail before their first attempt end for observers of calls too.
func TestWithCallObserver_Rejected(t *testing.T) {
	var ended []*resilience.Error
	var calls, events int
	r := resilience.NewRuntime(resilience.WithRuntimeLogger(quiet),
		resilience.WithObserver(func(resilience.Event) { events++ }),
		resilience.WithCallObserver(func(
			ctx context.Context, _ resilience.CallInfo,
		) (context.Context, func(resilience.Event)) {
			calls++
			return ctx, func(e resilience.Event) {
				if e.Kind == resilience.EventCall {
					ended = append(ended, e.Err)
				}
			}
		}))
	op := operation("GET", policy.Safe)
	c := client(t, "http://unused.test", policy.Default(), op, resilience.WithRuntime(r))
	_, err := get(t, c, op, resilience.WithAttempts(0))
	if len(ended) != 1 || ended[0] != failed(t, err) || ended[0].Kind != resilience.KindInvalidRequest {
		t.Errorf("%v ended with %v", err, ended)
	}
	r.Close()
	_, _ = get(t, c, op)
	if calls != 1 || events != 0 {
		t.Errorf("%d calls observed, %d events", calls, events)
	}
}

// The middleware of the runtime is outside that of the client.
func TestWithRuntimeMiddleware_Order(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var list []string
		named := func(name string) resilience.Middleware {
			return func(next http.RoundTripper) http.RoundTripper {
				return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					list = append(list, name)
					return next.RoundTrip(r)
				})
			}
		}
		b := configured(t, faults.Config{Script: []faults.Step{faults.OK(good)}},
			resilience.WithRuntimeMiddleware(named("1"), named("2")), resilience.WithRuntimeMiddleware(named("3")))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op, resilience.WithMiddleware(named("4")))
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(list, ""); got != "1234" {
			t.Errorf("order: %s", got)
		}
	})
}
