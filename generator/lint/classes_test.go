package lint

import (
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

// stating returns an operation whose policy states a class and a why.
func stating(id, method, path string, class policy.Class, why string) *api.Operation {
	o := op(id, method, policy.Policy{Idempotency: class, Why: why})
	o.Path = path
	return o
}

func TestPolicies_Classes(t *testing.T) {
	const name = "; name the effect of a repeat on "
	for _, c := range []struct {
		name string
		ops  []*api.Operation
		want string
	}{
		{"two places with one why", []*api.Operation{
			stating("a", "PUT", "/x/a", policy.Idempotent, "it is replaced"),
			stating("b", "PUT", "/x/b", policy.Idempotent, "it is moved"),
			stating("c", "PUT", "/x/c", policy.Idempotent, " It is replaced"),
		}, "p.yaml:4:1: warning: operation c: its why is that of operation a" + name + "this operation"},
		{"three places", []*api.Operation{
			stating("a", "PUT", "/x/a", policy.Idempotent, "it is replaced"),
			stating("b", "PUT", "/x/b", policy.Idempotent, "it is replaced"),
			stating("c", "PUT", "/x/c", policy.Idempotent, "it is replaced"),
		}, "p.yaml:2:1: warning: operation a and 2 more: 3 places say idempotent with the same why, the next at " +
			"p.yaml:3:1" + name + "each operation, or write one entry PUT /x/*"},
		{"of several methods", []*api.Operation{
			stating("a", "PUT", "/x/a", policy.Idempotent, "it is replaced"),
			stating("b", "POST", "/x/ab", policy.Idempotent, "it is replaced"),
			stating("c", "PUT", "/x/ac/d", policy.Idempotent, "it is replaced"),
		}, "p.yaml:2:1: warning: operation a and 2 more: 3 places say idempotent with the same why, the next at " +
			"p.yaml:3:1" + name + "each operation, or write one entry * /x/*"},
		{"no key has these and no others", []*api.Operation{
			stating("a", "PUT", "/x/a", policy.Idempotent, "it is replaced"),
			stating("b", "PUT", "/x/b", policy.Idempotent, "it is replaced"),
			stating("c", "PUT", "/x/c", policy.Idempotent, "it is replaced"),
			stating("d", "PUT", "/x/d", policy.Idempotent, "it is moved"),
		}, "p.yaml:2:1: warning: operation a and 2 more: 3 places say idempotent with the same why, the next at " +
			"p.yaml:3:1" + name + "each operation"},
		{"another class with the same why", []*api.Operation{
			stating("a", "POST", "/x/a", policy.Idempotent, "it is replaced"),
			stating("b", "POST", "/x/b", policy.Unsafe, "it is replaced"),
		}, "p.yaml:3:1: warning: operation b: is unsafe, and operation a with the same why is idempotent; correct one of " +
			"the classes, or name the effect of a repeat on each operation"},
		{"the methods of one operation", []*api.Operation{
			stating("a", "PUT", "/x/a", policy.Idempotent, "it is replaced"),
			stating("a", "PUT", "/x/a", policy.Idempotent, "it is replaced"),
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Policies(planned(policy.Policy{}, c.ops...)).Error(); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// The why of what a document declares is that of every operation that declares it.
func TestPolicies_DeclaredClasses(t *testing.T) {
	a := planned(policy.Policy{}, stating("a", "POST", "/x/a", policy.Keyed, "carries its key"),
		stating("b", "POST", "/x/b", policy.Keyed, "carries its key"))
	for kind, want := range map[policy.SourceKind]int{policy.FromDocument: 0, policy.FromExtension: 1} {
		for _, o := range a.Operations {
			s := o.Sources["why"]
			s.Kind = kind
			o.Sources["why"] = s
		}
		if found := sameWhy(a); len(found) != want {
			t.Errorf("%s: got %v, want %d findings", kind, found, want)
		}
	}
}

func TestSiblings(t *testing.T) {
	at := func(server string, ops ...*api.Operation) *api.API {
		a := planned(policy.Policy{}, ops...)
		if server != "" {
			a.Servers = []api.Server{{Name: "default", URL: server}, {Name: "other", URL: "https://other.example"}}
		}
		return a
	}
	one := func(path string, class policy.Class, why string) *api.Operation {
		return stating("op", "POST", path, class, why)
	}
	elsewhere := one("/v2/orders", policy.Idempotent, "")
	elsewhere.Server = "other"
	const host = "https://api.example"
	for _, c := range []struct {
		name string
		apis []*api.API
		want string
	}{
		{"versions that differ", []*api.API{
			at(host, one("/v1/orders/{id}", policy.Unsafe, "w"), one("/v2.1/orders/{orderId}", policy.Idempotent, "")),
		}, "p.yaml:3:1: warning: operation op: is idempotent, and POST /v1/orders/{id}, which has the same path but for " +
			"versions, is unsafe at p.yaml:2:1; state one class for both, or a why for each that says what differs"},
		{"in two documents", []*api.API{
			at(host, one("/orders/v0/x", policy.Unsafe, "")),
			at(host, one("/orders/2026-01-01/x", policy.Idempotent, "w")),
		}, "p.yaml:2:1: warning: operation op: is idempotent, and POST /orders/v0/x, which has the same path but for " +
			"versions, is unsafe at p.yaml:2:1; state one class for both, or a why for each that says what differs"},
		{"the first one states it", []*api.API{
			at(host, one("/v1/orders", policy.Idempotent, "w"), one("/v2/orders", "", "")),
		}, "p.yaml:2:1: warning: operation op: is idempotent, and POST /v2/orders, which has the same path but for " +
			"versions, is unsafe at a.yaml:2:5; state one class for both, or a why for each that says what differs"},
		{"each says why", []*api.API{
			at(host, one("/v1/orders", policy.Unsafe, "v"), one("/v2/orders", policy.Idempotent, "w")),
		}, ""},
		{"the same class", []*api.API{at(host, one("/v1/orders", policy.Unsafe, ""), one("/v2/orders", "", ""))}, ""},
		{"another path", []*api.API{
			at(host, one("/v1/orders", policy.Unsafe, ""), one("/v2/order", policy.Idempotent, "")),
		}, ""},
		{"another method", []*api.API{at(host,
			one("/v1/orders", policy.Unsafe, ""), stating("op", "PATCH", "/v2/orders", policy.Idempotent, "w"))}, ""},
		{"another host", []*api.API{
			at(host, one("/orders", policy.Unsafe, "")), at("https://b.example", one("/orders", policy.Idempotent, "")),
		}, ""},
		{"a server of its own", []*api.API{at(host, one("/v1/orders", policy.Unsafe, ""), elsewhere)}, ""},
		{"no host", []*api.API{
			at("", one("/orders", policy.Unsafe, "")), at("", one("/orders", policy.Idempotent, "")),
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Siblings(c.apis).Error(); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
