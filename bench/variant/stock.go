package variant

import (
	"context"
	"net/http"
	"time"

	"github.com/failsafe-go/failsafe-go/budget"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/timeout"
)

// newStock returns a client with failsafe-go's policies, composed as in its documentation on HTTP
// and execution budgets: a round tripper with retry outermost, then circuit breaker, then timeout,
// and a budget for the retry policy. As in the documentation, its retry policy for HTTP also
// retries requests refused by an open circuit.
func newStock(url string, s Settings) (*Client, error) {
	transport := newTransport(s)
	retry := failsafehttp.NewRetryPolicyBuilder().
		WithBackoff(s.Backoff, time.Minute).
		WithJitterFactor(0.5).
		WithMaxAttempts(s.Attempts).
		WithBudget(budget.NewBuilder().WithMaxRate(s.BudgetRate).WithMinConcurrency(s.BudgetLeast).Build()).
		ReturnLastFailure().
		Build()
	breaker := circuitbreaker.NewBuilder[*http.Response]().
		HandleIf(func(r *http.Response, err error) bool { return err != nil || failed(r.StatusCode) }).
		WithFailureRateThreshold(s.FailureRate, uint(s.MinCalls), s.Window).
		WithDelay(s.CoolDown).
		WithJitterFactor(s.Spread).
		WithSuccessThreshold(uint(s.Successes)).
		Build()
	client := &http.Client{
		Transport: failsafehttp.NewRoundTripper(
			transport,
			retry,
			breaker,
			timeout.New[*http.Response](s.AttemptTimeout),
		),
	}
	return &Client{
		Call:  func(ctx context.Context) error { return get(ctx, client, url) },
		Close: transport.CloseIdleConnections,
	}, nil
}
