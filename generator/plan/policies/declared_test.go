package policies_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"
)

// annotated returns a document with one operation. Its extensions are from 8:7 on, those of its
// path item from 6:5 on, which moves the others.
func annotated(root, method, path, operation string) string {
	return root + plantest.Paths30("\n  /a:\n"+path+"    "+method+":\n      operationId: op\n"+operation+
		"\n      responses: {}", "")
}

// What two places of a document say differently: the stricter one counts, and both are named.
func TestDeclared_Conflicts(t *testing.T) {
	const key = "      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]"
	const plan05 = "      description: |\n        | Rate (requests per second) | Burst |\n        | ---- | ---- |\n" +
		"        | 0.5 | 20 |"
	for _, c := range []struct {
		name, path, operation string
		key, value, finding   string
	}{
		{"two classes", "", "      x-idempotent: true\n      x-fern-idempotent: true",
			"idempotency", "keyed ← a.yaml:9:26 x-fern-idempotent",
			"a.yaml:9:26: x-fern-idempotent says idempotency keyed, x-idempotent at a.yaml:8:21 says idempotent; keyed applies"},
		{"the stricter class first", "", "      x-fern-idempotent: true\n      x-idempotent: true",
			"idempotency", "keyed ← a.yaml:8:26 x-fern-idempotent",
			"a.yaml:9:21: x-idempotent says idempotency idempotent, x-fern-idempotent at a.yaml:8:26 says keyed; keyed applies"},
		{"the why is that of the class", "", "      x-idempotent: true\n      x-fern-idempotent: true",
			"why", "the document marks it as taking an idempotency key ← a.yaml:9:26 x-fern-idempotent",
			"a.yaml:9:26: x-fern-idempotent says idempotency keyed, x-idempotent at a.yaml:8:21 says idempotent; keyed applies"},
		{"unsafe beats a key", "", "      x-idempotent: false\n" + key,
			"idempotency", "unsafe ← a.yaml:8:21 x-idempotent",
			"a.yaml:8:21: x-idempotent says idempotency unsafe, parameter Idempotency-Key at a.yaml:9:20 says keyed; unsafe " +
				"applies"},
		{"a key and an annotation of it", "", "      x-idempotency: required\n" + key,
			"key.header", "Idempotency-Key ← a.yaml:9:20 parameter Idempotency-Key", ""},
		{"rates", "", "      x-rate-limit: 2/s\n" + plan05, "rate.per-second", "0.5 ← a.yaml:9:20 usage plan",
			"a.yaml:9:20: usage plan says rate.per-second 0.5, x-rate-limit at a.yaml:8:21 says 2; 0.5 applies"},
		{"the burst is that of the rate", "", "      x-rate-limit: 0.1/s\n" + plan05, "rate.burst",
			"1 ← a.yaml:8:21 x-rate-limit",
			"a.yaml:9:20: usage plan says rate.per-second 0.5, x-rate-limit at a.yaml:8:21 says 0.1; 0.1 applies"},
		{"a burst that only one states", "", "      x-rate-limit: 30/min\n" + plan05, "rate.burst",
			"20 ← a.yaml:9:20 usage plan", ""},
		{"equal values", "", "      x-rate-limit: 2/s\n      x-ratelimit: {limit: 120, period: minute}",
			"rate.per-second", "2 ← a.yaml:8:21 x-rate-limit", ""},
		{"times", "", "      x-speakeasy-timeout: 9000\n      x-speakeasy-retries: {backoff: {maxElapsedTime: 60000}}",
			"timeout.overall", "9s ← a.yaml:8:28 x-speakeasy-timeout",
			"a.yaml:9:28: x-speakeasy-retries says timeout.overall 1m, x-speakeasy-timeout at a.yaml:8:28 says 9s; 9s applies"},
		{"an operation overrides its path", "    x-rate-limit: 1/s\n", "      x-rate-limit: 5/s",
			"rate.per-second", "5 ← a.yaml:9:21 x-rate-limit", ""},
		{"a path alone", "    x-rate-limit: 1/s\n", "", "rate.per-second", "1 ← a.yaml:6:19 x-rate-limit", ""},
		{"but not to a looser class", "    x-idempotent: false\n", "      x-idempotent: true",
			"idempotency", "unsafe ← a.yaml:6:19 x-idempotent",
			"a.yaml:6:19: x-idempotent says idempotency unsafe, x-idempotent at a.yaml:9:21 says idempotent; unsafe applies"},
		{"pages are of one place", "",
			"      x-fern-pagination: {offset: $request.p, results: $response.x}\n      x-ms-pageable: {}",
			"pagination.style", "", "a.yaml:9:22: x-ms-pageable says pagination.style link, x-fern-pagination at a.yaml:8:26 " +
				"says page; page applies"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, lines := plantest.Planned(t, annotated("", "post", c.path, c.operation), plan.Options{})
			var got []string
			for _, line := range lines {
				line = strings.Replace(line, "warning: operation op: ", "", 1)
				line, _, found := strings.Cut(line, "; correct one of them, ")
				if found {
					got = append(got, line)
				}
			}
			plantest.Same(t, strings.Join(got, "|"), c.finding)
			if o := a.Operations[0]; c.value != "" {
				plantest.Same(t, value(policied{o.Policy, o.Sources}, c.key), c.value)
			}
		})
	}
}

func TestDeclared_ConflictOfTheDocument(t *testing.T) {
	root := "x-speakeasy-timeout: 90000\nx-speakeasy-retries: {backoff: {maxElapsedTime: 60000}}\n"
	a, lines := plantest.Planned(t, annotated(root, "get", "", "      summary: s"), plan.Options{})
	plantest.Same(t, strings.Join(lines, "\n"), "a.yaml:2:22: warning: the document: x-speakeasy-retries says "+
		"timeout.overall 1m, x-speakeasy-timeout at a.yaml:1:22 says 1m30s; 1m applies; correct one of them, or set "+
		"timeout.overall in a policy file")
	plantest.Same(t, value(policied{a.Policy, a.Sources}, "timeout.overall"), "1m ← a.yaml:2:22 x-speakeasy-retries")
}

// An annotation that allows repeats does not lower the class of a method that only reads.
func TestDeclared_SafeMethods(t *testing.T) {
	for annotation, want := range map[string]string{
		"x-idempotent: true":       "safe ← method GET (RFC 9110 9.2.1)",
		"x-idempotency: required":  "safe ← method GET (RFC 9110 9.2.1)",
		"x-fern-idempotent: true":  "safe ← method GET (RFC 9110 9.2.1)",
		"x-idempotent: false":      "unsafe ← a.yaml:8:21 x-idempotent",
		"x-idempotency: no answer": "safe ← method GET (RFC 9110 9.2.1)",
	} {
		a, _ := plantest.Planned(t, annotated("", "get", "", "      "+annotation), plan.Options{})
		o := a.Operations[0]
		plantest.Same(t, annotation+" "+value(policied{o.Policy, o.Sources}, "idempotency"), annotation+" "+want)
	}
}

// Forms of rates, as requests per second and burst.
func TestDeclared_Rates(t *testing.T) {
	for form, want := range map[string]string{
		"{requests: 120, window: 60}":                        "2 2",
		"{max: 6, window: 1m}":                               "0.1 1",
		"{enabled: true, events: 30, window: 1m}":            "0.5 1",
		"{limit: 30, window: 60s}":                           "0.5 1",
		"{requests: 90, period: minute, key: user}":          "1.5 1",
		"{limit: 10, interval: 2, unit: seconds}":            "5 5",
		"{limit: 60, interval: 2, unit: minutes}":            "0.5 1",
		"{limit: 6, interval: 3000, unit: ms}":               "2 2",
		"{limit: 6, interval: 3000, timeUnit: MILLISECONDS}": "2 2",
		"{limit: 120, window: 60, unit: requests}":           "2 2",
		"{limit: 5, interval: 1, unit: month}":               "",
		"{limit: 5, interval: -1, unit: minute}":             "",
		"{limit: 1e9, interval: 1e9, unit: 1e8}":             "",
		"3/ms":                                               "3000 3000",
		"{rate: 7, per: second}":                             "7 7",
		"{limit: 3600, unit: hour, burst: 9}":                "1 9",
		"{requestsPerSecond: 4}":                             "4 4",
		"{requests_per_minute: 30}":                          "0.5 1",
		"{per-second: 3, per-minute: 60}":                    "1 1",
		"120/min":                                            "2 2",
		"10 per 5s":                                          "2 2",
		"100 requests per 10 s":                              "10 10",
		"30 calls/Minute":                                    "0.5 1",
		"{requests: 5}":                                      "",
		"{requests: 0, window: 60}":                          "",
		"{requests: 5, window: soon}":                        "",
		"5/fortnight":                                        "",
		"[5, 60]":                                            "",
	} {
		a, lines := plantest.Planned(t, annotated("", "post", "", "      x-rateLimit: "+form), plan.Options{})
		got := ""
		if r := a.Operations[0].Policy.Rate; r.PerSecond > 0 {
			got = fmt.Sprint(r.PerSecond, " ", r.Burst)
		}
		if got != want || (want == "") != (len(lines) == 1) {
			t.Errorf("%s: got %q, want %q; %q", form, got, want, lines)
		}
	}
}

func TestDeclared_Retryable(t *testing.T) {
	for _, c := range []struct{ operation, responses, key, want, finding string }{
		{"x-retryable: false", "", "retry.attempts", "1 ← a.yaml:8:20 x-retryable", ""},
		{"x-retryable: true", "", "retry.attempts", "4 ← default", ""},
		{"x-retryable: true", "", "idempotency", "unsafe ← method POST (RFC 9110 9.2)", ""},
		{"x-retryable: often", "", "retry.attempts", "4 ← default",
			"a.yaml:8:20: warning: operation op: x-retryable has no usable value; use x-resgen or a policy file"},
		{"", "{'409': {description: d, x-retryable: true}, '423': {description: d, x-retryable: true}}", "retry.when",
			"[{status: [409, 423]}] ← a.yaml:9:56 x-retryable", ""},
		{"", "{'409': {description: d, x-retryable: false}}", "retry.when", " ← default", ""},
		{"", "{'503': {description: d, x-retryable: true}}", "retry.when", " ← default", ""},
		{"", "{'4XX': {description: d, x-retryable: true}}", "retry.when", " ← default", ""},
		{"", "{'409': {description: d, x-retryable: 7}}", "retry.when", " ← default",
			"a.yaml:9:56: warning: operation op: x-retryable has no usable value; use x-resgen or a policy file"},
	} {
		doc := annotated("", "post", "", "      "+c.operation)
		if c.responses != "" {
			doc = strings.Replace(doc, "responses: {}", "responses: "+c.responses, 1)
		}
		a, lines := plantest.Planned(t, doc, plan.Options{})
		o := a.Operations[0]
		plantest.Same(t, value(policied{o.Policy, o.Sources}, c.key), c.want)
		plantest.Same(t, strings.Join(lines, "\n"), c.finding)
	}
}
