package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

const restricted = `openapi: %s
info: {title: a, version: "1"}
paths: {}
components:
  schemas:
    Order:
      type: object
      required: [name, lines]
      properties:
        name: {type: string, minLength: 2, maxLength: 9}
        state: {type: string, enum: [open, closed]}
        total: {type: number, minimum: 0, multipleOf: 0.5}
        lines: {type: array, minItems: 1, uniqueItems: true, items: {$ref: '#/components/schemas/Line'}}
    Line: {type: object, additionalProperties: false, properties: {sku: {type: string, pattern: '^[A-Z]+$'}}}
`

func TestValidate(t *testing.T) {
	for _, version := range []string{"3.0.3", "3.1.0"} {
		dir := folder(t, map[string]string{"own/a.yaml": fmt.Sprintf(restricted, version)})
		var out bytes.Buffer
		err := sweep(t.Context(), task{folder: dir, validate: true, calls: []call{validate}}, &out)
		const want = "validation of 200 bodies from 1 documents: 200 agree ("
		if err != nil || !strings.Contains(out.String(), want) || strings.Contains(out.String(), "(0 valid)") ||
			strings.Contains(out.String(), "(200 valid)") {
			t.Errorf("%s: %v\n%s", version, err, &out)
		}
	}
}

// A difference without an explanation makes the sweep fail.
func TestValidation_Report(t *testing.T) {
	format := verdict{Faults: []struct{ Path, What string }{{"$.a", "does not have the format uuid"}}}
	other := verdict{Faults: []struct{ Path, What string }{{"$.a", "is required"}}}
	for _, c := range []struct {
		ours verdict
		want string
		err  error
	}{
		{format, "0 agree (0 valid), 1 differ with an explanation, 0 without", nil},
		{other, "0 agree (0 valid), 0 differ with an explanation, 1 without", errNotOK},
		{verdict{Unread: "x"}, "0 agree (0 valid), 0 differ with an explanation, 1 without", errNotOK},
		{verdict{}, "1 agree (1 valid), 0 differ with an explanation, 0 without", nil},
	} {
		d := &document{set: "s", name: "n"}
		v := validation{documents: 1, list: []*randomBody{{doc: d, referee: &referee{}}}}
		var out bytes.Buffer
		err := v.report([]*document{d}, []verdict{c.ours}, &out)
		if !errors.Is(err, c.err) || !strings.Contains(out.String(), c.want) {
			t.Errorf("%+v: %v\n%s", c.ours, err, &out)
		}
	}
}

// Every kind of value is changed, and what was passed is not.
func TestMutate(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const before = `{"a":["x",1,{"b":true}],"c":"text"}`
	v := decode([]byte(before))
	v = plainJSON(v)
	seen := map[string]bool{}
	for range 500 {
		seen[string(raw(mutate(v, random)))] = true
	}
	if got := string(raw(v)); got != before || len(seen) < 50 {
		t.Errorf("%d results, and the value is %s", len(seen), got)
	}
}
