package main

// This file makes calls from the responses that a document declares and shows.

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/resgen/resgen/generator/api"
)

// answers returns a call for each declared success with a JSON body: with samples of its schema and
// with the examples of the document.
func (d *document) answers(j *judge, client int, op *api.Operation, kin *openapi3.Operation, known []*trial) []*trial {
	at := slices.IndexFunc(known, func(t *trial) bool { return t.op == op })
	if at < 0 {
		return nil
	}
	var list []*trial
	for _, o := range op.Success {
		if o.Decode != "json" {
			continue
		}
		schema, shown := j.shown(kin, o)
		add := func(name string, v any, fits bool) {
			t := *known[at]
			t.Status, t.Media, t.Answer, t.Field, t.name, t.fits = statusOf(
				o.Status,
			), mediaOf(o.Media), raw(v), "", op.Name+" "+statusKey(o.Status)+" "+name, fits
			if op.Result != nil && op.Result.Struct != "" {
				t.Field = o.Field
			}
			list = append(list, &t)
		}
		for _, fill := range []fullness{full, minimal, nulls} {
			s := sampler{judge: j, fill: fill}
			if v, ok := s.of(schema); ok && v != nil {
				add(fill.String(), v, true)
			}
		}
		if schema == nil || schema.Value == nil {
			continue
		}
		for i, e := range shown {
			add(
				fmt.Sprintf("%s %d", e.from, i), e.value,
				j.fits(schema.Value, e.value, openapi3.VisitAsResponse()) == nil,
			)
		}
	}
	return list
}

// shown returns the schema of a response and the bodies that the document shows for it; nil if the
// document has no such response.
func (j *judge) shown(kin *openapi3.Operation, o *api.Outcome) (*openapi3.SchemaRef, []example) {
	response := kin.Responses.Value(statusKey(o.Status))
	if response == nil || response.Value == nil {
		return nil, nil
	}
	content := response.Value.Content.Get(o.Media)
	if content == nil {
		return nil, nil
	}
	schema := content.Schema
	for _, media := range slices.Sorted(maps.Keys(response.Value.Content)) {
		if schema == nil { // examples without a schema are a media type too
			schema = response.Value.Content[media].Schema
		}
	}
	return schema, examples(response.Value, content, o.Media)
}

// shownRequest returns the schema of a request body and the bodies that the document shows for it.
func (j *judge) shownRequest(kin *openapi3.Operation, media string) (*openapi3.SchemaRef, []example) {
	if kin.RequestBody == nil || kin.RequestBody.Value == nil {
		return nil, nil
	}
	content := kin.RequestBody.Value.Content.Get(media)
	if content == nil || content.Schema == nil || content.Schema.Value == nil {
		return nil, nil
	}
	return content.Schema, examples(&openapi3.Response{}, content, media)
}

func statusKey(status int) string {
	switch {
	case status == 0:
		return "default"
	case status < 10:
		return fmt.Sprintf("%dXX", status)
	}
	return fmt.Sprint(status)
}

// statusOf returns a status that the outcome declares.
func statusOf(status int) int {
	switch {
	case status == 0:
		return 200
	case status < 10:
		return status*100 + 50
	}
	return status
}

// mediaOf returns a media type that the outcome declares.
func mediaOf(media string) string {
	if strings.Contains(media, "*") {
		return "application/json"
	}
	return media
}

// An example is a body that a document shows.
type example struct {
	from  string // example, sandbox
	value any
}

// examples returns the sample bodies of a response: examples of OpenAPI 3, of Swagger 2.0 and of
// sandboxes.
func examples(r *openapi3.Response, content *openapi3.MediaType, media string) []example {
	var list []example
	add := func(from string, v any) {
		if v != nil {
			list = append(list, example{from, plainJSON(v)})
		}
	}
	add("example", content.Example)
	for _, name := range slices.Sorted(maps.Keys(content.Examples)) {
		if e := content.Examples[name]; e != nil && e.Value != nil {
			add("example", e.Value.Value)
		}
	}
	if old, ok := plainJSON(r.Extensions["examples"]).(map[string]any); ok {
		add("example", old[media])
	}
	for _, v := range sandbox(plainJSON(r.Extensions["x-amzn-api-sandbox"])) {
		add("sandbox", v)
	}
	return list
}

// sandbox returns the responses of a sandbox: the members named response of a list named static.
func sandbox(v any) []any {
	m, _ := v.(map[string]any)
	cases, _ := m["static"].([]any)
	var list []any
	for _, c := range cases {
		if m, ok := c.(map[string]any); ok && m["response"] != nil {
			list = append(list, m["response"])
		}
	}
	return list
}

// plainJSON converts any value to what encoding/json decodes.
func plainJSON(v any) any {
	var out any
	if err := json.Unmarshal(raw(v), &out); err != nil {
		return nil
	}
	return out
}
