package resilience

import (
	"net/http"

	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/wire"
)

// A Charge is a call before it is sent, or a response to it, as the function of [WithCost] sees it.
// Nothing in it may be changed.
type Charge struct {
	Operation string     // [Operation.ID]
	Input     wire.Input // the arguments of the call
	Cost      int        // by the policy (rate.cost); of a response: what was taken before
	Status    int        // of the response; 0: the call is not sent yet
	Header    http.Header
	Value     any    // the decoded response; nil for a failure or a stream
	Body      []byte // beginning of the body of a failure, at most 64 KiB
}

// WithCost makes f decide how many permits of its rate limits a call takes. f is called for each
// call before it is sent, and with each response, after which the difference is taken or put back.
// It returns [Charge.Cost] to change nothing. A result below 1 counts as 1.
//
// A call that costs more than a bucket holds waits until the bucket is full. A response that costs
// more than expected lets later calls wait, for 15 minutes at most. Operations without a rate limit
// take no permits, and f is not called for them.
//
// Calls may use f at the same time. rate.cost in the policy is preferable where it suffices: it is
// shown by resgen explain and compared by resgen check, which do not know f.
func WithCost(f func(Charge) int) Option { return func(s *settings) { s.cost = f } }

// setCost sets how many permits each attempt takes.
func (k *call) setCost() {
	k.cost = max(k.route.policy.Rate.Cost, 1)
	if f := k.route.caller.set.cost; f != nil && len(k.route.Limits) > 0 {
		k.cost = max(f(Charge{Operation: k.route.op.ID, Input: k.input, Cost: k.cost}), 1)
	}
}

// correctCost takes further permits for a response, or puts permits back.
func (k *call) correctCost(p *gate.Admission, o *outcome) {
	f := k.route.caller.set.cost
	if f == nil || len(k.route.Limits) == 0 {
		return
	}
	c := Charge{
		Operation: k.route.op.ID, Input: k.input, Cost: k.cost, Status: o.status, Header: o.header, Body: o.body,
	}
	if o.stream == nil {
		c.Value = o.value
	}
	p.Correct(float64(max(f(c), 1) - k.cost))
}
