package resilience

import "github.com/resgen/resgen/resilience/wire"

// validate checks the arguments of a call against the rules of the API. A body whose bytes an
// option sets is not checked.
func (r *route) validate(params []wire.Param, in wire.Input, set *callSettings) error {
	rules, body := r.caller.api.Rules, r.op.Body
	if rules == nil || r.caller.set.unchecked {
		return nil
	}
	if set.body != nil {
		body = nil
	}
	return rules.ValidateRequest(params, body, in)
}
