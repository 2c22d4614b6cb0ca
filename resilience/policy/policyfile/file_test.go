package policyfile_test

import (
	"maps"
	"reflect"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/tree"
)

const policyFile = `# what the documents do not say
unmatched: allow
defaults:
  breaker: {failure-rate: 0.5, open: 30s, circuit: main}
circuits:
  main: {consecutive: 5, open: 60s, enabled: true}
buckets:
  reports: {per-second: 0.0167, burst: 15}
operations:
  DELETE /items/{sku}:
    idempotency: idempotent
    why: a repeat finds nothing to delete
    rate: {per-second: 5, burst: 5}
  createReport:
    retry: {attempts: 1}
    rate: {also: [reports]}
  empty:
`

func TestDecodeFile(t *testing.T) {
	f, found := policyfile.DecodeFile("specs/policy.yaml", []byte(policyFile))
	if len(found) > 0 {
		t.Fatal(found)
	}
	source := func(line, column int) policy.Source {
		return policy.Source{Kind: policy.FromFile, Pos: diag.Position{File: "specs/policy.yaml", Line: line,
			Column: column}}
	}
	want := &policy.File{
		Path: "specs/policy.yaml", AllowUnmatched: true,
		Defaults: policy.Layer{
			Policy: policy.Policy{Breaker: policy.Breaker{FailureRate: 0.5, Open: 30 * time.Second, Circuit: "main"}},
			Sources: map[string]policy.Source{
				"breaker.failure-rate": source(4, 27), "breaker.open": source(4, 38), "breaker.circuit": source(4, 52),
			},
		},
		Circuits: map[string]policy.Breaker{"main": {Consecutive: 5, Open: 60 * time.Second, Enabled: policy.On}},
		Buckets:  map[string]policy.Rate{"reports": {PerSecond: 0.0167, Burst: 15}},
		Operations: []policy.Entry{
			{
				Key: policy.Selector{Method: "DELETE", Path: "/items/{sku}"},
				Pos: source(10, 3).Pos,
				Layer: policy.Layer{
					Policy: policy.Policy{
						Idempotency: policy.Idempotent,
						Why:         "a repeat finds nothing to delete",
						Rate:        policy.Rate{PerSecond: 5, Burst: 5},
					},
					Sources: map[string]policy.Source{
						"idempotency": source(11, 18), "why": source(12, 10),
						"rate.per-second": source(13, 24), "rate.burst": source(13, 34),
					},
				},
			},
			{
				Key: policy.Selector{ID: "createReport"},
				Pos: source(14, 3).Pos,
				Layer: policy.Layer{
					Policy: policy.Policy{
						Retry: policy.Retry{Attempts: 1}, Rate: policy.Rate{Also: []string{"reports"}},
					},
					Sources: map[string]policy.Source{
						"retry.attempts": source(15, 23), "rate.also": source(16, 18),
					},
				},
			},
			{
				Key: policy.Selector{ID: "empty"}, Pos: source(17, 3).Pos,
				Layer: policy.Layer{Sources: map[string]policy.Source{}},
			},
		},
		Sources: policy.SharedSources{
			"circuit main": {"": source(6, 3), "breaker.consecutive": source(6, 23), "breaker.open": source(6, 32),
				"breaker.enabled": source(6, 46)},
			"bucket reports": {"": source(8, 3), "rate.per-second": source(8, 25), "rate.burst": source(8, 40)},
		},
	}
	if !reflect.DeepEqual(f, want) {
		t.Errorf("got  %+v\nwant %+v", f, want)
	}
}

func TestDecodeFile_Unmatched(t *testing.T) {
	for doc, want := range map[string]bool{"unmatched: error": false, "unmatched: allow": true, "defaults: {}": false} {
		if f, found := policyfile.DecodeFile("f", []byte(doc)); len(found) > 0 || f.AllowUnmatched != want {
			t.Errorf("%s: got %v %v", doc, f.AllowUnmatched, found)
		}
	}
}

func TestDecodeFile_Errors(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"empty", "", "f:1:1: is empty; write at least one key"},
		{"syntax", "a: [", "f:1:1: a value is missing, or a bracket is not closed; close it, or put text that " +
			"starts with a comma, a bracket or a brace in quotes"},
		{"a list", "- a", "f:1:1: want a mapping, got a list"},
		{"unknown key", "operation: {}", `f:1:1: unknown key "operation"; did you mean "operations"?`},
		{"unmatched", "unmatched: maybe", `f:1:12: unmatched: want allow or error, got "maybe"`},
		{"duplicate operation", "operations:\n  a: {}\n  a: {}",
			`f:3:3: the key "a" is repeated; it is first at line 2, column 3; keep one`},
		{"operations as a list", "operations: [a]", `f:1:13: operations: want a mapping, got a list`},
		{"circuits as text", "circuits: x", `f:1:11: circuits: want a mapping, got "x"`},
		{"buckets as a number", "buckets: 1", `f:1:10: buckets: want a mapping, got 1`},
		{"policy as text", "operations: {a: safe}", `f:1:17: operation a: want a mapping, got "safe"`},
		{"typo in an operation", "operations:\n  GET /x:\n    idempotncy: safe",
			`f:3:5: operation GET /x: unknown key "idempotncy"; did you mean "idempotency"?`},
		{"typo deep down", "defaults:\n  retry: {throttle: {bsae: 1s}}",
			`f:2:22: defaults: retry.throttle: unknown key "bsae"; did you mean "base"?`},
		{"operation without method", "operations: {/x: {}}",
			`f:1:14: operation key "/x" has no method; write GET /x or the like`},
		{"operation in lower case", "operations: {get /x: {}}",
			`f:1:14: operation key "get /x" has its method in lower case; write GET /x`},
		{"empty operation key", "operations: {'': {}}",
			`f:1:14: operation key "" is empty; write METHOD /path or an operationId`},
		{"glob", "operations: {list*: {}}",
			`f:1:14: operation key "list*" is a glob; name each operation, or use defaults: for all`},
		{"unknown circuit", "defaults: {breaker: {circuit: mian}}\ncircuits: {main: {}}",
			`f:1:31: defaults: breaker.circuit: there is no circuit "mian"; did you mean "main"?`},
		{"no circuit at all", "operations: {a: {breaker: {circuit: main}}}",
			`f:1:37: operation a: breaker.circuit: there is no circuit "main"; define it under circuits:`},
		{"unknown bucket", "operations: {a: {rate: {bucket: b}}}\nbuckets: {orders: {}}",
			`f:1:33: operation a: rate.bucket: there is no bucket "b"; define it under buckets:`},
		{"unknown bucket next to a known one", "operations: {a: {rate: {also: [orders, order]}}}\nbuckets: {orders: {}}",
			`f:1:31: operation a: rate.also: there is no bucket "order"; did you mean "orders"?`},
		{"circuit with a mistake", "circuits:\n  main: {open: 30, growth: 0.5, windw: 1s}",
			"f:2:16: circuit main: open: 30 has no unit; write 30s\nf:2:28: circuit main: growth: want at least 1, " +
				"got 0.5\nf:2:33: circuit main: unknown key \"windw\"; did you mean \"window\"?"},
		{"circuit with a conflict", "circuits:\n  main: {open: 30m, max-open: 1m}",
			"f:2:16: circuit main: open: 30m is longer than max-open, 1m; shorten it, or raise max-open"},
		{"circuit of a circuit", "circuits: {main: {circuit: other}}",
			`f:1:28: circuit main: circuit: a named circuit cannot refer to another; delete the key`},
		{"bucket of a bucket", "buckets: {a: {bucket: b, also: [c]}}",
			"f:1:23: bucket a: bucket: a named bucket cannot refer to another; delete the key\nf:1:32: bucket a: " +
				"also: a named bucket cannot refer to another; delete the key"},
		{"circuit without a name", "circuits: {'': {}}", `f:1:12: a circuit has an empty name; name it`},
		{"sorted", "operations: {b: {retry: {attempts: 0}}}\ndefaults: {rate: {burst: 0}}\nx: 1",
			"f:1:36: operation b: retry.attempts: want 1 to 100, got 0\nf:2:26: defaults: rate.burst: want at least " +
				"1, got 0\nf:3:1: unknown key \"x\"; the keys are unmatched, defaults, circuits, buckets, operations"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, found := policyfile.DecodeFile("f", []byte(test.doc))
			if f == nil || found.Error() != test.want {
				t.Errorf("got  %v\nwant %s", found, test.want)
			}
		})
	}
}

func TestDecodeFile_KeepsWhatIsRight(t *testing.T) {
	f, found := policyfile.DecodeFile("f",
		[]byte("operations:\n  a: {retry: {attempts: 0}}\n  b: {retry: {attempts: 2}}"))
	if len(found) != 1 || len(f.Operations) != 2 || f.Operations[1].Layer.Policy.Retry.Attempts != 2 {
		t.Errorf("got %+v %v", f, found)
	}
}

func TestDecodeExtension(t *testing.T) {
	n, _ := tree.Parse("f",
		[]byte("get:\n  x-resgen:\n    retry: {attempts: 2}\n    idempotency: safe\n    circuits: {}"))
	e, found := policyfile.DecodeExtension(n.Lookup("/get/x-resgen"), "operation getItem")
	if e.Layer.Policy.Retry.Attempts != 2 || e.Layer.Policy.Idempotency != policy.Safe || e.Circuits != nil {
		t.Errorf("got %+v", e)
	}
	want := map[string]policy.Source{"retry.attempts": {Kind: policy.FromExtension,
		Pos: diag.Position{File: "f", Line: 3, Column: 23}, Note: "x-resgen"},
		"idempotency": {
			Kind: policy.FromExtension, Pos: diag.Position{File: "f", Line: 4, Column: 18}, Note: "x-resgen",
		}}
	if !maps.Equal(e.Layer.Sources, want) {
		t.Errorf("got %v", e.Layer.Sources)
	}
	if want := `f:5:5: operation getItem: unknown key "circuits"; the keys are idempotency, why, key, retry, timeout, breaker, rate, bulkhead, hedge, fallback, redirects, response, request-id, pagination, auth, success, throttled, transport`; found.Error() != want {
		t.Errorf("got  %v\nwant %s", found, want)
	}
}

func TestDecodeExtension_Nothing(t *testing.T) {
	e, found := policyfile.DecodeExtension(nil, "x")
	if len(found) > 0 || len(e.Layer.Sources) > 0 || !reflect.ValueOf(e.Layer.Policy).IsZero() {
		t.Errorf("got %+v %v", e, found)
	}
	if e, found = policyfile.DecodeRootExtension(nil); len(found) > 0 || len(e.Circuits)+len(e.Buckets) > 0 {
		t.Errorf("got %+v %v", e, found)
	}
}

func TestDecodeRootExtension(t *testing.T) {
	n, _ := tree.Parse("f",
		[]byte(`{"retry": {"attempts": 3}, "circuits": {"c": {"open": "1s"}}, "buckets": {"b": {"burst": 0}}, "bucket": 1}`))
	e, found := policyfile.DecodeRootExtension(n)
	if e.Layer.Policy.Retry.Attempts != 3 || e.Circuits["c"].Open != time.Second || len(e.Buckets) != 1 {
		t.Errorf("got %+v", e)
	}
	want := "f:1:90: bucket b: burst: want at least 1, got 0\nf:1:95: x-resgen: unknown key \"bucket\"; did you " +
		"mean \"buckets\"?"
	if found.Error() != want {
		t.Errorf("got  %v\nwant %s", found, want)
	}
}
