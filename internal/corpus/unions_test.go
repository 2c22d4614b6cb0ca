package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

const united = `openapi: 3.0.3
info: {title: a, version: "1"}
paths:
  /a:
    post:
      operationId: post
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
      responses: {"204": {description: done}}
components:
  schemas:
    Order:
      type: object
      properties:
        payment:
          oneOf: [{$ref: '#/components/schemas/Card'}, {$ref: '#/components/schemas/Cash'}]
          discriminator: {propertyName: kind, mapping: {card: Card, cash: Cash}}
        parts: {type: array, items: {$ref: '#/components/schemas/Part'}}
        more: {additionalProperties: {anyOf: [{type: integer}, {type: boolean}]}}
    Card: {type: object, required: [kind, number], properties: {kind: {type: string}, number: {type: string}}}
    Cash: {type: object, required: [kind], properties: {kind: {type: string}, order: {$ref: '#/components/schemas/Order'}}}
    Part:
      oneOf: [{type: string}, {type: object, required: [name], properties: {name: {type: string}}}]
`

// There is a sample for each variant of each union, also within members, lists and additional
// properties.
func TestEchoes_Variants(t *testing.T) {
	dir := folder(t, map[string]string{"own/a.yaml": united})
	var out bytes.Buffer
	if err := sweep(t.Context(), task{folder: dir, calls: []call{echoes}}, &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	const want = "variants of unions 6, 6 of them are read as what they are and written unchanged; no sample of 0\n"
	if !strings.Contains(out.String(), want) {
		t.Errorf("no %q in\n%s", want, &out)
	}
}

func TestVariant_Misread(t *testing.T) {
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	v := &variant{value: decode([]byte(`{"a":1}`)), name: "Card"}
	good := reading{Raw: raw(`{"a":1}`), Back: raw(`{"a":1}`), Variant: "Card", Union: "Payment"}
	with := func(change func(*reading)) reading {
		r := good
		change(&r)
		return r
	}
	tests := []struct {
		list []reading
		want string
	}{
		{nil, ""},
		{[]reading{good}, ""},
		{[]reading{with(func(r *reading) { r.Variant = "OrderPaymentCard" })}, ""},
		{[]reading{with(func(r *reading) { r.Variant = "Cash" })}, "Payment: read as Cash, want Card"},
		{[]reading{with(func(r *reading) { r.Variant = "Inner" }), good}, ""},
		{[]reading{with(func(r *reading) { r.Raw, r.Variant = raw(`{"a":2}`), "Cash" })}, ""},
		{[]reading{with(func(r *reading) { r.Error = "no" })}, "Payment: no"},
		{[]reading{with(func(r *reading) { r.Back = raw(`{}`) })}, "Payment as Card: $.a: 1 is lost"},
	}
	for i, tt := range tests {
		if got := v.misread(tt.list); got != tt.want {
			t.Errorf("%d: got %q, want %q", i, got, tt.want)
		}
	}
}
