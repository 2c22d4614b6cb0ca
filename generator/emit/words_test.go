package emit

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/api/apitest"
	"github.com/resgen/resgen/resilience/policy"
)

func TestSentence(t *testing.T) {
	tests := []struct{ summary, description, first, rest string }{
		{"", "", "GetItem calls GET /items.", ""},
		{"Get an item", "", "GetItem gets an item.", ""},
		{"Gets an item.", "More of it.", "GetItem gets an item.", "More of it."},
		{"Item", "", "GetItem: Item.", ""},
		{"List of items", "", "GetItem: List of items.", ""},
		{"Search for items", "", "GetItem: Search for items.", ""},
		{"Delete", "", "GetItem: Delete.", ""},
		{"", "Returns an item. Then more.\n\nAnd more.", "GetItem returns an item.", "Then more.\n\nAnd more."},
		{"Get it", "Get it", "GetItem gets it.", ""},
		{"Is it there?", "", "GetItem: Is it there?", ""},
		{"Withdraws the listing", "", "GetItem withdraws the listing.", ""},
		{"Withdraw a listing", "", "GetItem withdraws a listing.", ""},
		{"Push all of it", "", "GetItem pushes all of it.", ""},
		{"Deny an item", "", "GetItem denies an item.", ""},
		{"Replay an item", "", "GetItem replays an item.", ""},
		{"What the seller has", "", "GetItem: What the seller has.", ""},
		{"API the seller has", "", "GetItem: API the seller has.", ""},
		{"\"Quoted\" the seller has", "", "GetItem: \"Quoted\" the seller has.", ""},
	}
	for _, tt := range tests {
		op := &api.Operation{Name: "GetItem", Method: "GET", Path: "/items", Summary: tt.summary, Description: tt.description}
		if first, rest := sentence(op); first != tt.first || rest != tt.rest {
			t.Errorf("sentence(%q, %q) = %q, %q; want %q, %q", tt.summary, tt.description, first, rest, tt.first, tt.rest)
		}
	}
}

func TestPolicyWords(t *testing.T) {
	tests := []struct {
		name string
		p    policy.Policy
		want string
	}{
		{"safe", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 4}}, "Safe. At most 4 attempts."},
		{"one attempt", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 1}}, "Safe. One attempt."},
		{"why", policy.Policy{Idempotency: policy.Idempotent, Why: "a repeat finds nothing.", Retry: policy.Retry{Attempts: 2}}, "Idempotent: a repeat finds nothing. At most 2 attempts."},
		{"unsafe", policy.Policy{Idempotency: policy.Unsafe, Why: "it books twice", Retry: policy.Retry{Attempts: 2}},
			"Unsafe: sent again only after a failure that proves that it was not run (it books twice). At most 2 attempts."},
		{"keyed", policy.Policy{Idempotency: policy.Keyed, Retry: policy.Retry{Attempts: 2}}, "Repeated only with its idempotency key. At most 2 attempts."},
		{"conditional", policy.Policy{Idempotency: policy.Conditional, Retry: policy.Retry{Attempts: 2}}, "Repeated only under a precondition. At most 2 attempts."},
		{"rate", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Rate: policy.Rate{PerSecond: 0.0167, Burst: 20}},
			"Safe. At most 2 attempts; 0.0167 requests/s, burst 20."},
		{"rate of an application", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Rate: policy.Rate{PerSecond: 2, Burst: 3, Scope: policy.ScopeApplication}},
			"Safe. At most 2 attempts; 2 requests/s, burst 3 for the whole application."},
		{"bucket", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Rate: policy.Rate{Bucket: "b", PerSecond: 1, Also: []string{"c", "d"}}},
			"Safe. At most 2 attempts; rate of bucket b; also of c, d."},
		{"rate off", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Rate: policy.Rate{Enabled: policy.Off, PerSecond: 1}}, "Safe. At most 2 attempts."},
		{"circuit", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Breaker: policy.Breaker{FailureRate: 0.5, Window: time.Minute, Open: 90 * time.Second}},
			"Safe. At most 2 attempts. The circuit opens at 50 % failures in 1m, for 1m30s."},
		{"circuit by count", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Breaker: policy.Breaker{FailureRate: -1, Consecutive: 5, Open: 2 * time.Hour}},
			"Safe. At most 2 attempts. The circuit opens after 5 failures in a row, for 2h."},
		{"shared circuit", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Breaker: policy.Breaker{Circuit: "login", Consecutive: 5, Open: time.Hour}},
			"Safe. At most 2 attempts. The circuit login opens after 9 failures in a row, for 3m."},
		{"circuit that never opens", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Breaker: policy.Breaker{FailureRate: -1, Consecutive: -1}},
			"Safe. At most 2 attempts. The circuit never opens."},
		{"circuit by both", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Breaker: policy.Breaker{FailureRate: 0.125, Window: 20 * time.Minute, Consecutive: 3, Open: time.Second}},
			"Safe. At most 2 attempts. The circuit opens at 12.5 % failures in 20m or after 3 failures in a row, for 1s."},
		{"no circuit", policy.Policy{Idempotency: policy.Safe, Retry: policy.Retry{Attempts: 2}, Breaker: policy.Breaker{Enabled: policy.Off, Consecutive: 3}}, "Safe. At most 2 attempts. No circuit."},
	}
	circuits := map[string]policy.Breaker{"login": {Consecutive: 9, Open: 3 * time.Minute}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if reflect.ValueOf(tt.p.Breaker).IsZero() {
				tt.p.Breaker.Enabled, tt.want = policy.Off, tt.want+" No circuit."
			}
			if got := policyWords(tt.p, circuits); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestItemsWords(t *testing.T) {
	for items, want := range map[string]string{
		"":  "",
		".": "If some items of the request fail, the answer comes with an error: errors.Is of it and [resilience.ErrPartial] is true, and its Items name them.",
	} {
		if got := itemsWords(policy.Policy{Success: policy.Success{Items: items, Status: "s"}}); got != want {
			t.Errorf("%q: got %q", items, got)
		}
	}
}

func TestFailureWords(t *testing.T) {
	list, text := apitest.Of(api.Pointer, apitest.Ref("ErrorList")), apitest.String
	tests := []struct {
		name string
		in   []*api.Outcome
		want string
	}{
		{"none", nil, "Every failure is a [*resilience.Error]."},
		{"no body", []*api.Outcome{{Status: 404}}, "Every failure is a [*resilience.Error]."},
		{"one", []*api.Outcome{{Status: 404, Type: list}}, "Every failure is a [*resilience.Error]; its detail is [*ErrorList] after 404."},
		{"nothing but default", []*api.Outcome{{Status: 0, Type: list}}, "Every failure is a [*resilience.Error]; its detail is [*ErrorList]."},
		{"default beside one without a body", []*api.Outcome{{Status: 404}, {Status: 0, Type: list}}, "Every failure is a [*resilience.Error]; its detail is [*ErrorList] after any other status."},
		{"three, and another", []*api.Outcome{{Status: 400, Type: list}, {Status: 404, Type: list}, {Status: 4, Type: list}, {Status: 0, Type: text}},
			"Every failure is a [*resilience.Error]; its detail is [*ErrorList] after 400, 404 and 4XX, `string` after any other status."},
	}
	for _, tt := range tests {
		if got := failureWords(tt.in); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestClient_IsWhole(t *testing.T) {
	a := apitest.Petstore()
	source := text(t, Client, a)
	for _, want := range []string{
		"// Code generated by resgen from specs/petstore.yaml. DO NOT EDIT.\n\n// Package petstore is a client of Pet Store, version 1.0.\n//\n// A shop for pets.\npackage petstore\n",
		"import (\n\t\"context\"\n\t\"time\"\n\n\t\"github.com/resgen/resgen/resilience\"\n\t\"github.com/resgen/resgen/resilience/policy\"\n\t\"github.com/resgen/resgen/resilience/wire\"\n)\n",
		"\nvar failures = []wire.Outcome{",
		"const _ = resilience.Generated1\n", "\nvar defaults = ", "\nvar description = ", "\ntype Operations interface", "\ntype Client struct", "\nfunc New(", ") Close() error",
		"\ntype FindPetsParams struct", "\ntype AddPetResult struct", "\nfunc newAddPetResult(",
	} {
		if strings.Count(source, want) != 1 {
			t.Errorf("%q stands %d times in the file, want once", want, strings.Count(source, want))
		}
	}
	for _, op := range a.Operations {
		for _, want := range []string{"\nvar " + op.Var + " = resilience.Operation{", "\nfunc (c *Client) " + op.Name + "("} {
			if strings.Count(source, want) != 1 {
				t.Errorf("%q stands %d times in the file, want once", want, strings.Count(source, want))
			}
		}
	}
	if strings.Contains(source, "PhotoParams") {
		t.Error("an operation without parameters has a params struct")
	}
}

func TestClient_OperationsStayThin(t *testing.T) {
	const most = 15 // lines of descriptor and method together, without comments
	for _, op := range apitest.Petstore().Operations {
		a, op := operation(op.Name)
		lines := 0
		for _, code := range []string{gofmt(descriptor(a, op, share(a))), gofmt(method(a, op))} {
			for line := range strings.SplitSeq(strings.TrimSpace(code), "\n") {
				if !strings.HasPrefix(line, "//") {
					lines++
				}
			}
		}
		if lines > most {
			t.Errorf("%s has %d lines, want at most %d", op.Name, lines, most)
		}
	}
}

func TestTypes_NoneToPrint(t *testing.T) {
	a := &api.API{Package: "p", Types: []*api.Named{{Name: "A", Shape: api.Struct}, {Name: "B", Shape: api.Alias, Underlying: apitest.String}}}
	if got, err := Types(a); got != nil || err != nil {
		t.Errorf("got %q, %v; want no file", got, err)
	}
}

func TestTypes_OnlyWhatOapiCodegenCannotPrint(t *testing.T) {
	source := text(t, Types, apitest.Petstore())
	for _, want := range []string{"type Bag struct", "type Odd struct", "type Shape struct", "func (x Pet) MarshalJSON()", "func (x *Pet) UnmarshalJSON("} {
		if !strings.Contains(source, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, other := range []string{"type Pet ", "type Color ", "type Tags ", "type Void ", "type Size ", "func (x Void)"} {
		if strings.Contains(source, other) {
			t.Errorf("%q is printed here too", other)
		}
	}
}

func TestGroupImports(t *testing.T) {
	for source, want := range map[string]string{
		"package p\n":                                                    "package p\n",
		"package p\n\nimport (\n\t\"io\"\n)\n":                           "package p\n\nimport (\n\t\"io\"\n)\n",
		"package p\n\nimport (\n\t\"a.b/c\"\n)\n":                        "package p\n\nimport (\n\t\"a.b/c\"\n)\n",
		"package p\n\nimport (\n\t\"a.b/c\"\n\t\"io\"\n)\n\nvar x int\n": "package p\n\nimport (\n\t\"io\"\n\n\t\"a.b/c\"\n)\n\nvar x int\n",
	} {
		if got := groupImports(source); got != want {
			t.Errorf("groupImports(%q) = %q, want %q", source, got, want)
		}
	}
}

func TestIsGenerated(t *testing.T) {
	for content, want := range map[string]bool{
		"// " + Header("specs/x.yaml") + "\n\npackage x\n":                  true,
		"// " + Header("specs/x.yaml") + "\r\n":                             true,
		"// " + Header("a\nb") + "\n":                                       true,
		"// Code generated by resgen from specs/x.yaml. Edit it.\n":         false,
		"// Code generated by another from x.yaml. DO NOT EDIT.\n":          false,
		"package x\n\n// " + Header("x") + "\n":                             false,
		"":                                                                  false,
		"// Code generated by resgen from x. DO NOT EDIT. But\npackage x\n": false,
	} {
		if got := IsGenerated([]byte(content)); got != want {
			t.Errorf("IsGenerated(%q) = %v", content, got)
		}
	}
}

// Every constant of package policy that stands in generated code is named, and every struct field can be rendered.
func TestLiteral_EveryWord(t *testing.T) {
	for v, word := range words {
		if s, ok := v.(interface{ String() string }); ok && s.String() == word {
			t.Errorf("%v has its own text as name", v)
		}
	}
	p := policy.Default()
	p.Redirects.Max, p.Response.MaxBytes, p.Breaker.Jitter = -1, 1<<40, -0.5
	got := gofmt(literal(p, false))
	for _, want := range []string{"Redirects: policy.Redirects{Max: -1}", "MaxBytes: 1099511627776", "Jitter: -0.5", "Jitter: policy.EqualJitter", "Enabled: policy.Off"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\ndoes not have %s", got, want)
		}
	}
}

func TestNames_ComeFromThePlan(t *testing.T) {
	a := apitest.Petstore()
	a.Names = api.Names{Client: "APIClient", New: "NewAPIClient", Operations: "AllOperations", Defaults: "base", Description: "about"}
	source := text(t, Client, a)
	for _, want := range []string{"type APIClient struct", "func NewAPIClient(", ") (*APIClient, error)", "return &APIClient{", "func (c *APIClient) FindPets(", "func (c *APIClient) Close(", "type AllOperations interface",
		"var _ AllOperations = (*APIClient)(nil)", "var base = policy.Policy{", "Defaults: base,", "var about = resilience.API{", "NewCaller(&about, "} {
		if !strings.Contains(source, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, old := range []string{"*Client", " Operations interface", "&description", "var defaults"} {
		if strings.Contains(source, old) {
			t.Errorf("%q stands although the plan has another name", old)
		}
	}
}

func text(t *testing.T, print func(*api.API) ([]byte, error), a *api.API) string {
	t.Helper()
	source, err := print(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}
