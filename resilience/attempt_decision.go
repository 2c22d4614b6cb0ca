package resilience

import (
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/rule"
	"github.com/resgen/resgen/resilience/policy"
)

// decision is what an outcome means: for the call and the circuit, as package fault decides, and as
// the kind of error for the caller.
type decision struct {
	fault.Decision
	kind Kind // 0 for a success
}

// decide returns what an attempt's outcome means under the policy of the operation.
func (r *route) decide(o fault.Observation) decision {
	d := decision{Decision: fault.Classify(o, &r.policy)}
	if o.Fault != fault.None || o.Failed {
		d.kind = kindOf(o.Fault, o.Status)
	}
	if o.Ruled.Throttled {
		d.kind = KindThrottled
	}
	return d
}

// ruled returns what the rules of the policy say about an outcome. Only responses with the status
// of a failure can be throttled by a rule here; package success applies the rules to 2xx responses.
func (o *outcome) ruled(p *policy.Policy) (r fault.Ruled) {
	when := &p.Breaker.When
	none := len(p.Throttled) == 0 && len(p.Retry.When) == 0 && len(when.Failure) == 0 && len(when.Ignore) == 0
	if none || o.ok() || !o.fault.Ruled() {
		return r
	}
	f := rule.Failure{Status: o.status, Kind: o.baseKind().String(), Body: o.body}
	if o.fault == fault.None && o.status != 429 && f.Matches(p.Throttled) {
		r.Throttled, f.Kind = true, KindThrottled.String()
	}
	r.Retry, r.Failure, r.Ignore = f.Matches(p.Retry.When), f.Matches(when.Failure), f.Matches(when.Ignore)
	return r
}

// baseKind returns the kind of the outcome before the rules of the policy are applied.
func (o *outcome) baseKind() Kind {
	if o.fault == fault.Dial && fault.IsTimeout(o.err) {
		return KindTimeout
	}
	return kindOf(o.fault, o.status)
}

// kindOf returns the kind of an attempt's error. The status is that of a failure, or 0 without a
// response.
func kindOf(f fault.Fault, status int) Kind {
	if f != fault.None {
		return faultKinds[f]
	}
	switch {
	case status == 0:
		return 0
	case status == 429:
		return KindThrottled
	case status < 300: // an informational status instead of a response
		return KindTransport
	}
	return KindAPI
}

// faultKinds are the kinds of faults. A panic has none: it is passed on to the caller.
var faultKinds = [fault.Count]Kind{
	fault.Dial:          KindTransport,
	fault.DNS:           KindTransport,
	fault.Proxy:         KindTransport,
	fault.TLS:           KindTransport,
	fault.Unsent:        KindTransport,
	fault.Idle:          KindTransport,
	fault.Refused:       KindTransport,
	fault.Reset:         KindTransport,
	fault.Stale:         KindTransport,
	fault.Timeout:       KindTimeout,
	fault.Protocol:      KindTransport,
	fault.BodyCut:       KindTransport,
	fault.BodyTimeout:   KindTimeout,
	fault.Encoding:      KindTransport,
	fault.TooLarge:      KindTooLarge,
	fault.HTML:          KindContract,
	fault.Contract:      KindContract,
	fault.Empty:         KindEmptyBody,
	fault.Declared:      KindAPI,
	fault.Throttled:     KindThrottled,
	fault.Items:         KindPartial,
	fault.SomeThrottled: KindPartial,
	fault.AllThrottled:  KindPartial,
	fault.Redirects:     KindTransport,
	fault.Canceled:      KindCanceled,
	fault.Local:         KindTransport,
	fault.Invalid:       KindInvalidRequest,
	fault.Credential:    KindCredential,
	fault.Circuit:       KindCircuitOpen,
	fault.RateLimited:   KindRateLimited,
	fault.Bulkhead:      KindBulkheadFull,
	fault.Closed:        KindClosed,
}
