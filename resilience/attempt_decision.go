package resilience

import "github.com/resgen/resgen/resilience/internal/fault"

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
	return d
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
