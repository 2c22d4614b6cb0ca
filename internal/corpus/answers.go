package main

// This file makes calls from the responses that a document declares and shows.

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/resgen/resgen/generator/api"
)

// answers returns a call for each declared status and media type. JSON bodies are samples of the
// schema and the examples of the document; other bodies are some text or bytes.
func (d *document) answers(j *judge, op *api.Operation, kin *openapi3.Operation, call *trial) []*trial {
	var list []*trial
	for _, key := range slices.Sorted(maps.Keys(kin.Responses.Map())) {
		status := d.statusOf(key, kin)
		response := kin.Responses.Value(key).Value
		if status == 0 || response == nil {
			continue
		}
		add := func(name, media string, answer []byte, fits, isJSON bool) {
			t := *call
			t.Status, t.Media, t.Answer, t.Field, t.fits, t.isJSON = status, media, answer, "", fits, isJSON
			t.name = op.Name + " " + key + " " + media + " " + name
			if op.Result != nil && op.Result.Struct != "" {
				t.Field = anyField
			}
			list = append(list, &t)
		}
		if len(response.Content) == 0 || bodiless(op.Method, status) {
			add("empty", "", []byte{}, true, false)
			continue
		}
		for _, media := range slices.Sorted(maps.Keys(response.Content)) {
			schema := response.Content[media].Schema
			if j.converted && schema == nil {
				continue // a response of Swagger 2.0 without a schema has no body
			}
			if schema != nil && schema.Value != nil && schema.Value.Extensions[untyped] != nil {
				continue
			}
			j.bodies(media, response, status < 300, add)
		}
	}
	return list
}

// anyField makes the driver take the field of a result struct that is set.
const anyField = "*"

// bodiless reports whether a response cannot have a body (RFC 9110, sections 9.3.2 and 15.3.5).
func bodiless(method string, status int) bool {
	return method == "HEAD" || status == 204 || status == 205 || status == 304
}

// statusOf returns a status of a key of responses; 0 if there is none. The default is a status that
// the operation does not declare.
func (d *document) statusOf(key string, kin *openapi3.Operation) int {
	var status int
	switch n, err := strconv.Atoi(strings.Replace(strings.ToUpper(key), "XX", "50", 1)); {
	case key == "default":
		status = 418
		for kin.Responses.Value(strconv.Itoa(status)) != nil || kin.Responses.Value("4XX") != nil && status < 500 {
			status += 20
		}
	case err == nil && n >= 200 && n < 600:
		status = n
	}
	return status
}

// bodies adds the bodies of one media type of a response, several for a success.
func (j *judge) bodies(
	media string, response *openapi3.Response, success bool, add func(string, string, []byte, bool, bool),
) {
	content := response.Content[media]
	concrete := concreteMedia(media, content.Schema)
	switch {
	case isJSON(concrete):
	case strings.HasPrefix(concrete, "text/"):
		add("text", concrete, []byte("a text, ü\r\n"), true, false)
		return
	default:
		add("bytes", concrete, []byte("bytes \x00\xff"), true, false)
		return
	}
	fills := []fullness{full}
	if success {
		fills = append(fills, minimal, nulls)
	}
	for _, fill := range fills {
		s := sampler{judge: j, fill: fill}
		if v, ok := s.of(content.Schema); ok && v != nil {
			add(fill.String(), concrete, raw(v), true, true)
		}
	}
	for i, e := range examples(response, content, media) {
		fits := content.Schema == nil || content.Schema.Value == nil ||
			j.fits(content.Schema.Value, e.value, openapi3.VisitAsResponse()) == nil
		add(fmt.Sprintf("%s %d", e.from, i), concrete, raw(e.value), fits, true)
	}
}

// concreteMedia returns a media type within a range. */* is JSON unless the schema is binary or a
// text.
func concreteMedia(media string, schema *openapi3.SchemaRef) string {
	switch {
	case !strings.Contains(media, "*"):
		return media
	case media == "text/*":
		return "text/plain"
	case media == "*/*" && (schema == nil || schema.Value == nil || !schema.Value.Type.Includes("string")),
		media == "application/*":
		return "application/json"
	case strings.HasPrefix(media, "*"):
		return "application/octet-stream"
	}
	return strings.Replace(media, "*", "x", 1)
}

func isJSON(media string) bool {
	_, sub, _ := strings.Cut(mediaType(media), "/")
	return sub == "json" || strings.HasPrefix(sub, "json+") || strings.HasSuffix(sub, "+json")
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
