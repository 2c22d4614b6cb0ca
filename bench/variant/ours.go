package variant

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// operation is the operation as generated code would describe it.
var operation = resilience.Operation{
	ID:      "read",
	Method:  http.MethodGet,
	Path:    "/",
	Success: []wire.Outcome{{Status: http.StatusOK, Media: "application/json", Decode: wire.JSONAs[*Answer]}},
	Policy:  policy.Policy{Idempotency: policy.Idempotent},
}

// newOurs returns a client of package resilience with only the features that the other variants
// have.
func newOurs(url string, s Settings) (*Client, error) { return newClient(url, bare(s)) }

// newWhole returns a client that also has the default bulkhead and connection limit.
func newWhole(url string, s Settings) (*Client, error) {
	p, usual := bare(s), policy.Default()
	p.Bulkhead, p.Transport = usual.Bulkhead, usual.Transport
	return newClient(url, p)
}

func newClient(url string, p policy.Policy) (*Client, error) {
	api := &resilience.API{Name: "storm", Defaults: p, Operations: []*resilience.Operation{&operation}}
	runtime := resilience.NewRuntime(resilience.WithRuntimeLogger(slog.New(slog.DiscardHandler)))
	caller, err := resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithRuntime(runtime))
	if err != nil {
		return nil, err
	}
	return &Client{
		Call: func(ctx context.Context) error {
			_, err := resilience.Call[*Answer](ctx, caller, &operation, wire.Input{})
			return err
		},
		Close: func() { _ = runtime.Close() },
	}, nil
}

// Accounts returns the calls of a number of accounts that share a runtime, and a function that
// closes it. Options configure the runtime.
func Accounts(url string, s Settings, n int, opts ...resilience.RuntimeOption) (
	calls []func(context.Context) error, closeAll func(), err error,
) {
	op := operation
	op.Security = []resilience.Requirement{{{Scheme: "key"}}}
	api := &resilience.API{
		Name: "storm", Defaults: bare(s), Operations: []*resilience.Operation{&op},
		Schemes: []resilience.Scheme{{Name: "key", Kind: "apiKey", Parameter: "X-Key", In: wire.Header}},
	}
	quiet := resilience.WithRuntimeLogger(slog.New(slog.DiscardHandler))
	runtime := resilience.NewRuntime(append([]resilience.RuntimeOption{quiet}, opts...)...)
	for i := range n {
		account := fmt.Sprintf("account-%d", i)
		caller, err := resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithRuntime(runtime),
			resilience.WithCredential(auth.Key(account, auth.As(account))))
		if err != nil {
			_ = runtime.Close()
			return nil, nil, err
		}
		calls = append(calls, func(ctx context.Context) error {
			_, err := resilience.Call[*Answer](ctx, caller, &op, wire.Input{})
			return err
		})
	}
	return calls, func() { _ = runtime.Close() }, nil
}

// bare returns the default policy with the settings. Bulkhead and connection limit are off because
// the other variants have none, and cool-downs do not grow.
func bare(s Settings) policy.Policy {
	p := policy.Default()
	wait := policy.Backoff{Base: s.Backoff, Factor: 2, Max: time.Minute}
	p.Retry.Attempts = s.Attempts
	p.Retry.Throttle, p.Retry.Server, p.Retry.Connection = wait, wait, wait
	p.Retry.Budget = policy.Budget{
		Enabled:     policy.On,
		Tokens:      s.Tokens,
		Cost:        s.Cost,
		TimeoutCost: s.TimeoutCost,
		Refill:      s.Refill,
	}
	p.Timeout.Attempt = s.AttemptTimeout
	p.Breaker = policy.Breaker{
		Enabled: policy.On, FailureRate: s.FailureRate, MinCalls: s.MinCalls, Window: s.Window,
		Open: s.CoolDown, MaxOpen: s.CoolDown * 2, Growth: 1, Jitter: s.Spread, Probes: 1, Successes: s.Successes,
		Contract: policy.Off,
	}
	p.Bulkhead.Enabled = policy.Off
	p.Transport.MaxIdle, p.Transport.MaxConns = s.Connections, 0
	return p
}
