package plan_test

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"
)

const ruledPaths = `
  /a/{id}:
    post:
      operationId: op
      parameters:
        - {name: id, in: path, required: true, schema: {type: string, maxLength: 3}}
        - {name: id, in: query, schema: {type: string, maxLength: 4}}
        - {name: free, in: query, schema: {}}
        - {name: any, in: query, schema: {$ref: '#/components/schemas/Anything'}}
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/Dog'}}
          application/x-www-form-urlencoded: {schema: {type: object, required: [a], properties: {a: {}}}}
          multipart/form-data: {schema: {type: object, required: [b], properties: {b: {}}}}
          application/octet-stream: {schema: {type: string, format: binary, maxLength: 1}}
      responses: {'204': {description: d}}
  /text:
    post:
      operationId: text
      requestBody: {content: {text/plain: {schema: {type: string, maxLength: 5}}}}
      responses: {'204': {description: d}}
  /xml:
    post:
      operationId: xml
      requestBody: {content: {text/xml: {schema: {type: string, maxLength: 5}}}}
      responses: {'204': {description: d}}`

const ruledSchemas = `
    Dog: {type: object, required: [validate], properties: {validate: {type: string}, toy: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}}}
    A: {type: object, required: [validate], properties: {validate: {type: string}, a: {type: string}}}
    B: {type: object, required: [validate], properties: {validate: {type: string}, b: {type: string}}}
    Anything: {}
    Kind: {type: string, enum: [x, y]}
    Same: {$ref: '#/components/schemas/Dog'}
    Nested: {type: array, items: {$ref: '#/components/schemas/Nested'}}`

// planned plans the document with or without validation.
func planned(t *testing.T, validate bool) *api.API {
	t.Helper()
	text := plantest.Paths30(ruledPaths, ruledSchemas)
	a, findings := plantest.Planned(t, text, plan.Options{Package: "p", Validate: validate})
	if a == nil {
		t.Fatal(findings)
	}
	return a
}

func TestRules_Operations(t *testing.T) {
	var got []string
	for _, o := range planned(t, true).Operations {
		for _, p := range append(o.PathParams, o.Params...) {
			got = append(got, string(p.In)+" "+p.Name+" "+describeRule(p.Rule))
		}
		got = append(got, o.Name+" "+describeRule(o.Body.Rule))
	}
	plantest.Same(t, strings.Join(got, "\n"), `path id string
query id string
query free none
query any none
Op Dog
path id string
query id string
query free none
query any none
OpForm OpFormBody
path id string
query id string
query free none
query any none
OpMultipart OpMultipartBody
path id string
query id string
query free none
query any none
OpBinary none
Text string
XML none`)
}

// describeRule returns the reference or the types of a rule.
func describeRule(r *api.Rule) string {
	switch {
	case r == nil:
		return "none"
	case r.Ref != "":
		return r.Ref
	}
	return strings.Join(r.Types, " ")
}

// Types that can have methods have Validate, and no member has its name. Without validation nothing
// changes.
func TestRules_Types(t *testing.T) {
	for validate, want := range map[bool]string{
		true: "A ValidateField A\nAnything\nB ValidateField B\nDog ValidateField Toy\nDogToy\nKind\nNested\n" +
			"OpFormBody A\nOpMultipartBody B\nPet Name\nSame",
		false: "A Validate A\nAnything\nB Validate B\nDog Validate Toy\nDogToy\nKind\nNested\n" +
			"OpFormBody A\nOpMultipartBody B\nPet Name\nSame",
	} {
		a := planned(t, validate)
		var got []string
		for _, n := range a.Types {
			line := n.Name
			for _, f := range n.Fields {
				line += " " + f.Go
			}
			got = append(got, line)
			if has := n.Name != "Anything" && n.Name != "Same"; n.Validates != (validate && has) {
				t.Errorf("%s: Validates is %v", n.Name, n.Validates)
			}
			for _, s := range n.Shared {
				if (s.Go == "Validate") == validate {
					t.Errorf("%s has the method %s for a member", n.Name, s.Go)
				}
			}
		}
		plantest.Same(t, strings.Join(got, "\n"), want)
		if (a.Names.Rules == "rules") != validate || (len(a.Rules) > 0) != validate {
			t.Errorf("validate: %v: %q, %d rules", validate, a.Names.Rules, len(a.Rules))
		}
	}
}
