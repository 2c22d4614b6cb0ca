package fault

import (
	"testing"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/policy"
)

// The expected decisions follow RFC 9110, section 9.2, and docs/fault-matrix.md.
func TestClassify(t *testing.T) {
	status := func(s int) Observation { return Observation{Status: s, Failed: true, Written: true} }
	repeatable := func(o Observation) Observation { o.Repeatable = true; return o }
	for _, c := range []struct {
		name string
		in   Observation
		want Decision
	}{
		{"success", Observation{Status: 200, Repeatable: true, Written: true}, Decision{Verdict: breaker.Success}},
		{"503 unsafe", status(503), Decision{Never, WaitServer, breaker.Failure, true}},
		{"503", repeatable(status(503)), Decision{Always, WaitServer, breaker.Failure, true}},
		{"500", repeatable(status(500)), Decision{Always, WaitServer, breaker.Failure, true}},
		{"501", repeatable(status(501)), Decision{Never, WaitNone, breaker.Success, false}},
		{"429 unsafe", status(429), Decision{Always, WaitThrottle, breaker.Ignored, false}},
		{"408 unsafe", status(408), Decision{Always, WaitServer, breaker.Failure, false}},
		{"421", status(421), Decision{Once, WaitNone, breaker.Ignored, false}},
		{"425", status(425), Decision{Always, WaitServer, breaker.Ignored, false}},
		{"404", repeatable(status(404)), Decision{Never, WaitNone, breaker.Success, false}},
		{"400", repeatable(status(400)), Decision{Never, WaitNone, breaker.Success, false}},
		{"304", repeatable(status(304)), Decision{Never, WaitNone, breaker.Success, false}},
		{"307", repeatable(status(307)), Decision{Never, WaitNone, breaker.Success, false}},
		{"308", repeatable(status(308)), Decision{Never, WaitNone, breaker.Success, false}},
		{"303", repeatable(status(303)), Decision{Never, WaitNone, breaker.Success, true}},
		{"300", repeatable(status(300)), Decision{Never, WaitNone, breaker.Success, true}},
		{"101", repeatable(status(101)), Decision{Never, WaitNone, breaker.Failure, true}},
		{"423", repeatable(status(423)), Decision{Never, WaitNone, breaker.Success, false}},
		{"423 with Retry-After", Observation{Status: 423, Failed: true, Written: true, RetryAfter: true},
			Decision{Always, WaitServer, breaker.Success, false}},
		{"x-should-retry: false", Observation{
			Status:     503,
			Failed:     true,
			Written:    true,
			Repeatable: true,
			NoRetry:    true,
		},
			Decision{Never, WaitServer, breaker.Failure, true}},
		{
			"nothing written",
			Observation{Status: 503, Failed: true},
			Decision{Never, WaitServer, breaker.Failure, false},
		},
		{"refused dial", Observation{Fault: Dial}, Decision{Always, WaitConnection, breaker.Failure, false}},
		{
			"reset, unsafe",
			Observation{Fault: Reset, Written: true},
			Decision{Never, WaitConnection, breaker.Failure, true},
		},
		{"reset", Observation{Fault: Reset, Written: true, Repeatable: true},
			Decision{Always, WaitConnection, breaker.Failure, true}},
		{"contract", Observation{Fault: Contract, Written: true, Repeatable: true},
			Decision{Never, WaitNone, breaker.Ignored, true}},
	} {
		if got := Classify(c.in, &policy.Policy{}); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestClassify_Policy(t *testing.T) {
	failed := func(s int, repeatable bool) Observation {
		return Observation{Status: s, Failed: true, Written: true, Repeatable: repeatable}
	}
	var refused, contract policy.Policy
	refused.Retry.Refused = []int{503}
	contract.Breaker.Contract = policy.On
	for _, c := range []struct {
		name string
		p    *policy.Policy
		in   Observation
		want Decision
	}{
		{"refused, unsafe", &refused, failed(503, false), Decision{Always, WaitServer, breaker.Failure, false}},
		{"another status", &refused, failed(502, false), Decision{Never, WaitServer, breaker.Failure, true}},
		{"contract counts", &contract, Observation{Fault: Contract, Written: true},
			Decision{Never, WaitNone, breaker.Failure, true}},
		{"an empty body counts", &contract, Observation{Fault: Empty, Written: true},
			Decision{Never, WaitNone, breaker.Failure, true}},
	} {
		if got := Classify(c.in, c.p); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

// What the rules of the policy say changes retries, waits and verdicts, but makes no request
// repeatable.
func TestClassify_Rules(t *testing.T) {
	var none, contract, refused policy.Policy
	contract.Breaker.Contract = policy.On
	refused.Retry.Refused = []int{503}
	throttled, retry := Ruled{Throttled: true}, Ruled{Retry: true}
	failure, ignore := Ruled{Failure: true}, Ruled{Ignore: true}
	for _, c := range []struct {
		name       string
		p          *policy.Policy
		fault      Fault
		status     int
		repeatable bool
		ruled      Ruled
		want       Decision
	}{
		{"403 throttled", &none, None, 403, true, throttled, Decision{Always, WaitThrottle, breaker.Ignored, false}},
		{"403 throttled, unsafe", &none, None, 403, false, throttled,
			Decision{Always, WaitThrottle, breaker.Ignored, false}},
		{"499 throttled, unsafe", &none, None, 499, false, throttled,
			Decision{Always, WaitThrottle, breaker.Ignored, false}},
		{"399 throttled, unsafe", &none, None, 399, false, throttled,
			Decision{Never, WaitThrottle, breaker.Ignored, true}},
		{"503 throttled", &none, None, 503, true, throttled, Decision{Always, WaitThrottle, breaker.Ignored, true}},
		{"501 throttled", &none, None, 501, true, throttled, Decision{Always, WaitThrottle, breaker.Ignored, false}},
		{"503 throttled, unsafe", &none, None, 503, false, throttled,
			Decision{Never, WaitThrottle, breaker.Ignored, true}},
		{"503 throttled and refused, unsafe", &refused, None, 503, false, throttled,
			Decision{Always, WaitThrottle, breaker.Ignored, false}},
		{"409 retried", &none, None, 409, true, retry, Decision{Always, WaitServer, breaker.Success, false}},
		{"409 retried, unsafe", &none, None, 409, false, retry, Decision{Never, WaitServer, breaker.Success, false}},
		{"503 retried anyway, unsafe", &none, None, 503, false, retry,
			Decision{Never, WaitServer, breaker.Failure, true}},
		{"421 retried once anyway", &none, None, 421, true, retry, Decision{Once, WaitNone, breaker.Ignored, false}},
		{"429 retried anyway", &none, None, 429, true, retry, Decision{Always, WaitThrottle, breaker.Ignored, false}},
		{"contract retried", &none, Contract, 200, true, retry, Decision{Always, WaitServer, breaker.Ignored, true}},
		{"declared failure retried", &none, Declared, 200, true, retry,
			Decision{Always, WaitServer, breaker.Success, false}},
		{"404 counted", &none, None, 404, true, failure, Decision{Never, WaitNone, breaker.Failure, false}},
		{"429 counted", &none, None, 429, true, failure, Decision{Always, WaitThrottle, breaker.Failure, false}},
		{"503 ignored", &none, None, 503, true, ignore, Decision{Always, WaitServer, breaker.Ignored, true}},
		{"timeout ignored", &none, Timeout, 0, true, ignore, Decision{Always, WaitServer, breaker.Ignored, true}},
		{"404 counted and ignored", &none, None, 404, true, Ruled{Failure: true, Ignore: true},
			Decision{Never, WaitNone, breaker.Ignored, false}},
		{"throttled and counted", &none, None, 403, true, Ruled{Throttled: true, Failure: true},
			Decision{Always, WaitThrottle, breaker.Failure, false}},
		{"contract ignored", &contract, Contract, 200, true, ignore, Decision{Never, WaitNone, breaker.Ignored, true}},
		{"throttled and retried", &none, None, 503, true, Ruled{Throttled: true, Retry: true},
			Decision{Always, WaitThrottle, breaker.Ignored, true}},
	} {
		o := Observation{Fault: c.fault, Status: c.status, Failed: c.fault == None, Written: true,
			Repeatable: c.repeatable, Ruled: c.ruled}
		if got := Classify(o, c.p); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
		o.NoRetry, c.want.Retry = true, Never
		if got := Classify(o, c.p); got != c.want {
			t.Errorf("%s with x-should-retry: false: got %+v, want %+v", c.name, got, c.want)
		}
	}
	if d := Classify(Observation{Ruled: Ruled{Failure: true}}, &none); d != (Decision{Verdict: breaker.Success}) {
		t.Errorf("a success is %+v", d)
	}
}

func TestFault_Ruled(t *testing.T) {
	not := map[Fault]bool{
		Canceled: true, Local: true, Invalid: true, Credential: true, Circuit: true, RateLimited: true, Bulkhead: true,
		Closed: true, Panic: true, Items: true, SomeThrottled: true, AllThrottled: true,
	}
	for f := range Count {
		if f.Ruled() == not[f] {
			t.Errorf("%v.Ruled() = %v", f, f.Ruled())
		}
	}
}

func TestFault(t *testing.T) {
	complete := map[Fault]bool{
		None: true, TooLarge: true, HTML: true, Contract: true, Empty: true, Declared: true, Throttled: true,
		Items: true, SomeThrottled: true, AllThrottled: true,
	}
	items := map[Fault]bool{Items: true, SomeThrottled: true, AllThrottled: true}
	for f := range Count {
		if f.CutShort() == complete[f] {
			t.Errorf("%v.CutShort() = %v", f, f.CutShort())
		}
		if f.OfItems() != items[f] {
			t.Errorf("%v.OfItems() = %v", f, f.OfItems())
		}
		if (f.String() == "") != (f == None) {
			t.Errorf("fault %d is called %q", f, f)
		}
	}
}
