package resilience

import (
	"context"
	"time"

	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/policy"
)

// A Scope is what the calls of one piece of work have in common, for example those for one item of
// a batch. Its functions may be nil. For the copy of a slow request, Attempt is called on another
// goroutine than that of the call.
type Scope struct {
	// Key returns the idempotency key of a call of a keyed operation that has no key yet.
	Key func(operationID string) string

	// Attempt is called after each attempt that the circuit and the limits have admitted.
	Attempt func(ScopedAttempt)
}

// A ScopedAttempt is an attempt of a call in a [Scope].
type ScopedAttempt struct {
	Attempt
	API       string
	Operation *Operation
	Class     policy.Class  // of the operation, by its effective policy
	Places    int           // bulkhead.max of the operation; 0: no limit
	Waited    time.Duration // for permits of the rate limits
	RequestID string        // the server's id of the request; empty: unknown
}

// scopeKey is the key of the scope in a context.
type scopeKey struct{}

// WithScope returns a context whose calls belong to s. A scope of ctx has no effect on them.
func WithScope(ctx context.Context, s *Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, s)
}

// scopeOf returns the scope of a context, or nil.
func scopeOf(ctx context.Context) *Scope {
	s, _ := ctx.Value(scopeKey{}).(*Scope)
	return s
}

// newScopedKey returns the idempotency key of the scope, or a random one.
func newScopedKey(s *Scope, operationID string) string {
	if s != nil && s.Key != nil {
		if key := s.Key(operationID); key != "" {
			return key
		}
	}
	return newKey()
}

// reportScope reports an attempt to the scope of the call.
func (k *call) reportScope(o *outcome, p *gate.Admission) {
	s := k.scope
	if s == nil || s.Attempt == nil {
		return
	}
	r := k.route
	a := ScopedAttempt{
		Attempt: *o.attempt, API: r.caller.api.Name, Operation: r.op, Class: r.policy.Idempotency,
		Waited: p.Waited(), RequestID: o.requestID,
	}
	if r.policy.Bulkhead.Enabled != policy.Off {
		a.Places = max(0, r.policy.Bulkhead.Max)
	}
	s.Attempt(a)
}
