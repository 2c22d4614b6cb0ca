package plan_test

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/plantest"
)

// A required header parameter for a field that the client sets has the client's value as its
// default.
func TestParams_OwnHeaders(t *testing.T) {
	a := plantest.MustPlan(t, plantest.Paths30(`
  /a:
    get:
      operationId: op
      parameters:
        - {name: ACCEPT, in: header, required: true, schema: {type: string}}
        - {name: Content-Type, in: header, required: true, schema: {type: string}}
        - {name: X-Mine, in: header, required: true, schema: {type: string}}
        - {name: accept, in: query, required: true, schema: {type: string}}
        - {name: Authorization, in: header, schema: {type: string}}
      responses: {'204': {description: d}}
    put:
      operationId: one
      parameters: [{name: Content-Type, in: header, required: true, schema: {type: string, enum: [text/csv]}}]
      responses: {'204': {description: d}}`, ""))
	var got []string
	for _, o := range a.Operations {
		for _, p := range o.Params {
			got = append(got, p.Name+" "+plantest.GoType(p.Type)+" "+p.Default)
		}
	}
	plantest.Same(t, strings.Join(got, "\n"),
		"ACCEPT *string */*\nContent-Type *string application/json\nX-Mine string \naccept string \nAuthorization "+
			"*string \nContent-Type *OneParamsContentType text/csv")
}

func TestParams_Facts(t *testing.T) {
	a := plantest.MustPlan(t, plantest.Paths30(`
  /a/{p}/{q}:
    get:
      operationId: op
      parameters:
        - {name: p, in: path, required: true, x-amazon-spds-greedy-path-parameter: true, schema: {type: string}}
        - {name: q, in: path, required: true, style: label, explode: true, x-resgen-greedy: false, schema: {type: string}}
        - {name: only, in: query, required: true, description: D, deprecated: true, schema: {type: string, enum: [v1]}}
        - {name: maybe, in: query, allowReserved: true, allowEmptyValue: true, schema: {type: string, enum: [v1], description: S}}
        - {name: json, in: query, content: {application/json: {schema: {type: string}}}}
      responses: {}`, ""))
	o := a.Operations[0]
	p, q := o.PathParams[0], o.PathParams[1]
	if !p.Greedy || p.In != api.InPath || p.Style != "simple" || p.Explode || !p.Required || q.Greedy ||
		q.Style != "label" || !q.Explode || p.Pos.String() != "a.yaml:9:11" {
		t.Errorf("got %+v, %+v", p, q)
	}
	only, maybe, json := o.Params[0], o.Params[1], o.Params[2]
	if only.Default != "v1" || !only.Required || plantest.GoType(only.Type) != "*OpParamsOnly" ||
		only.Description != "D" || !only.Deprecated || only.Style != "form" || !only.Explode {
		t.Errorf("got %+v", only)
	}
	if maybe.Default != "" || !maybe.Reserved || !maybe.AllowEmpty || maybe.Description != "S" ||
		plantest.GoType(maybe.Type) != "*OpParamsMaybe" {
		t.Errorf("got %+v", maybe)
	}
	if json.Media != "application/json" || json.Style != "simple" {
		t.Errorf("got %+v", json)
	}
}
