package explanation

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// shop returns an API with two operations. The first has a bucket and a circuit, and pages.
func shop() *api.API {
	at := func(line int) policy.Source {
		return policy.Source{Kind: policy.FromFile, Pos: diag.Position{File: "p.yaml", Line: line, Column: 1}}
	}
	p := policy.Default()
	p.Idempotency = policy.Unsafe
	first := policy.Apply(p, policy.Policy{
		Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Timeout: policy.Timeout{Attempt: 30 * time.Second},
		Rate:    policy.Rate{Bucket: "slow", Also: []string{"all"}},
		Breaker: policy.Breaker{Circuit: "main"}, Success: policy.Success{Fail: []string{"A", "B"}},
	})
	return &api.API{
		Package: "shop", Source: "shop.yaml", Title: "Shop", Version: "2", Policy: p,
		Sources: map[string]policy.Source{"breaker.open": {}},
		Circuits: map[string]policy.Breaker{"main": {
			Enabled: policy.On, Consecutive: 5, Open: time.Minute, Jitter: 0.1,
		}},
		Buckets: map[string]policy.Rate{
			"slow": {PerSecond: 0.5}, "all": {PerSecond: 9, Burst: 3}, "none": {PerSecond: 1},
		},
		Shared: policy.SharedSources{
			"bucket slow": {"rate.per-second": at(3)}, "bucket all": {"rate.per-second": at(4), "rate.burst": at(5)},
			"circuit main": {"breaker.consecutive": at(6)},
		},
		Operations: []*api.Operation{
			{
				ID: "list", Name: "List", Method: "GET", Path: "/sales",
				Pos:    diag.Position{File: "shop.yaml", Line: 7, Column: 5},
				Policy: first, Group: "Sales", Grouped: map[string]string{"List": "All"},
				Sources: map[string]policy.Source{
					"idempotency":    {Kind: policy.FromMethod, Note: "GET (RFC 9110 9.2.1)"},
					"retry.attempts": at(8), "timeout.attempt": at(9), "rate.bucket": at(10), "success.fail": at(11),
					"pagination.style": at(12), "rate.also": at(13), "breaker.circuit": at(14),
				},
				Pages: "token", PagesMethod: "ListPages", ItemsMethod: "ListAll",
			},
			{ID: "POST /sales", Name: "PostSales", Method: "POST", Path: "/sales", Policy: p},
		},
	}
}

func all(*api.Operation) bool { return true }

func TestOf(t *testing.T) {
	c := Of("shop", "gen/shop", shop(), all)
	if c.Name != "shop" || c.Output != "gen/shop" || c.Package != "shop" || c.Document != "shop.yaml" ||
		c.Title != "Shop" || c.Version != "2" || len(c.Operations) != 2 {
		t.Errorf("got %+v", c)
	}
	op := c.Operations[0]
	if op.ID != "list" || op.Name != "List" || op.Grouped != "Sales.All" || op.Position != "shop.yaml:7:5" ||
		op.Idempotency != "safe" || op.ClassSource != "method GET (RFC 9110 9.2.1)" ||
		*op.Pages != (Pages{"token", "p.yaml:12:1", "ListAll", "ListPages"}) {
		t.Errorf("got %+v", op)
	}
	if w := op.WorstCase; w.Requests != 2 || w.Waits != 2 || w.Time != "4m" || w.Overall != "2m" ||
		w.PermitWait != "1m" || len(w.Words) != 2 {
		t.Errorf("got %+v", w)
	}
	if c.Operations[1].Pages != nil || c.Operations[1].Shared != nil {
		t.Errorf("got %+v", c.Operations[1])
	}
	one := Of("shop", "gen/shop", shop(), func(op *api.Operation) bool { return op.Method == "POST" })
	if len(one.Operations) != 1 || one.Operations[0].ID != "POST /sales" {
		t.Errorf("got %+v", one.Operations)
	}
	if none := Of("", "", shop(), func(*api.Operation) bool { return false }); none.Operations == nil {
		t.Error("no operations are null in JSON")
	}
}

func TestValues(t *testing.T) {
	op := Of("", "", shop(), all).Operations[0]
	want := `list: GET /sales
client.List, client.Sales.All
shop.yaml:7:5

KEY                        VALUE   SOURCE
idempotency                safe    method GET (RFC 9110 9.2.1)
retry.attempts             2       p.yaml:8:1
breaker.circuit            main    p.yaml:14:1
rate.bucket                slow    p.yaml:10:1
rate.also                  [all]   p.yaml:13:1
success.fail               [A, B]  p.yaml:11:1
buckets.slow.per-second    0.5     p.yaml:3:1
buckets.all.per-second     9       p.yaml:4:1
buckets.all.burst          3       p.yaml:5:1
circuits.main.consecutive  5       p.yaml:6:1

52 other values are the built-in defaults; --all lists them.

Pages by token (p.yaml:12:1): ListAll and ListPages, whose requests wait for permits as long as
their context allows.

One call:
- At most 2 requests: 2 attempts.
- At most 4m: 2m (timeout.overall) and up to 1m before each of 2 attempts for permits of the rate
  limit.
`
	got := Values(op, false)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	full := Values(op, true)
	for _, line := range []string{
		"timeout.attempt            30s ", "rate.max-wait              1m ", "circuits.main.open         1m ",
		"circuits.main.enabled      true ", "transport.ping             15s ",
	} {
		if !strings.Contains(full, "\n"+line) || strings.Contains(got, "\n"+line) {
			t.Errorf("%q: want it only with all values:\n%s", line, full)
		}
	}
	if strings.Contains(full, "--all") {
		t.Error("--all mentions itself")
	}
}

func TestTables(t *testing.T) {
	a := shop()
	a.Operations[1].Policy.Breaker.Enabled = policy.Off
	c := Of("shop", "gen/shop", a, all)
	want := `OPERATION        CLASS   ATTEMPTS  REQUESTS  TIME  RATE                                      CIRCUIT
list GET /sales  safe    2         2         4m    shares bucket "slow"; also takes from     "main"
                                                   bucket "all"
POST /sales      unsafe  4         4         6m    -                                         none
`
	if got := Operations(c); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	want = `CLIENT  PACKAGE  OPERATIONS  CLASSES           DOCUMENT
shop    shop     2           1 safe, 1 unsafe  shop.yaml
`
	if got := Clients([]Client{c}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	text, err := Markdown(c)
	if err != nil || !strings.HasPrefix(text, "<!-- Code generated by resgen from shop.yaml. DO NOT EDIT. -->\n") ||
		strings.Count(text, "`GET /sales` list") != 1 || len(a.Operations) != 2 {
		t.Errorf("%v\n%s", err, text)
	}
}

// Values have their types in JSON, and lists of rules are objects.
func TestTyped(t *testing.T) {
	for _, tt := range []struct{ kind, text, want string }{
		{"whole number", "7", "7"}, {"number", "0.5", "0.5"}, {"list of whole numbers", "[1, 2]", "[1,2]"},
		{"true or false", "true", "true"}, {"true or false", "false", "false"}, {"text", "true", `"true"`},
		{"duration", "1m", `"1m"`}, {"list of text", "[a, b]", `["a","b"]`}, {"list of text", "[]", "[]"},
		{"list of rules", `[{status: [409], code: {in: ["x"]}}]`, `[{"code":{"in":["x"]},"status":[409]}]`},
	} {
		data, err := json.Marshal(typed(tt.kind, tt.text))
		if err != nil || string(data) != tt.want {
			t.Errorf("%s %s: %s, %v; want %s", tt.kind, tt.text, data, err, tt.want)
		}
	}
	if _, err := json.Marshal(ruleList("[")); err == nil {
		t.Error("no error for what is not YAML")
	}
}

// The most frequent class comes first, and those that are equally frequent by name.
func TestClasses(t *testing.T) {
	var ops []Operation
	for _, class := range []string{"unsafe", "safe", "keyed", "safe", "unsafe", "idempotent", "unsafe"} {
		ops = append(ops, Operation{Idempotency: class})
	}
	if got, want := classes(ops), "3 unsafe, 2 safe, 1 idempotent, 1 keyed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The sizes of the connection pool follow from the bulkheads unless they are set.
func TestOf_SizesOfThePool(t *testing.T) {
	a := shop()
	a.Policy.Transport.MaxIdle = 7
	a.Sources["transport.max-idle"] = policy.Source{Kind: policy.FromFile}
	got := map[string]string{}
	for _, v := range Of("", "", a, all).Policy {
		got[v.Key] = text(v.Value) + " " + v.Source
	}
	for key, want := range map[string]string{
		"transport.max-idle": "7 policy file", "transport.max-conns": "64 default sum of bulkhead.max",
		"transport.ping": "15s default", "bulkhead.max": "64 default",
	} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
}
