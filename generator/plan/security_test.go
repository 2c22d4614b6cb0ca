package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"
	"github.com/resgen/resgen/resilience/policy"
)

const (
	noSchemes = `
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /a: {get: {operationId: a, responses: {}}}
  /b: {get: {operationId: b, security: [], responses: {}}}
`
	oneScheme = `
openapi: 3.1.0
info: {title: t, version: "1"}
components: {securitySchemes: {token: {type: apiKey, in: header, name: X-Token}}}
paths:
  /a: {get: {operationId: a, responses: {}}}
  /b: {get: {operationId: b, security: [{token: [read]}], responses: {}}}
`
	twoSchemes = `
swagger: "2.0"
info: {title: t, version: "1"}
securityDefinitions:
  token: {type: apiKey, in: header, name: X-Token}
  basic: {type: basic}
paths:
  /a: {get: {operationId: a, security: [{}, {basic: []}], responses: {}}}
  /b: {get: {operationId: b, responses: {}}}
`
)

// TestSecurity_Policy: the auth of a policy creates the requirement of operations without one.
func TestSecurity_Policy(t *testing.T) {
	for _, c := range []struct{ name, document, policy, want string }{
		{"no auth", noSchemes, "defaults: {}", "a: ; b: ; "},
		{"a kind alone is a bearer token", noSchemes, "operations: {a: {auth: {kind: seller}}}",
			"a: bearer; b: ; bearer http bearer"},
		{"a header", noSchemes, "defaults: {auth: {header: X-Key}}", "a: X-Key; b: X-Key; X-Key apiKey header X-Key"},
		{"a header with a name", noSchemes, "defaults: {auth: {header: X-Key, scheme: key, scope: s}}",
			"a: key[s]; b: key[s]; key apiKey header X-Key"},
		{"none", noSchemes, "defaults: {auth: {header: X-Key}}\noperations: {b: {auth: {kind: none}}}",
			"a: X-Key; b: ; X-Key apiKey header X-Key"},
		{"two headers with one name", noSchemes,
			"defaults: {auth: {header: X-Key, scheme: key}}\noperations: {b: {auth: {header: X-Other}}}",
			"a: key; b: X-Other; key apiKey header X-Key; X-Other apiKey header X-Other"},
		{"bearer next to a header", noSchemes, "operations: {a: {auth: {kind: x}}, b: {auth: {header: X-B}}}",
			"a: bearer; b: X-B; bearer http bearer; X-B apiKey header X-B"},

		{"unused scheme", strings.Replace(oneScheme, "security: [{token: [read]}], ", "", 1), "defaults: {}",
			"a: ; b: ; "},
		{"the only scheme", oneScheme, "operations: {a: {auth: {kind: seller, scope: write}}}",
			"a: token[write]; b: token[read]; token apiKey header X-Token"},
		{"the scheme of the same header", oneScheme, "defaults: {auth: {header: x-token}}",
			"a: token; b: token[read]; token apiKey header X-Token"},
		{"a declared requirement stays", oneScheme, "defaults: {auth: {header: X-Key}}",
			"a: X-Key; b: token[read]; token apiKey header X-Token; X-Key apiKey header X-Key"},
		{"none removes the requirement", oneScheme, "operations: {b: {auth: {kind: none}}}", "a: ; b: ; "},

		{"a named scheme", twoSchemes, "operations: {b: {auth: {scheme: basic}}}",
			"a: ,basic; b: basic; basic http basic"},
		{"a named scheme replaces another", twoSchemes, "operations: {a: {auth: {scheme: token}}}",
			"a: token; b: ; token apiKey header X-Token"},
		{"a named scheme that is one of the alternatives", twoSchemes,
			"operations: {a: {auth: {scheme: basic, kind: x}}}", "a: ,basic; b: ; basic http basic"},
		{"a header that replaces another", twoSchemes, "operations: {a: {auth: {scheme: k, header: X-Key}}}",
			"a: k; b: ; k apiKey header X-Key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, found := plantest.Planned(t, c.document, plan.Options{
				Policies: []*policy.File{plantest.PolicyFile(t, c.policy+"\n")},
			})
			if len(found) > 0 {
				t.Fatal(found)
			}
			if got := securityOf(a); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// securityOf writes the requirements of the operations, then the schemes.
func securityOf(a *api.API) string {
	var parts []string
	for _, op := range a.Operations {
		var ways []string
		for _, r := range op.Security {
			way := ""
			for _, u := range r {
				way += u.Scheme
				if len(u.Scopes) > 0 {
					way += fmt.Sprint(u.Scopes)
				}
			}
			ways = append(ways, way)
		}
		parts = append(parts, op.ID+": "+strings.Join(ways, ","))
	}
	for _, s := range a.Schemes {
		parts = append(parts, strings.Join(strings.Fields(fmt.Sprint(s.Name, " ", s.Kind, " ", s.In, " ", s.Parameter,
			" ", s.HTTPScheme)), " "))
	}
	if len(a.Schemes) == 0 {
		return strings.Join(parts, "; ") + "; "
	}
	return strings.Join(parts, "; ")
}

// TestSecurity_Mistakes: an auth that does not say which scheme is an error, once at its place.
func TestSecurity_Mistakes(t *testing.T) {
	for _, c := range []struct{ name, document, policy, want string }{
		{"unknown scheme", oneScheme, "defaults: {auth: {scheme: tokn}}",
			`p.yaml:1:27: operation a: auth.scheme: the document has no security scheme "tokn"; ` +
				`use token, or add auth.header: the request header of the token`},
		{"no scheme", noSchemes, "defaults: {auth: {scheme: token}}",
			`p.yaml:1:27: operation a: auth.scheme: the document has no security scheme "token"; ` +
				`add auth.header: the request header of the token`},
		{"several schemes", twoSchemes, "operations: {b: {auth: {kind: seller}}}",
			`p.yaml:1:31: operation b: auth.kind: the document has several security schemes; ` +
				`add auth.scheme: token or basic`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := plantest.Planned(t, c.document, plan.Options{
				Policies: []*policy.File{plantest.PolicyFile(t, c.policy+"\n")},
			})
			if got := strings.Join(found, "\n"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
