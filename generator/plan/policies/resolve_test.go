package policies_test

import (
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"
	"github.com/resgen/resgen/generator/plan/policies"

	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// value writes one value of a policy with its source.
func value(o policied, path string) string { return plantest.Value(o.policy, o.sources, path) }

// policied is a policy with its sources, of an operation or a whole API.
type policied struct {
	policy  policy.Policy
	sources map[string]policy.Source
}

const onePath = `
  /a/{id}:
    x-resgen: {timeout: {attempt: 3s}, retry: {attempts: 7}}
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post:
      operationId: op
      x-resgen: {retry: {attempts: 5}}
      responses: {}
    get: {operationId: other, responses: {}}`

// TestPolicies_Precedence: each layer overrides those before it, key by key, and each value has its
// source.
func TestPolicies_Precedence(t *testing.T) {
	weak := plantest.PolicyFile(t,
		"defaults: {timeout: {overall: 50s, idle: 5s}}\noperations:\n  op: {timeout: {overall: 51s}, bulkhead: "+
			"{max: 3}}\n")
	strong := plantest.PolicyFile(t,
		"defaults: {bulkhead: {max: 4}}\noperations:\n  POST /a/{id}: {breaker: {probes: 3}, bulkhead: {max: 5}, "+
			"idempotency: idempotent, why: w}\n  op: {breaker: {probes: 4, successes: 5}}\n")
	doc := "x-resgen: {retry: {attempts: 6}, response: {max-bytes: 9}}\n" + plantest.Paths30(onePath, "")
	a, lines := plantest.Planned(t, doc, plan.Options{Policies: []*policy.File{weak, strong}})
	if len(lines) > 0 {
		t.Fatal(lines)
	}
	post, get := a.Operations[1], a.Operations[0]
	o := policied{post.Policy, post.Sources}
	for path, want := range map[string]string{
		"retry.jitter":       "equal ← default",
		"response.max-bytes": "9 ← a.yaml:1:56 x-resgen",
		"timeout.attempt":    "3s ← a.yaml:7:35 x-resgen",
		"retry.attempts":     "5 ← a.yaml:11:36 x-resgen",
		"timeout.idle":       "5s ← p.yaml:1:42",
		"timeout.overall":    "51s ← p.yaml:3:27",
		"bulkhead.max":       "5 ← p.yaml:3:56",
		"breaker.probes":     "4 ← p.yaml:4:26",
		"breaker.successes":  "5 ← p.yaml:4:40",
		"idempotency":        "idempotent ← p.yaml:3:73",
		"why":                "w ← p.yaml:3:90",
	} {
		plantest.Same(t, path+" "+value(o, path), path+" "+want)
	}
	g := policied{get.Policy, get.Sources}
	plantest.Same(t, value(g, "retry.attempts"), "7 ← a.yaml:7:58 x-resgen")
	plantest.Same(t, value(g, "idempotency"), "safe ← method GET (RFC 9110 9.2.1)")
	whole := policied{a.Policy, a.Sources}
	plantest.Same(t, value(whole, "retry.attempts"), "6 ← a.yaml:1:30 x-resgen")
	plantest.Same(t, value(whole, "bulkhead.max"), "4 ← p.yaml:1:28")
	if a.Policy.Idempotency != "" {
		t.Errorf("the API as a whole has the class %s", a.Policy.Idempotency)
	}
}

func TestPolicies_MethodsHaveClasses(t *testing.T) {
	a := plantest.MustPlan(t,
		plantest.Paths30("\n  /a: {get: {responses: {}}, put: {responses: {}}, post: {responses: {}}, patch: "+
			"{responses: {}}, delete: {responses: {}}, head: {responses: {}}}", ""))
	var got []string
	for _, o := range a.Operations {
		got = append(got, o.Method+" "+string(o.Policy.Idempotency))
	}
	plantest.Same(t, strings.Join(got, ", "),
		"DELETE idempotent, GET safe, HEAD safe, PATCH unsafe, POST unsafe, PUT idempotent")
}

// TestPolicies_CircuitsAndBuckets: they carry every value; those of the strongest file win.
func TestPolicies_CircuitsAndBuckets(t *testing.T) {
	f := plantest.PolicyFile(t,
		"defaults: {breaker: {open: 7s}, rate: {max-wait: 9s}}\ncircuits: {search: {consecutive: 5}, mine: "+
			"{consecutive: 6}}\nbuckets: {shared: {per-second: 2, burst: 3}}\n")
	doc := "x-resgen: {circuits: {mine: {consecutive: 1}, root: {consecutive: 2}}, buckets: {own: {per-second: 1, burst: 1}}}\n" + plantest.Paths30(`
  /a: {get: {operationId: a, x-resgen: {breaker: {circuit: search}, rate: {bucket: shared, also: [own]}}, responses: {}}}`, "")
	a, lines := plantest.Planned(t, doc, plan.Options{Policies: []*policy.File{f}})
	if len(lines) > 0 {
		t.Fatal(lines)
	}
	if c := a.Circuits["search"]; c.Consecutive != 5 || c.Open != 7*time.Second || c.MinCalls != 20 ||
		c.Enabled != policy.On {
		t.Errorf("search is %+v", c)
	}
	if a.Circuits["mine"].Consecutive != 6 || a.Circuits["root"].Consecutive != 2 || len(a.Circuits) != 3 {
		t.Errorf("circuits %+v", a.Circuits)
	}
	if b := a.Buckets["shared"]; b.PerSecond != 2 || b.Burst != 3 || b.MaxWait != 9*time.Second || len(a.Buckets) != 2 {
		t.Errorf("buckets %+v", a.Buckets)
	}
}

// TestPolicies_NamesForOtherDocuments: a file that is meant for more documents gives each the
// circuits and buckets that it uses.
func TestPolicies_NamesForOtherDocuments(t *testing.T) {
	doc := "x-resgen: {buckets: {root: {per-second: 1, burst: 1}}}\n" + plantest.Paths30(`
  /a: {get: {operationId: a, x-resgen: {breaker: {circuit: search}, rate: {bucket: shared, also: [more]}}, responses: {}}}`, "")
	for unmatched, want := range map[string]string{"allow": "[search] [more root shared]",
		"error": "[other search] [more other root shared]"} {
		f := plantest.PolicyFile(t,
			"unmatched: "+unmatched+"\ncircuits: {search: {consecutive: 5}, other: {consecutive: 6}}\n"+
				"buckets: {shared: {per-second: 2, burst: 3}, more: {per-second: 3, burst: 3}, other: {per-second: 4, "+
				"burst: 3}}\n")
		a, lines := plantest.Planned(t, doc, plan.Options{Policies: []*policy.File{f}})
		if len(lines) > 0 {
			t.Fatal(lines)
		}
		plantest.Same(t, fmt.Sprint(slices.Sorted(maps.Keys(a.Circuits)), slices.Sorted(maps.Keys(a.Buckets))), want)
	}
}

func TestPolicies_Mistakes(t *testing.T) {
	for _, c := range []struct{ name, root, path, operation, want string }{
		{"unknown key", "", "", "{retry: {attemps: 3}}",
			`a.yaml:6:30: operation op: retry: unknown key "attemps"; did you mean "attempts"?`},
		{"unknown key of a path", "", "{retrry: {}}", "",
			`a.yaml:5:16: path /a: unknown key "retrry"; did you mean "retry"?`},
		{"unknown key of the document", "{rat: {}}", "", "",
			`a.yaml:1:12: x-resgen: unknown key "rat"; did you mean "rate"?`},
		{"unknown circuit", "{circuits: {search: {consecutive: 3}}}", "", "{breaker: {circuit: serch}}",
			`a.yaml:7:41: operation op: breaker.circuit: there is no circuit "serch"; did you mean "search"?`},
		{"unknown bucket", "", "", "{rate: {bucket: b}}",
			`a.yaml:6:37: operation op: rate.bucket: there is no bucket "b"; define it under buckets:`},
	} {
		t.Run(c.name, func(t *testing.T) {
			operation, root := "", ""
			if c.root != "" {
				root = "x-resgen: " + c.root + "\n"
			}
			if c.operation != "" {
				operation = "x-resgen: " + c.operation + ", "
			}
			doc := "  /a:\n    parameters: []\n    get: {operationId: op, responses: {}}"
			if c.path != "" {
				doc = "  /a:\n    x-resgen: " + c.path + "\n    get: {operationId: op, responses: {}}"
			}
			if c.operation != "" {
				doc = "  /a:\n    parameters: []\n    get: {" + operation + "operationId: op, responses: {}}"
			}
			a, lines := plantest.Planned(t, root+plantest.Paths30(doc, ""), plan.Options{})
			if a != nil {
				t.Error("there is a plan in addition to the error")
			}
			plantest.Same(t, strings.Join(lines, "\n"), c.want)
		})
	}
}

// A class above that of the method needs a why. One that the document itself declares does not.
func TestPolicies_ClassWithoutWhy(t *testing.T) {
	for _, c := range []struct{ method, operation, want string }{
		{"post", "idempotency: idempotent", "a.yaml:6:36: operation op: a POST is declared idempotent without a why"},
		{"post", "idempotency: safe", "a.yaml:6:36: operation op: a POST is declared safe without a why"},
		{"post", "idempotency: conditional", "a.yaml:6:36: operation op: a POST is declared conditional without a why"},
		{"patch", "idempotency: keyed", "a.yaml:6:37: operation op: a PATCH is declared keyed without a why"},
		{"put", "idempotency: safe", "a.yaml:6:35: operation op: a PUT is declared safe without a why"},
		{"post", "idempotency: safe, why: only reads", ""},
		{"post", "idempotency: unsafe", ""},
		{"put", "idempotency: idempotent", ""},
		{"put", "idempotency: keyed", ""},
		{"get", "idempotency: safe", ""},
	} {
		doc := plantest.Paths30("\n  /a:\n    "+c.method+": {x-resgen: {"+c.operation+
			"}, operationId: op, responses: {}}", "")
		_, lines := plantest.Planned(t, doc, plan.Options{})
		want := c.want
		if want != "" {
			want += `; add why: the effect of a second request, for example "the second finds nothing to delete"`
		}
		plantest.Same(t, strings.Join(lines, "\n"), want)
	}
}

func declaredBy(t *testing.T, root, operation string) (policied, []string) {
	t.Helper()
	a, lines := plantest.Planned(t,
		root+plantest.Paths30("\n  /a:\n    post:\n      operationId: op\n"+operation+"\n      responses: {}", ""),
		plan.Options{})
	o := a.Operations[0]
	return policied{o.Policy, o.Sources}, lines
}

// TestDeclared: what documents say in other words than x-resgen.
func TestDeclared(t *testing.T) {
	for _, c := range []struct{ name, root, operation, path, want string }{
		{"key header", "", "      parameters: [{name: X-Idempotency-Key, in: header, schema: {type: string}}]",
			"idempotency", "keyed ← a.yaml:8:20 parameter X-Idempotency-Key"},
		{"name of the key header", "",
			"      parameters: [{name: x-amzn-idempotency-token, in: header, schema: {type: string}}]", "key.header",
			"x-amzn-idempotency-token ← a.yaml:8:20 parameter x-amzn-idempotency-token"},
		{"key header of OASIS", "",
			"      parameters: [{name: Repeatability-Request-ID, in: header, schema: {type: string}}]", "idempotency",
			"keyed ← a.yaml:8:20 parameter Repeatability-Request-ID"},
		{"not a header", "", "      parameters: [{name: idempotency, in: query, schema: {type: string}}]",
			"idempotency", "unsafe ← method POST (RFC 9110 9.2)"},
		{"another header", "", "      parameters: [{name: X-Request-Id, in: header, schema: {type: string}}]",
			"idempotency", "unsafe ← method POST (RFC 9110 9.2)"},
		{"x-fern-idempotent", "", "      x-fern-idempotent: true", "idempotency",
			"keyed ← a.yaml:8:26 x-fern-idempotent"},
		{"x-fern-idempotency-headers", "x-fern-idempotency-headers: [{header: X-Key, name: key}]\n",
			"      x-fern-idempotent: true", "key.header", "X-Key ← a.yaml:9:26 x-fern-idempotent"},
		{"x-fern-idempotent false", "", "      x-fern-idempotent: false", "idempotency",
			"unsafe ← method POST (RFC 9110 9.2)"},
		{"x-fern-retries", "", "      x-fern-retries: {disabled: true}", "retry.attempts",
			"1 ← a.yaml:8:23 x-fern-retries"},
		{"x-idempotent", "", "      x-idempotent: true", "idempotency", "idempotent ← a.yaml:8:21 x-idempotent"},
		{"x-idempotent false", "", "      x-idempotent: false", "idempotency", "unsafe ← a.yaml:8:21 x-idempotent"},
		{"x-idempotency required", "", "      x-idempotency: required", "idempotency",
			"keyed ← a.yaml:8:22 x-idempotency"},
		{"x-idempotency optional", "", "      x-idempotency: optional", "idempotency",
			"keyed ← a.yaml:8:22 x-idempotency"},
		{"x-idempotency exempt", "", "      x-idempotency: exempt", "idempotency",
			"unsafe ← method POST (RFC 9110 9.2)"},
		{"x-idempotency true", "", "      x-idempotency: true", "idempotency",
			"idempotent ← a.yaml:8:22 x-idempotency"},
		{"x-speakeasy-timeout", "", "      x-speakeasy-timeout: 1500", "timeout.overall",
			"1.5s ← a.yaml:8:28 x-speakeasy-timeout"},
		{"x-speakeasy-timeout of the document", "x-speakeasy-timeout: 1500\n", "", "timeout.overall",
			"1.5s ← a.yaml:1:22 x-speakeasy-timeout"},
		{"x-speakeasy-retries", "",
			"      x-speakeasy-retries: {strategy: backoff, backoff: {initialInterval: 500, maxInterval: 60000, " +
				"maxElapsedTime: 3600000, exponent: 1.5}, statusCodes: [409, 429, 5XX]}",
			"retry.server.base", "500ms ← a.yaml:8:28 x-speakeasy-retries"},
		{"its longest wait", "", "      x-speakeasy-retries: {strategy: backoff, backoff: {maxInterval: 60000}}",
			"retry.throttle.max", "1m ← a.yaml:8:28 x-speakeasy-retries"},
		{"its factor", "", "      x-speakeasy-retries: {strategy: backoff, backoff: {exponent: 1.5}}",
			"retry.connection.factor", "1.5 ← a.yaml:8:28 x-speakeasy-retries"},
		{"a factor below one", "", "      x-speakeasy-retries: {strategy: backoff, backoff: {exponent: 0.5}}",
			"retry.connection.factor", "2 ← default"},
		{"its time in all", "", "      x-speakeasy-retries: {strategy: backoff, backoff: {maxElapsedTime: 90000}}",
			"timeout.overall", "1m30s ← a.yaml:8:28 x-speakeasy-retries"},
		{"its statuses", "", "      x-speakeasy-retries: {strategy: backoff, statusCodes: [409, 429, 5XX, 200]}",
			"retry.when", "[{status: [409]}] ← a.yaml:8:28 x-speakeasy-retries"},
		{"it says nothing of safety", "", "      x-speakeasy-retries: {strategy: backoff}", "idempotency",
			"unsafe ← method POST (RFC 9110 9.2)"},
		{"x-speakeasy-retries none", "", "      x-speakeasy-retries: {strategy: none}", "retry.attempts",
			"1 ← a.yaml:8:28 x-speakeasy-retries"},
		{"x-rate-limit", "", "      x-rate-limit: {requests: 120, window: 60}", "rate.per-second",
			"2 ← a.yaml:8:21 x-rate-limit"},
		{"its burst", "", "      x-rate-limit: {requests: 120, window: 60}", "rate.burst",
			"2 ← a.yaml:8:21 x-rate-limit"},
		{"a slow one's burst", "", "      x-rate-limit: {max: 6, window: 1m}", "rate.burst",
			"1 ← a.yaml:8:21 x-rate-limit"},
		{"events", "", "      x-rate-limit: {enabled: true, events: 30, window: 1m}", "rate.per-second",
			"0.5 ← a.yaml:8:21 x-rate-limit"},
		{"not enabled", "", "      x-rate-limit: {enabled: false, events: 30, window: 1m}", "rate.per-second",
			" ← default"},
		{"x-rateLimit", "", "      x-rateLimit: {limit: 30, period: minute}", "rate.per-second",
			"0.5 ← a.yaml:8:20 x-rateLimit"},
		{"text", "", "      x-ratelimit: 120/min", "rate.per-second", "2 ← a.yaml:8:20 x-ratelimit"},
		{"usage plan", "", "      description: |\n        Does it.\n\n        **Usage Plan:**\n\n        | Rate " +
			"(requests per second) | Burst |\n        | ---- | ---- |\n        | 0.5 | 20 |\n\n        More.",
			"rate.per-second", "0.5 ← a.yaml:8:20 usage plan"},
		{"burst of a usage plan", "",
			"      description: |\n        | Rate (requests per second) | Burst |\n        | ---- | ---- |\n        " +
				"| .5 | 20 |", "rate.burst", "20 ← a.yaml:8:20 usage plan"},
		{"plan with names", "",
			"      description: |\n        | Plan type | Rate (requests per second) | Burst |\n        | ---- | " +
				"---- | ---- |\n        |Default| 5 | 10 |\n        |Selling partner specific| Variable | Variable |",
			"rate.per-second", "5 ← a.yaml:8:20 usage plan"},
		{"plan on one line", "",
			`      description: '| Rate (requests per second) | Burst |\n| ---- | ---- |\n| 2 | 6 |\n'`, "rate.burst",
			"6 ← a.yaml:8:20 usage plan"},
		{"learning", "", "      x-more: 1", "rate.learn", "true ← default"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, lines := declaredBy(t, c.root, c.operation)
			if len(lines) > 0 {
				t.Fatal(lines)
			}
			plantest.Same(t, value(p, c.path), c.want)
		})
	}
}

func TestDeclared_LimitHeaders(t *testing.T) {
	for header, want := range map[string]string{
		"Retry-After":            "true ← a.yaml:8:16 header Retry-After of 429",
		"X-RateLimit-Remaining":  "true ← a.yaml:8:16 header X-RateLimit-Remaining of 429",
		"x-amzn-RateLimit-Limit": "true ← a.yaml:8:16 header x-amzn-RateLimit-Limit of 429",
		"X-Request-Id":           "true ← default",
	} {
		a := plantest.MustPlan(t,
			plantest.Paths30("\n  /a:\n    get:\n      responses:\n        '429': {description: d, headers: {"+header+": {}}}", ""))
		got := value(policied{a.Operations[0].Policy, a.Operations[0].Sources}, "rate.learn")
		plantest.Same(t, got, want)
	}
}

// A usage plan without numbers is reported only if the rate has no other source.
func TestDeclared_UsagePlanWithoutNumbers(t *testing.T) {
	const table = "      description: |\n        | Rate (requests per second) | Burst |\n        | ---- | ---- |\n  " +
		"      | n | n |"
	for file, warned := range map[string]bool{
		"operations: {op: {idempotency: unsafe, why: w}}":                      true,
		"operations: {op: {rate: {burst: 2}}}":                                 true,
		"operations: {op: {rate: {per-second: 0.5}}}":                          false,
		"defaults: {rate: {per-second: 3}}":                                    false,
		"operations: {op: {rate: {enabled: false}}}":                           false,
		"buckets: {b: {per-second: 1}}\noperations: {op: {rate: {bucket: b}}}": false,
	} {
		_, lines := plantest.Planned(t,
			plantest.Paths30("\n  /a:\n    post:\n      operationId: op\n"+table+"\n      responses: {}", ""),
			plan.Options{Policies: []*policy.File{plantest.PolicyFile(t, file)}})
		want := ""
		if warned {
			want = "a.yaml:8:20: warning: operation op: its usage plan has no numbers; set the rate in a policy file"
		}
		plantest.Same(t, strings.Join(lines, "\n"), want)
	}
}

func TestDeclared_Warnings(t *testing.T) {
	for _, c := range []struct{ name, operation, want string }{
		{"plan without numbers",
			"      description: |\n        | Rate (requests per second) | Burst |\n        | ---- | ---- |\n        " +
				"| n | n |",
			"a.yaml:8:20: warning: operation op: its usage plan has no numbers; set the rate in a policy file"},
		{"x-rate-limit", "      x-rate-limit: {requests: many}",
			"a.yaml:8:21: warning: operation op: x-rate-limit has no usable value; use x-resgen or a policy file"},
		{"x-rate-limit without a window", "      x-rate-limit: 120",
			"a.yaml:8:21: warning: operation op: x-rate-limit has no usable value; use x-resgen or a policy file"},
		{"x-idempotent", "      x-idempotent: maybe",
			"a.yaml:8:21: warning: operation op: x-idempotent has no usable value; use x-resgen or a policy file"},
		{"x-fern-idempotent", "      x-fern-idempotent: maybe",
			"a.yaml:8:26: warning: operation op: x-fern-idempotent has no usable value; use x-resgen or a policy file"},
		{"x-fern-retries", "      x-fern-retries: 3",
			"a.yaml:8:23: warning: operation op: x-fern-retries has no usable value; use x-resgen or a policy file"},
		{"x-speakeasy-timeout", "      x-speakeasy-timeout: 0",
			"a.yaml:8:28: warning: operation op: x-speakeasy-timeout has no usable value; use x-resgen or a policy file"},
		{"x-speakeasy-retries", "      x-speakeasy-retries: 3",
			"a.yaml:8:28: warning: operation op: x-speakeasy-retries has no usable value; use x-resgen or a policy file"},
		{"waits in the wrong order", "      x-speakeasy-retries: {backoff: {initialInterval: 500, maxInterval: 50}}",
			"a.yaml:8:28: warning: operation op: x-speakeasy-retries has no usable value; use x-resgen or a policy file"},
		{"a word that merely looks like one", "      description: Burst of requests", ""},
		{"life of a key", "      x-idempotency-key-ttl: 24h", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, lines := declaredBy(t, "", c.operation)
			plantest.Same(t, strings.Join(lines, "\n"), c.want)
		})
	}
}

// Values of other tools and of usage plans have the bounds of x-resgen: those beyond are reported,
// or are no numbers.
func TestDeclared_Bounds(t *testing.T) {
	for _, c := range []struct{ operation, path, want string }{
		{"x-speakeasy-timeout: 86400000", "timeout.overall", "24h ← a.yaml:8:28 x-speakeasy-timeout"},
		{"x-speakeasy-timeout: 86400001", "timeout.overall", ""},
		{"x-speakeasy-retries: {backoff: {maxElapsedTime: 86400001}}", "timeout.overall", ""},
		{"x-speakeasy-retries: {backoff: {exponent: 100}}", "retry.server.factor",
			"100 ← a.yaml:8:28 x-speakeasy-retries"},
		{"x-speakeasy-retries: {backoff: {exponent: 101}}", "retry.server.factor", ""},
		{"x-rate-limit: 1000000/s", "rate.per-second", "1e+06 ← a.yaml:8:21 x-rate-limit"},
		{"x-rate-limit: 1000001/s", "rate.per-second", ""},
		{"x-fern-idempotent: true\n      x-rate-limit: 0.0001/h", "rate.per-second", ""},
	} {
		p, lines := declaredBy(t, "", "      "+c.operation)
		if c.want == "" {
			if len(lines) != 1 || !strings.Contains(lines[0], " has no usable value; use x-resgen or a policy file") {
				t.Errorf("%s: got %q", c.operation, lines)
			}
			continue
		}
		if len(lines) > 0 {
			t.Errorf("%s: got %q", c.operation, lines)
		}
		plantest.Same(t, value(p, c.path), c.want)
	}
	const plan = "      description: '| Rate (requests per second) | Burst |\\n| ---- | ---- |\\n| %s | %s |\\n'"
	for _, c := range [][3]string{
		{"1000000", "1000000", "1e+06"}, {"1000001", "1", ""}, {"1", "1000001", ""}, {"0.00000001", "1", ""},
	} {
		p, _ := declaredBy(t, "", fmt.Sprintf(plan, c[0], c[1]))
		if got, _ := policy.Get(p.policy, "rate.per-second"); got != c[2] {
			t.Errorf("%v: got %s", c, got)
		}
	}
}

// Ignored extensions have no effect and no findings. What the document declares in other ways
// counts.
func TestPolicies_IgnoreExtensions(t *testing.T) {
	doc := "x-resgen: {retry: {attempts: 99}, circuits: {c: {open: 1s}}}\nx-speakeasy-timeout: 1500\n" +
		plantest.Paths30(`
  /a:
    x-resgen: {idempotency: safe}
    x-idempotent: maybe
    post:
      operationId: op
      x-resgen: {timeout: {attempt: 9000h}, bogus: 1}
      x-idempotent: true
      x-rate-limit: 5/s
      responses: {"429": {description: d, headers: {Retry-After: {}}}}`, "")
	a, lines := plantest.Planned(t, doc, plan.Options{IgnoreExtensions: true})
	if len(lines) > 0 {
		t.Fatal(lines)
	}
	o := policied{a.Operations[0].Policy, a.Operations[0].Sources}
	for path, want := range map[string]string{
		"retry.attempts": "4 ← default", "timeout.overall": "2m ← default", "timeout.attempt": "30s ← default",
		"idempotency": "unsafe ← method POST (RFC 9110 9.2)", "rate.per-second": " ← default",
		"rate.learn": "true ← a.yaml:15:26 header Retry-After of 429",
	} {
		plantest.Same(t, path+" "+value(o, path), path+" "+want)
	}
	if len(a.Circuits) > 0 {
		t.Errorf("circuits: got %v", a.Circuits)
	}
	if _, lines := plantest.Planned(t, doc, plan.Options{}); len(lines) != 5 {
		t.Errorf("with extensions: got %q", lines)
	}
}

// TestKeyed_HeaderIsTheRuntimes: the header of the key is not an argument of a keyed operation.
func TestKeyed_HeaderIsTheRuntimes(t *testing.T) {
	doc := plantest.Paths30(`
  /a:
    post:
      operationId: op
      parameters: [{name: Idempotency-Key, in: header, required: true, schema: {type: string}}, {name: q, in: query, schema: {type: string}}]
      responses: {}`, "")
	plantest.Same(t, plantest.Methods(plantest.MustPlan(t, doc)), "Op(params OpParams)\nOpParams{Q *string}")
	a, _ := plantest.Planned(t, doc, plan.Options{Policies: []*policy.File{plantest.PolicyFile(t,
		"operations: {op: {idempotency: unsafe}}")}})
	plantest.Same(t, plantest.Methods(a), "Op(params OpParams)\nOpParams{IdempotencyKey string; Q *string}")
	b, _ := plantest.Planned(t, doc, plan.Options{Policies: []*policy.File{plantest.PolicyFile(t,
		"operations: {op: {idempotency: keyed, why: w, key: {header: IDEMPOTENCY-KEY}}}")}})
	plantest.Same(t, plantest.Methods(b), "Op(params OpParams)\nOpParams{Q *string}")
	get := plantest.MustPlan(t, strings.Replace(doc, "post:", "get:", 1))
	if c := get.Operations[0].Policy.Idempotency; c != policy.Safe {
		t.Errorf("a GET with a key is %s", c)
	}
}

func TestCheckKeys(t *testing.T) {
	first := plantest.Read(t,
		plantest.Paths30("\n  /pets: {get: {operationId: listPets, responses: {}}, post: {operationId: addPet, "+
			"responses: {}}}", ""))
	second := plantest.Read(t,
		plantest.Paths30("\n  /toys: {get: {operationId: listToys, responses: {}}, put: {operationId: addPet, "+
			"responses: {}}}", ""))
	for _, c := range []struct{ name, file, want string }{
		{"all match", "operations: {listPets: {}, GET /toys: {}, PUT /toys: {}}", ""},
		{"mistyped id", "operations: {listPest: {}}",
			`p.yaml:1:14: operation listPest: no document that uses this file has it; did you mean "listPets"?`},
		{"mistyped path", "operations: {GET /pet: {}}",
			`p.yaml:1:14: operation GET /pet: no document that uses this file has it; did you mean "GET /pets"?`},
		{"nothing like it", "operations: {zzzzzzzzzz: {}}",
			`p.yaml:1:14: operation zzzzzzzzzz: no document that uses this file has it; remove the entry, or set unmatched: allow in a file for documents that are not all used here`},
		{"catalogue", "unmatched: allow\noperations: {zzz: {}}", ""},
		{"mistyped id in a catalogue", "unmatched: allow\noperations: {listPest: {}}",
			`p.yaml:2:14: operation listPest: no document that uses this file has it, and listPets has no entry; did you mean "listPets"?`},
		{"mistyped path in a catalogue", "unmatched: allow\noperations: {GET /pest: {}}",
			`p.yaml:2:14: operation GET /pest: no document that uses this file has it, and GET /pets has no entry; did you mean "GET /pets"?`},
		{"like one that has its entry", "unmatched: allow\noperations: {listPest: {}, listPets: {}}", ""},
		{"like one that has its entry by path", "unmatched: allow\noperations: {listPest: {}, GET /pets: {}}", ""},
		{"another number in a catalogue", "unmatched: allow\noperations: {listPets2: {}}", ""},
		{"twice", "operations: {listPets: {}, GET /pets: {}, POST /pets: {}}",
			"p.yaml:1:28: operation GET /pets: has another entry, listPets at p.yaml:1:14; put both into one entry"},
		{"ambiguous", "operations: {addPet: {}}",
			`p.yaml:1:14: operation addPet: is the operationId at a.yaml:5:76 and at a.yaml:5:75; use POST /pets or PUT /toys`},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := policies.CheckKeys([]policies.Use{{File: plantest.PolicyFile(t, c.file),
				Docs: []*spec.Document{first, second}}})
			plantest.Same(t, strings.Join(plantest.Texts(found), "\n"), c.want)
		})
	}
}

// A malformed key has one finding.
func TestCheckKeys_Malformed(t *testing.T) {
	doc := plantest.Read(t, plantest.Paths30("\n  /pets: {get: {operationId: listPets, responses: {}}}", ""))
	file, _ := policyfile.DecodeFile("p.yaml", []byte("operations: {get /pets: {}}"))
	if found := policies.CheckKeys([]policies.Use{{File: file, Docs: []*spec.Document{doc}}}); len(found) > 0 {
		t.Errorf("got %v, want nothing", found)
	}
}
