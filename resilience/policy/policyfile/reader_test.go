package policyfile_test

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/tree"
)

// nest writes "a.b.c" and a value as {"a": {"b": {"c": value}}} on one line of YAML.
func nest(path, value string) string {
	keys := strings.Split(path, ".")
	return "{" + strings.Join(keys, ": {") + ": " + value + strings.Repeat("}", len(keys))
}

// mistakes decodes one value of a policy and returns what is wrong with it, without position and
// subject.
func mistakes(path, value string) string {
	n, found := tree.Parse("f", []byte("x: "+nest(path, value)))
	if len(found) == 0 {
		_, found = policyfile.DecodeExtension(n.Get("x"), "x")
	}
	var texts []string
	for _, d := range found {
		text := d.What
		if d.Subject != "x: "+path {
			text = d.Subject + ": " + text
		}
		if d.Cure != "" {
			text += "; " + d.Cure
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "\n")
}

func TestDecodeExtension_EveryKey(t *testing.T) {
	const (
		pos    = "want more than 0, got "
		one    = "want at least 1, got "
		empty  = "is empty; delete the key to inherit"
		header = `want a header name, got `
		bool   = `want true or false, got "maybe"`
	)
	duration := func(path string) [][3]string {
		return [][3]string{{path, "1ns", ""}, {path, "0s", pos + "0s"}, {path, "-1s", pos + "-1s"},
			{path, "5", "5 has no unit; write 5s"}}
	}
	factor := func(path string) [][3]string {
		return [][3]string{{path, "1", ""}, {path, "0.99", one + "0.99"}, {path, ".inf", one + "+Inf"},
			{path, ".nan", one + "NaN"}, {path, "1e308", "want at most 100, got 1e+308"}}
	}
	whole := func(path string) [][3]string {
		return [][3]string{{path, "1", ""}, {path, "0", one + "0"}, {path, "-1", one + "-1"}}
	}
	number := func(path string) [][3]string {
		return [][3]string{{path, "0.001", ""}, {path, "0", pos + "0"}, {path, "-1", pos + "-1"},
			{path, ".inf", pos + "+Inf"}, {path, ".nan", pos + "NaN"}, {path, "1e400", pos + "+Inf"}}
	}
	onOff := func(path string) [][3]string {
		return [][3]string{{path, "true", ""}, {path, "false", ""}, {path, "maybe", bool}}
	}
	text := func(path string) [][3]string {
		return [][3]string{{path, "x", ""}, {path, "''", empty}, {path, "' '", empty},
			{path, "1", `want text, got 1; write "1"`}}
	}
	texts := func(path string) [][3]string {
		return [][3]string{{path, "[x]", ""}, {path, "[]", ""}, {path, "[x, '']", empty},
			{path, "x", `want a list, got "x"`}}
	}
	rules := func(path string) [][3]string {
		return [][3]string{
			{path, "[]", ""}, {path, "[{status: [100, 599]}]", ""}, {path, "[{code: {in: [Busy]}}]", ""},
			{path, "[{status: [409], code: {path: errors.0.code, in: [Busy]}, kind: [api]}]", ""},
			{path, "[{status: [409]}, {status: [409, 99]}]", "rule 2: status: want statuses from 100 to 599, got 99"},
			{path, "[{status: [600]}]", "rule 1: status: want statuses from 100 to 599, got 600"},
			{path, "[{}]", "rule 1: is empty; give it a status, a code or a kind"},
			{path, "[{status: [], code: {}, kind: []}]", "rule 1: is empty; give it a status, a code or a kind"},
			{path, "[{code: {path: code}}]", "rule 1: code: lists no codes; list them: in: [ResourceBusy]"},
			{path, "[{code: {path: a..b, in: [x]}}]",
				`rule 1: code: path: want names with single dots between them, got "a..b"`},
			{path, "[{code: {in: [x, '']}}]", "rule 1: code: in: has an empty code; delete it"},
			{path, "{status: [409]}", "want a list, got a mapping"},
			{path, "[409]", "x: " + path + "[0]: want a mapping, got 409"},
			{path, "[{stauts: [409]}]", "x: " + path + `[0]: unknown key "stauts"; did you mean "status"?`},
			{path, "[{code: {in: [409]}}]", "x: " + path + `[0].code.in[0]: want text, got 409; write "409"`},
		}
	}
	rows := map[string][][3]string{
		"idempotency": {
			{"idempotency", "safe", ""}, {"idempotency", "idempotent", ""}, {"idempotency", "keyed", ""},
			{"idempotency", "conditional", ""}, {"idempotency", "unsafe", ""},
			{"idempotency", "idempotnt",
				`want safe, idempotent, keyed, conditional or unsafe, got "idempotnt"; did you mean "idempotent"?`},
			{"idempotency", "maybe", `want safe, idempotent, keyed, conditional or unsafe, got "maybe"`},
			{"idempotency", "''", empty}, {"idempotency", "true", `want text, got true; write "true"`},
		},
		"why": text("why"),
		"key.header": {{"key.header", "X-Key", ""}, {"key.header", "X Key", header + `"X Key"`},
			{"key.header", "''", empty}},
		"retry.attempts": {{"retry.attempts", "1", ""}, {"retry.attempts", "10", ""},
			{"retry.attempts", "0", "want 1 to 100, got 0"}, {"retry.attempts", "101", "want 1 to 100, got 101"},
			{"retry.attempts", "1000000", "want 1 to 100, got 1000000"},
			{"retry.attempts", "-1", "want 1 to 100, got -1"}},
		"retry.throttle.base":     duration("retry.throttle.base"),
		"retry.throttle.factor":   factor("retry.throttle.factor"),
		"retry.throttle.max":      duration("retry.throttle.max"),
		"retry.server.base":       duration("retry.server.base"),
		"retry.server.factor":     factor("retry.server.factor"),
		"retry.server.max":        duration("retry.server.max"),
		"retry.connection.base":   duration("retry.connection.base"),
		"retry.connection.factor": factor("retry.connection.factor"),
		"retry.connection.max":    duration("retry.connection.max"),
		"retry.jitter": {
			{"retry.jitter", "equal", ""}, {"retry.jitter", "full", ""}, {"retry.jitter", "none", ""},
			{"retry.jitter", "ful", `want equal, full or none, got "ful"; did you mean "full"?`},
		},
		"retry.max-retry-after": duration("retry.max-retry-after"),
		"retry.when": append(rules("retry.when"), [][3]string{
			{"retry.when", "[{kind: [transport, timeout, api, throttled, contract, empty-body, too-large]}]", ""},
			{"retry.when", "[{kind: [timout]}]", "rule 1: kind: want transport, timeout, api, throttled, contract, " +
				`empty-body or too-large, got "timout"; did you mean "timeout"?`},
			{"retry.when", "[{kind: [canceled]}]", "rule 1: kind: want transport, timeout, api, throttled, contract, " +
				`empty-body or too-large, got "canceled"`},
		}...),
		"retry.refused": {{"retry.refused", "[503]",
			"says without a why that the server did not run the request; add why: with the reason to believe it"},
			{"retry.refused", "[]", ""}, {"retry.refused", "[99]", "want statuses from 100 to 599, got 99"}},
		"retry.budget.enabled":      onOff("retry.budget.enabled"),
		"retry.budget.tokens":       number("retry.budget.tokens"),
		"retry.budget.cost":         number("retry.budget.cost"),
		"retry.budget.timeout-cost": number("retry.budget.timeout-cost"),
		"retry.budget.refill":       number("retry.budget.refill"),
		"retry.attempt-header": {{"retry.attempt-header", "X-Attempt", ""},
			{"retry.attempt-header", "a:b", header + `"a:b"`},
			{"retry.attempt-header", "\"a\\nb\"", header + `"a\nb"`}},
		"timeout.overall": duration("timeout.overall"),
		"timeout.attempt": duration("timeout.attempt"),
		"timeout.idle":    duration("timeout.idle"),
		"breaker.enabled": onOff("breaker.enabled"),
		"breaker.circuit": text("breaker.circuit"),
		"breaker.failure-rate": {
			{"breaker.failure-rate", "0.01", ""}, {"breaker.failure-rate", "1", ""}, {"breaker.failure-rate", "-1", ""},
			{"breaker.failure-rate", "0", "want more than 0 and at most 1, or negative for never, got 0"},
			{"breaker.failure-rate", "1.01", "want more than 0 and at most 1, or negative for never, got 1.01"},
			{"breaker.failure-rate", ".nan", "want more than 0 and at most 1, or negative for never, got NaN"},
		},
		"breaker.min-calls": whole("breaker.min-calls"),
		"breaker.window":    duration("breaker.window"),
		"breaker.consecutive": {{"breaker.consecutive", "1", ""}, {"breaker.consecutive", "-1", ""},
			{"breaker.consecutive", "0", "want at least 1, or negative for never, got 0"}},
		"breaker.open":     duration("breaker.open"),
		"breaker.max-open": duration("breaker.max-open"),
		"breaker.growth":   factor("breaker.growth"),
		"breaker.jitter": {
			{"breaker.jitter", "0.99", ""}, {"breaker.jitter", "-1", ""},
			{"breaker.jitter", "1", "want more than 0 and below 1, or negative for none, got 1"},
			{"breaker.jitter", "0", "want more than 0 and below 1, or negative for none, got 0"},
		},
		"breaker.probes":    whole("breaker.probes"),
		"breaker.successes": whole("breaker.successes"),
		"breaker.contract":  onOff("breaker.contract"),
		"rate.enabled":      onOff("rate.enabled"),
		"rate.per-second": {{"rate.per-second", "0.0000001", ""},
			{"rate.per-second", "0.00000009", "want at least 0.0000001, got 9e-08"},
			{"rate.per-second", "-1", "want at least 0.0000001, got -1"},
			{"rate.per-second", ".inf", "want at most 1000000, got +Inf"},
			{"rate.per-second", ".nan", "want at least 0.0000001, got NaN"}},
		"rate.burst": whole("rate.burst"),
		"rate.reserve": {{"rate.reserve", "1", ""}, {"rate.reserve", "-1", ""},
			{"rate.reserve", "0", "want at least 1, or -1 for none, got 0"}},
		"rate.cost": whole("rate.cost"),
		"rate.mode": {{"rate.mode", "enforce", ""}, {"rate.mode", "observe", ""},
			{"rate.mode", "log", `want enforce or observe, got "log"`}},
		"rate.bucket": text("rate.bucket"),
		"rate.also":   texts("rate.also"),
		"rate.scope": {{"rate.scope", "account", ""}, {"rate.scope", "application", ""},
			{"rate.scope", "app", `want account or application, got "app"`}},
		"breaker.scope": {{"breaker.scope", "host", ""}, {"breaker.scope", "account", ""},
			{"breaker.scope", "application", `want host or account, got "application"`}},
		"bulkhead.scope": {{"bulkhead.scope", "host", ""}, {"bulkhead.scope", "account", ""},
			{"bulkhead.scope", "application", `want host or account, got "application"`}},
		"rate.max-wait": duration("rate.max-wait"),
		"rate.learn":    onOff("rate.learn"),
		"rate.floor": {
			{"rate.floor", "0.01", ""}, {"rate.floor", "1", ""},
			{"rate.floor", "0", "want more than 0 and at most 1, got 0"},
			{"rate.floor", "1.1", "want more than 0 and at most 1, got 1.1"},
			{"rate.floor", "-0.1", "want more than 0 and at most 1, got -0.1"},
		},
		"rate.ceiling":            number("rate.ceiling"),
		"bulkhead.enabled":        onOff("bulkhead.enabled"),
		"bulkhead.max":            whole("bulkhead.max"),
		"bulkhead.max-wait":       duration("bulkhead.max-wait"),
		"hedge.enabled":           onOff("hedge.enabled"),
		"hedge.after":             duration("hedge.after"),
		"hedge.max":               whole("hedge.max"),
		"fallback.enabled":        onOff("fallback.enabled"),
		"fallback.stale-if-error": duration("fallback.stale-if-error"),
		"redirects.max": {
			{"redirects.max", "1", ""}, {"redirects.max", "-1", ""},
			{"redirects.max", "0", "want at least 1, or -1 for none, got 0"},
			{"redirects.max", "-2", "want at least 1, or -1 for none, got -2"},
		},
		"response.max-bytes": whole("response.max-bytes"),
		"request-id": {
			{"request-id", "[]", ""}, {"request-id", "[X-Id, y_id]", ""},
			{"request-id", "[X Id]", `want a header name, got "X Id"`},
		},
		"pagination.style": {{"pagination.style", "token", ""}, {"pagination.style", "offset", ""},
			{"pagination.style", "page", ""}, {"pagination.style", "link", ""}, {"pagination.style", "none", ""},
			{"pagination.style", "tokens",
				`want token, offset, page, link or none, got "tokens"; did you mean "token"?`}},
		"pagination.request":  text("pagination.request"),
		"pagination.response": text("pagination.response"),
		"pagination.items":    text("pagination.items"),
		"pagination.size":     text("pagination.size"),
		"pagination.rule": {{"pagination.rule", "same", ""}, {"pagination.rule", "token-only", ""},
			{"pagination.rule", "token_only", `want same or token-only, got "token_only"; did you mean "token-only"?`}},
		"pagination.with": {
			{"pagination.with", "[]", ""}, {"pagination.with", "[kind=more]", ""}, {"pagination.with", "[kind=]", ""},
			{"pagination.with", "[a=b=c, d=e]", ""},
			{"pagination.with", "[kind]", `want name=value, got "kind"`},
			{"pagination.with", `["=more"]`, `want name=value, got "=more"`},
			{"pagination.with", "[a=b, c]", `want name=value, got "c"`},
		},
		"pagination.ttl": duration("pagination.ttl"),
		"auth.kind":      text("auth.kind"),
		"auth.scope":     text("auth.scope"),
		"auth.elements":  texts("auth.elements"),
		"auth.scheme":    text("auth.scheme"),
		"auth.header": {{"auth.header", "X-Token", ""}, {"auth.header", "X Token", header + `"X Token"`},
			{"auth.header", "''", empty}},
		"success.field":           text("success.field"),
		"success.fail":            texts("success.fail"),
		"success.errors":          text("success.errors"),
		"success.items":           text("success.items"),
		"success.status":          text("success.status"),
		"success.error":           text("success.error"),
		"success.request":         text("success.request"),
		"breaker.slow-call.after": duration("breaker.slow-call.after"),
		"breaker.slow-call.rate": {
			{"breaker.slow-call.rate", "0.01", ""}, {"breaker.slow-call.rate", "1", ""},
			{"breaker.slow-call.rate", "-1", ""},
			{"breaker.slow-call.rate", "0", "want more than 0 and at most 1, or negative for never, got 0"},
			{"breaker.slow-call.rate", "1.01", "want more than 0 and at most 1, or negative for never, got 1.01"},
		},
		"breaker.mode": {{"breaker.mode", "enforce", ""}, {"breaker.mode", "observe", ""},
			{"breaker.mode", "observed", `want enforce or observe, got "observed"; did you mean "observe"?`}},
		"breaker.when.failure": rules("breaker.when.failure"),
		"breaker.when.ignore":  rules("breaker.when.ignore"),
		"throttled": append(rules("throttled"), [][3]string{
			{"throttled", "[{kind: [api]}]", ""},
			{"throttled", "[{kind: [timeout]}]", `rule 1: kind: want api, got "timeout"`},
		}...),
		"transport.max-idle":     whole("transport.max-idle"),
		"transport.max-conns":    whole("transport.max-conns"),
		"transport.idle-timeout": duration("transport.idle-timeout"),
		"transport.dial-timeout": duration("transport.dial-timeout"),
		"transport.tls-timeout":  duration("transport.tls-timeout"),
		"transport.max-age":      duration("transport.max-age"),
		"transport.ping":         duration("transport.ping"),
		"transport.ping-timeout": duration("transport.ping-timeout"),
	}
	for _, f := range policy.Fields() {
		if len(rows[f.Path]) == 0 {
			t.Errorf("%s: no rows", f.Path)
		}
		for _, row := range rows[f.Path] {
			if got := mistakes(row[0], row[1]); got != row[2] {
				t.Errorf("%s: %s: got %q, want %q", row[0], row[1], got, row[2])
			}
		}
	}
}

// Every number of a policy file has an upper bound.
func TestDecodeFile_UpperBounds(t *testing.T) {
	const million = "1000000"
	bounds := map[string][2]string{ // the greatest value and one above it, by key
		"retry.attempts": {"100", "101"}, "retry.throttle.factor": {"100", "100.5"},
		"retry.server.factor": {"100", "100.5"}, "retry.connection.factor": {"100", "100.5"},
		"retry.budget.tokens": {million, "1000000.5"}, "retry.budget.cost": {million, "1000000.5"},
		"retry.budget.timeout-cost": {million, "1000000.5"}, "retry.budget.refill": {million, "1000000.5"},
		"breaker.failure-rate": {"1", "1.01"}, "breaker.min-calls": {million, "1000001"},
		"breaker.consecutive": {million, "1000001"}, "breaker.growth": {"100", "100.5"},
		"breaker.jitter": {"0.99", "1"},
		"breaker.probes": {million, "1000001"}, "breaker.successes": {million, "1000001"},
		"breaker.slow-call.rate": {"1", "1.01"}, "rate.per-second": {million, "1000000.5"},
		"rate.burst": {million, "1000001"}, "rate.reserve": {million, "1000001"}, "rate.cost": {million, "1000001"},
		"rate.floor": {"1", "1.01"}, "rate.ceiling": {"1000", "1000.5"}, "bulkhead.max": {million, "1000001"},
		"hedge.max": {"10", "11"}, "redirects.max": {"20", "21"}, "response.max-bytes": {"4294967296", "4294967297"},
		"transport.max-idle": {million, "1000001"}, "transport.max-conns": {million, "1000001"},
	}
	for _, f := range policy.Fields() {
		bound, known := bounds[f.Path]
		if f.Type == "duration" {
			bound, known = [2]string{"720h", "720h0m0.000000001s"}, true
		}
		if !known {
			if f.Type == "whole number" || f.Type == "number" {
				t.Errorf("%s has no upper bound", f.Path)
			}
			continue
		}
		if _, found := policyfile.DecodeFile("f", []byte("defaults: "+nest(f.Path, bound[0]))); len(found) > 0 {
			t.Errorf("got %v", found)
		}
		_, found := policyfile.DecodeFile("f", []byte("defaults: "+nest(f.Path, bound[1])))
		if len(found) != 1 || found[0].Code != "policy-value" || found[0].Subject != "defaults: "+f.Path {
			t.Errorf("%s: %s: got %v", f.Path, bound[1], found)
		}
	}
}

// A document may set less than a policy file, because documents are often written by others.
func TestDecodeExtension_Bounds(t *testing.T) {
	const cure = "; set it in a policy file, which may allow more than a document"
	for _, test := range []struct{ path, value, want string }{
		{"retry.attempts", "10", ""},
		{"retry.attempts", "11", "want at most 10 in a document, got 11" + cure},
		{"retry.attempts", "101", "want 1 to 100, got 101"},
		{"bulkhead.max", "11", ""},
		{"timeout.overall", "24h", ""},
		{"timeout.overall", "24h1ns", "want at most 24h in a document, got 24h0m0.000000001s" + cure},
		{"timeout.overall", "9000h", "want at most 720h, got 9000h"},
		{"retry.max-retry-after", "25h", "want at most 24h in a document, got 25h" + cure},
	} {
		if got := mistakes(test.path, test.value); got != test.want {
			t.Errorf("%s: %s: got %q, want %q", test.path, test.value, got, test.want)
		}
	}
	n, _ := tree.Parse("f", []byte("circuits: {c: {open: 25h, max-open: 26h}}\nbuckets: {b: {max-wait: 25h}}"))
	_, found := policyfile.DecodeRootExtension(n)
	want := "f:1:22: circuit c: open: want at most 24h in a document, got 25h" + cure + "\n" +
		"f:1:37: circuit c: max-open: want at most 24h in a document, got 26h" + cure + "\n" +
		"f:2:25: bucket b: max-wait: want at most 24h in a document, got 25h" + cure
	if found.Error() != want {
		t.Errorf("got %s, want %s", found, want)
	}
}

// Keys that other keys have replaced are errors with the new spelling.
func TestDecodeExtension_Moved(t *testing.T) {
	for _, test := range []struct{ path, value, want string }{
		{"retry.statuses", "[409, 423]",
			"x: retry: retry.statuses is replaced by retry.when; write retry: {when: [{status: [409, 423]}]}"},
		{"success.throttled", "[QuotaExceeded]",
			"x: success: success.throttled is replaced by throttled; write throttled: [{code: {in: [QuotaExceeded]}}]"},
		{"success.throttled", "", "x: success: success.throttled is replaced by throttled; write throttled: [{code: {in: []}}]"},
		{"success.throttled", "['a, b', \"429\"]",
			`x: success: success.throttled is replaced by throttled; write throttled: [{code: {in: ["a, b", "429"]}}]`},
		{"retry.throttled", "[x]",
			`x: retry: unknown key "throttled"; did you mean "throttle"?`},
		{"hedge.statuses", "[409]", `x: hedge: unknown key "statuses"; the keys are enabled, after, max`},
	} {
		if got := mistakes(test.path, test.value); got != test.want {
			t.Errorf("%s: %s:\n got %s\nwant %s", test.path, test.value, got, test.want)
		}
	}
	_, found := policyfile.DecodeFile("f", []byte("defaults: {retry: {bogus: 1, attempts: x, statuses: [409]}}"))
	want := `f:1:20: defaults: retry: unknown key "bogus"; the keys are attempts, throttle, server, connection, ` +
		"jitter, max-retry-after, when, refused, budget, attempt-header\n" +
		`f:1:40: defaults: retry.attempts: want a whole number, got "x"` + "\n" +
		"f:1:43: defaults: retry: retry.statuses is replaced by retry.when; write retry: {when: [{status: [409]}]}"
	if got := found.Error(); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestDecodeExtension_Conflicts(t *testing.T) {
	tests := []struct{ doc, want string }{
		{"retry: {throttle: {base: 2s, max: 1s}}", "f:1:30: op: retry.throttle.base: 2s is longer than max, 1s; shorten it, or raise max"},
		{"retry: {server: {base: 2m, max: 1m}}", "f:1:28: op: retry.server.base: 2m is longer than max, 1m; shorten it, or raise max"},
		{"retry: {connection: {base: 2s, max: 1s}}", "f:1:32: op: retry.connection.base: 2s is longer than max, 1s; shorten it, or raise max"},
		{"retry: {connection: {base: 2s, max: 2s}}", ""},
		{"retry: {connection: {base: 2s}}", ""},
		{"timeout: {overall: 1s, attempt: 2s}", "f:1:37: op: timeout.attempt: 2s is longer than timeout.overall, 1s; shorten it, or raise timeout.overall"},
		{"timeout: {overall: 2s, attempt: 2s}", ""},
		{"breaker: {open: 2m, max-open: 1m}", "f:1:21: op: breaker.open: 2m is longer than max-open, 1m; shorten it, or raise max-open"},
		{"rate: {floor: 0.5, ceiling: 0.4}", "f:1:19: op: rate.floor: 0.5 is more than the ceiling, 0.4; lower it, or raise rate.ceiling"},
		{"rate: {floor: 0.5, ceiling: 0.5}", ""},
		{"rate: {floor: 0.5}", ""},
		{"retry: {refused: [503]}",
			"f:1:22: op: retry.refused: says without a why that the server did not run the request; add why: with " +
				"the reason to believe it"},
		{"retry: {throttle: {base: 0s, max: 1s}, refused: [503]}",
			"f:1:30: op: retry.throttle.base: want more than 0, got 0s"},
	}
	for _, test := range tests {
		n, found := tree.Parse("f", []byte("x: {"+test.doc+"}"))
		if len(found) > 0 {
			t.Fatal(found)
		}
		if _, found = policyfile.DecodeExtension(n.Get("x"), "op"); found.Error() != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.doc, found, test.want)
		}
	}
	n, _ := tree.Parse("f", []byte("why: it answers before it looks\nretry: {refused: [503]}"))
	if _, found := policyfile.DecodeExtension(n, "op"); len(found) > 0 {
		t.Errorf("refused with a why: %v", found)
	}
}
