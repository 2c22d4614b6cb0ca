package lint

import (
	"testing"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

func TestPolicies_Fallback(t *testing.T) {
	stale := policy.Policy{Fallback: policy.Fallback{StaleIfError: time.Minute}}
	with := func(s policy.Switch, age time.Duration) policy.Policy {
		return policy.Policy{Fallback: policy.Fallback{Enabled: s, StaleIfError: age}}
	}
	text := []*api.Outcome{{Type: &api.Type{}}}
	stream := append([]*api.Outcome{{Decode: api.DecodeStream, Type: &api.Type{}}}, text...)
	const own = "p.yaml:2:1: warning: operation op: "
	for _, c := range []struct {
		name    string
		whole   policy.Policy
		method  string
		success []*api.Outcome
		own     policy.Policy
		want    string
	}{
		{"a read", policy.Policy{}, "GET", text, stale, ""},
		{"a read of an API with a fallback", stale, "GET", text, policy.Policy{}, ""},
		{"a write", policy.Policy{}, "PUT", text, stale,
			own + "is idempotent, and only safe operations return an earlier response instead of a failure; delete fallback"},
		{"an unsafe operation", policy.Policy{}, "POST", text, stale,
			own + "is unsafe, and only safe operations return an earlier response instead of a failure; delete fallback"},
		{"a stream", policy.Policy{}, "GET", stream, stale,
			own + "streams its response, so none is kept to replace a failure; delete fallback"},
		{"no body", policy.Policy{}, "GET", []*api.Outcome{{Status: 204}}, stale,
			own + "has no response body, so none is kept to replace a failure; delete fallback"},
		{"a body or none", policy.Policy{}, "GET", append(text, &api.Outcome{Status: 204}), stale, ""},
		{"switched off", policy.Policy{}, "GET", text, with(policy.Off, time.Minute),
			own + "fallback.stale-if-error has no effect while fallback.enabled is false; delete one of them"},
		{"switched off for one operation", stale, "GET", text, with(policy.Off, 0), ""},
		{"switched on without an age", policy.Policy{}, "GET", text, with(policy.On, 0),
			own + "fallback.enabled has no effect without fallback.stale-if-error; set fallback.stale-if-error or " +
				"delete fallback"},
		{"switched off without an age", policy.Policy{}, "GET", text, with(policy.Off, 0),
			own + "fallback.enabled has no effect without fallback.stale-if-error; set fallback.stale-if-error or " +
				"delete fallback"},
		{"a write of an API with a fallback", stale, "PUT", text, policy.Policy{},
			"p.yaml:1:1: warning: defaults: no operation is safe and has a response that can be kept, so " +
				"fallback.stale-if-error has no effect; delete fallback"},
		{"a stream of an API with a fallback", stale, "GET", stream, policy.Policy{},
			"p.yaml:1:1: warning: defaults: no operation is safe and has a response that can be kept, so " +
				"fallback.stale-if-error has no effect; delete fallback"},
		{"an API whose fallback is off", with(policy.Off, time.Minute), "PUT", text, policy.Policy{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.whole.Breaker.Consecutive = 5 // opens at any rate
			o := op("op", c.method, c.own)
			o.Success = c.success
			if got := Policies(planned(c.whole, o)).Error(); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
