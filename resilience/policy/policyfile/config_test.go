package policyfile_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// shop and depot are two APIs with the same shape.
func shop(name string) policy.API {
	return policy.API{
		Name: name,
		Defaults: policy.Policy{Retry: policy.Retry{Attempts: 4}, Timeout: policy.Timeout{Overall: time.Minute},
			Rate: policy.Rate{PerSecond: 10, Burst: 10}},
		Circuits: map[string]policy.Breaker{"main": {Open: time.Minute, Consecutive: 5}},
		Buckets:  map[string]policy.Rate{"orders": {PerSecond: 1, Burst: 5}},
		Operations: []policy.Operation{
			{ID: "listItems", Method: "GET", Path: "/items", Policy: policy.Policy{Idempotency: policy.Safe}},
			{ID: "deleteItem", Method: "DELETE", Path: "/items/{id}",
				Policy: policy.Policy{Idempotency: policy.Idempotent, Why: "gone is gone"}},
			{ID: "signIn", Method: "POST", Path: "/session",
				Policy: policy.Policy{Idempotency: policy.Unsafe, Retry: policy.Retry{Attempts: 1}}},
			{Method: "POST", Path: "/orders", Policy: policy.Policy{Idempotency: policy.Keyed, Why: "the key"}},
		},
	}
}

func resolve(t *testing.T, doc string, apis ...policy.API) ([]policy.Resolved, diag.List) {
	t.Helper()
	c, found := policyfile.DecodeConfig("run.yaml", []byte(doc))
	if len(found) > 0 {
		t.Fatalf("policyfile.DecodeConfig(%q): %v", doc, found)
	}
	return c.Resolve(apis...)
}

func TestDecodeConfig_Empty(t *testing.T) {
	for _, doc := range []string{"", "\n", "# nothing\n", "{}", "apis:", "apis: {}", "apis: {shop: }",
		"apis: {shop: {operations: , defaults: }}"} {
		got, found := resolve(t, doc, shop("shop"))
		if len(found) > 0 {
			t.Errorf("%q: %v", doc, found)
			continue
		}
		if p := got[0].Operations[1]; p.Retry.Attempts != 4 || p.Idempotency != policy.Idempotent ||
			p.Why != "gone is gone" || !reflect.DeepEqual(got[0].Defaults, shop("").Defaults) {
			t.Errorf("%q changed something: %+v", doc, got[0])
		}
	}
	var none *policy.Config
	if got, found := none.Resolve(shop("shop")); len(found) > 0 || got[0].Operations[2].Retry.Attempts != 1 {
		t.Errorf("nil: %+v %v", got, found)
	}
}

func TestDecodeConfig_Errors(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"half-saved", "apis:\n  shop:\n    operations: {listItems: {retry: {att",
			"run.yaml:3:5: a mapping in braces lacks a comma or its }; add it, or put text with braces in quotes"},
		{"half-saved JSON", `{"apis": {"shop": {`,
			"run.yaml:1:20: want a key in double quotes, got the end of the file"},
		{"half a key", "apis:\n  shop:\n    oper", `run.yaml:3:5: api shop: want a mapping, got "oper"`},
		{"binary", "\x00\x01", "run.yaml:1:1: is binary: it contains a control character; want text in UTF-8"},
		{"a list", "- apis", "run.yaml:1:1: want a mapping, got a list"},
		{"unknown key", "api: {}", `run.yaml:1:1: unknown key "api"; did you mean "apis"?`},
		{"apis as a list", "apis: [shop]", "run.yaml:1:7: apis: want a mapping, got a list"},
		{"unknown key of an API", "apis: {shop: {default: {}}}",
			`run.yaml:1:15: api shop: unknown key "default"; did you mean "defaults"?`},
		{"attempts 0", "apis: {shop: {defaults: {retry: {attempts: 0}}}}",
			"run.yaml:1:44: api shop: defaults: retry.attempts: want 1 to 100, got 0"},
		{"attempts 1,000,000", "apis: {shop: {operations: {listItems: {retry: {attempts: 1000000}}}}}",
			"run.yaml:1:58: operation listItems: retry.attempts: want 1 to 100, got 1000000"},
		{"rate 0", "apis: {shop: {operations: {'*': {rate: {per-second: 0}}}}}",
			"run.yaml:1:53: operation *: rate.per-second: want at least 0.0000001, got 0"},
		{"duration without unit", "apis: {shop: {defaults: {timeout: {overall: 30}}}}",
			"run.yaml:1:45: api shop: defaults: timeout.overall: 30 has no unit; write 30s"},
		{"operation key", "apis: {shop: {operations: {/items: {}}}}",
			`run.yaml:1:28: operation key "/items" has no method; write GET /items or the like`},
		{"circuit", "apis: {shop: {circuits: {main: {open: 0s}}}}",
			"run.yaml:1:39: circuit main: open: want more than 0, got 0s"},
		{"bucket", "apis: {shop: {buckets: {orders: {burst: 0}}}}",
			"run.yaml:1:41: bucket orders: burst: want at least 1, got 0"},
		{"sorted", "apis:\n  b: {defaults: {rate: {burst: 0}}}\n  a: {x: 1}\ny: 1",
			"run.yaml:2:32: api b: defaults: rate.burst: want at least 1, got 0\nrun.yaml:3:7: api a: unknown key " +
				"\"x\"; the keys are defaults, circuits, buckets, operations\nrun.yaml:4:1: unknown key \"y\"; the keys " +
				"are apis"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if c, found := policyfile.DecodeConfig("run.yaml", []byte(test.doc)); c == nil ||
				found.Error() != test.want {
				t.Errorf("got  %v\nwant %s", found, test.want)
			}
		})
	}
}

// TestConfig_Resolve_Order asks for the attempts of listItems, deleteItem, signIn and POST /orders.
func TestConfig_Resolve_Order(t *testing.T) {
	tests := []struct {
		name, doc string
		want      [4]int
	}{
		{"nothing", "apis: {}", [4]int{4, 4, 1, 4}},
		{"defaults are inherited", "apis: {shop: {defaults: {retry: {attempts: 2}}}}", [4]int{2, 2, 1, 2}},
		{"a name beats a glob, whatever the order",
			"apis: {shop: {defaults: {retry: {attempts: 2}}}, '*': {defaults: {retry: {attempts: 3}}}}",
			[4]int{2, 2, 1, 2}},
		{"globs in the order of the file",
			"apis: {'s*': {defaults: {retry: {attempts: 2}}}, '*': {defaults: {retry: {attempts: 3}}}}",
			[4]int{3, 3, 1, 3}},
		{"an operation", "apis: {shop: {operations: {listItems: {retry: {attempts: 2}}}}}", [4]int{2, 4, 1, 4}},
		{"an operation beats defaults",
			"apis: {shop: {operations: {listItems: {retry: {attempts: 2}}}, defaults: {retry: {attempts: 3}}}}",
			[4]int{2, 3, 1, 3}},
		{"method and path", "apis: {shop: {operations: {DELETE /items/{id}: {retry: {attempts: 2}}}}}",
			[4]int{4, 2, 1, 4}},
		{"an operation without an id", "apis: {shop: {operations: {POST /orders: {retry: {attempts: 2}}}}}",
			[4]int{4, 4, 1, 2}},
		{"a glob reaches all", "apis: {shop: {operations: {'*': {retry: {attempts: 7}}}}}", [4]int{7, 7, 7, 7}},
		{"a glob of paths", "apis: {shop: {operations: {'* /items*': {retry: {attempts: 7}}}}}", [4]int{7, 7, 1, 4}},
		{"an operation beats a glob, whatever the order",
			"apis: {shop: {operations: {signIn: {retry: {attempts: 2}}, '*': {retry: {attempts: 7}}}}}",
			[4]int{7, 7, 2, 7}},
		{"an operation of a glob beats a glob of the name",
			"apis: {'*': {operations: {signIn: {retry: {attempts: 2}}}}, shop: {operations: {'*': {retry: " +
				"{attempts: 7}}}}}", [4]int{7, 7, 2, 7}},
		{"of the same operation the name beats the glob",
			"apis: {shop: {operations: {signIn: {retry: {attempts: 2}}}}, '*': {operations: {signIn: {retry: " +
				"{attempts: 3}}}}}", [4]int{4, 4, 2, 4}},
	}
	for _, test := range tests {
		doc := strings.ReplaceAll(test.doc, "DELETE /items/{id}", "'DELETE /items/{id}'")
		got, found := resolve(t, doc, shop("shop"))
		if len(found) > 0 {
			t.Errorf("%s: %v", test.name, found)
			continue
		}
		var attempts [4]int
		for i, p := range got[0].Operations {
			attempts[i] = p.Retry.Attempts
			if p.Timeout.Overall != time.Minute {
				t.Errorf("%s: the policy of operation %d is not full", test.name, i)
			}
		}
		if attempts != test.want {
			t.Errorf("%s: got %v, want %v", test.name, attempts, test.want)
		}
	}
}

func TestConfig_Resolve_SeveralAPIs(t *testing.T) {
	got, found := resolve(t,
		"apis:\n  '*': {defaults: {retry: {attempts: 3}}}\n  depot: {operations: {listItems: {retry: {attempts: 2}}}}",
		shop("shop"), shop("depot"))
	if len(found) > 0 || got[0].Operations[0].Retry.Attempts != 3 || got[1].Operations[0].Retry.Attempts != 2 {
		t.Errorf("got %+v %v", got, found)
	}
}

func TestConfig_Resolve_SuggestsOperationsOfTheAPI(t *testing.T) {
	other := policy.API{Name: "other", Operations: []policy.Operation{{ID: "fooBar"}}}
	_, found := resolve(t, "apis: {shop: {operations: {fooBaz: {}}}}", shop("shop"), other)
	if want := `run.yaml:1:28: there is no operation "fooBaz"`; found.Error() != want {
		t.Errorf("got  %v\nwant %s", found, want)
	}
	got, _ := resolve(t, "apis: {shop: {circuits: {mian: {}}}}", shop("shop"))
	if len(got[0].Circuits) != 1 {
		t.Errorf("an unknown circuit came to be: %v", got[0].Circuits)
	}
}

func TestConfig_Resolve_CircuitsAndBuckets(t *testing.T) {
	api := shop("shop")
	got, found := resolve(t,
		"apis: {shop: {circuits: {main: {open: 5s}}, buckets: {orders: {per-second: 2}}, operations: {listItems: "+
			"{breaker: {circuit: main}, rate: {bucket: orders}}}}}", api)
	if len(found) > 0 {
		t.Fatal(found)
	}
	if c := got[0].Circuits["main"]; !c.Equal(policy.Breaker{Open: 5 * time.Second, Consecutive: 5}) {
		t.Errorf("circuit %+v", c)
	}
	if b := got[0].Buckets["orders"]; b.PerSecond != 2 || b.Burst != 5 {
		t.Errorf("bucket %+v", b)
	}
	if p := got[0].Operations[0]; p.Breaker.Circuit != "main" || p.Rate.Bucket != "orders" {
		t.Errorf("operation %+v", p)
	}
	if api.Circuits["main"].Open != time.Minute || api.Buckets["orders"].PerSecond != 1 {
		t.Error("Resolve changed what it was given")
	}
}

func TestConfig_Resolve_Class(t *testing.T) {
	order := []policy.Class{policy.Unsafe, policy.Conditional, policy.Keyed, policy.Idempotent, policy.Safe}
	for i, from := range order {
		for j, to := range order {
			api := policy.API{Name: "a",
				Operations: []policy.Operation{{ID: "op", Policy: policy.Policy{Idempotency: from, Why: "w"}}}}
			got, found := resolve(t, "apis: {a: {operations: {op: {idempotency: "+string(to)+"}}}}", api)
			if j <= i {
				if len(found) > 0 || got[0].Operations[0].Idempotency != to || got[0].Operations[0].Why != "" {
					t.Errorf("%s to %s: got %+v %v", from, to, got[0].Operations[0], found)
				}
				continue
			}
			want := "run.yaml:1:43: operation op: idempotency: " + string(to) +
				" would raise the class of op, which is " + string(from) +
				"; a configuration may only lower it; set it in the policy file and generate again"
			if found.Error() != want || got[0].Operations[0].Idempotency != from {
				t.Errorf("got  %v\nwant %s", found, want)
			}
		}
	}
}

func TestConfig_Resolve_ClassOfTheClientIsTheLimit(t *testing.T) {
	got, found := resolve(t, "apis: {shop: {operations: {'*': {idempotency: unsafe}, listItems: {idempotency: safe}}}}",
		shop("shop"))
	if len(found) > 0 {
		t.Fatal(found)
	}
	for i, want := range []policy.Class{policy.Safe, policy.Unsafe, policy.Unsafe, policy.Unsafe} {
		if class := got[0].Operations[i].Idempotency; class != want {
			t.Errorf("operation %d: %s, want %s", i, class, want)
		}
	}
}

func TestConfig_Resolve_Errors(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"unknown api", "apis: {shap: {}}", `run.yaml:1:8: there is no api "shap"; did you mean "shop"?`},
		{"unknown api with operations", "apis: {shap: {operations: {x: {}}}}",
			`run.yaml:1:8: there is no api "shap"; did you mean "shop"?`},
		{"glob of apis", "apis: {'x*': {}}", `run.yaml:1:8: the glob "x*" matches no api`},
		{"unknown operation", "apis: {shop: {operations: {listItem: {}}}}",
			`run.yaml:1:28: there is no operation "listItem"; did you mean "listItems"?`},
		{"unknown path", "apis: {shop: {operations: {GET /item: {}}}}",
			`run.yaml:1:28: there is no operation "GET /item"; did you mean "GET /items"?`},
		{"unknown and unlike", "apis: {shop: {operations: {zzz: {}}}}", `run.yaml:1:28: there is no operation "zzz"`},
		{"glob of operations", "apis: {shop: {operations: {'put*': {}}}}",
			`run.yaml:1:28: the glob "put*" matches no operation`},
		{"operation under a glob", "apis: {'*': {operations: {listItem: {}}}}",
			`run.yaml:1:27: there is no operation "listItem"; did you mean "listItems"?`},
		{"class for all", "apis: {shop: {defaults: {idempotency: unsafe}}}",
			`run.yaml:1:39: api shop: defaults: idempotency: a configuration sets no class for a whole API; name the operations under operations:`},
		{"class raised by a glob", "apis: {shop: {operations: {'sign*': {idempotency: keyed}}}}",
			`run.yaml:1:51: operation sign*: idempotency: keyed would raise the class of signIn, which is unsafe; a configuration may only lower it; set it in the policy file and generate again`},
		{"class raised without an id", "apis: {shop: {operations: {POST /orders: {idempotency: safe}}}}",
			`run.yaml:1:56: operation POST /orders: idempotency: safe would raise the class of POST /orders, which is keyed; a configuration may only lower it; set it in the policy file and generate again`},
		{"unknown circuit", "apis: {shop: {circuits: {mian: {}}}}",
			`run.yaml:1:26: api shop: there is no circuit "mian"; did you mean "main"?`},
		{"unknown bucket", "apis: {shop: {buckets: {zzz: {}}}}", `run.yaml:1:25: api shop: there is no bucket "zzz"`},
		{"circuit of an operation", "apis: {shop: {operations: {listItems: {breaker: {circuit: mian}}}}}",
			`run.yaml:1:59: operation listItems: breaker.circuit: there is no circuit "mian"; did you mean "main"?`},
		{"bucket of all", "apis: {shop: {defaults: {rate: {bucket: order}}}}",
			`run.yaml:1:41: api shop: defaults: rate.bucket: there is no bucket "order"; did you mean "orders"?`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, found := resolve(t, test.doc, shop("shop")); found.Error() != test.want {
				t.Errorf("got  %v\nwant %s", found, test.want)
			}
		})
	}
}

// TestConfig_Resolve_MadeInGo has values that no file was checked for.
func TestConfig_Resolve_MadeInGo(t *testing.T) {
	key := policy.Selector{ID: "signIn"}
	c := &policy.Config{APIs: []policy.APIConfig{{
		Name:     "shop",
		Defaults: policy.Layer{Policy: policy.Policy{Retry: policy.Retry{Attempts: -1}}},
		Operations: []policy.Entry{{Key: key, Layer: policy.Layer{Policy: policy.Policy{Idempotency: "sure",
			Rate: policy.Rate{Burst: -1}}}}},
		Circuits: map[string]policy.Breaker{"main": {Growth: 0.5}, "none": {}},
		Buckets:  map[string]policy.Rate{"orders": {PerSecond: -1}},
	}}}
	_, found := c.Resolve(shop("shop"))
	want := "api shop: defaults: retry.attempts: want 1 to 100, got -1\n" +
		"api shop: there is no circuit \"none\"\n" +
		"bucket orders: rate.per-second: want at least 0.0000001, got -1\n" +
		"circuit main: breaker.growth: want at least 1, got 0.5\n" +
		"operation signIn: idempotency: want safe, idempotent, keyed, conditional or unsafe, got \"sure\"\n" +
		"operation signIn: rate.burst: want at least 1, got -1"
	if found.Error() != want {
		t.Errorf("got  %v\nwant %s", found, want)
	}
	c = &policy.Config{APIs: []policy.APIConfig{{Name: "shop",
		Operations: []policy.Entry{{Key: key,
			Layer: policy.Layer{Policy: policy.Policy{Retry: policy.Retry{Attempts: 2}}}}}}}}
	if got, found := c.Resolve(shop("shop")); len(found) > 0 || got[0].Operations[2].Retry.Attempts != 2 {
		t.Errorf("got %+v %v", got, found)
	}
}
