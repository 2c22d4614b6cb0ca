package plan_test

import (
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"

	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/resgen/resgen/generator/spec"
)

// A maker makes documents at random, all of one grammar, that try what people rarely write.
type maker struct{ *rand.Rand }

func (m maker) one(words ...string) string { return words[m.IntN(len(words))] }

var oddNames = []string{"a", "A", "_a", "a_b", "aB", "Client", "New", "error", "type", "id", "ID", "", "-", "1", "a,b",
	"🙂", "x y", "MarshalJSON", "additionalProperties", "status", "Item"}

// schema makes a schema that nests up to depth.
func (m maker) schema(depth int) any {
	if depth == 0 || m.IntN(4) == 0 {
		return map[string]any{"$ref": fmt.Sprintf("#/components/schemas/%s", m.component())}
	}
	s := map[string]any{}
	if m.IntN(3) > 0 {
		s["type"] = m.one("string", "integer", "number", "boolean", "object", "object", "array")
	}
	if m.IntN(8) == 0 {
		s["type"] = []any{m.one("string", "object"), m.one("null", "array", "integer")}
	}
	if m.IntN(4) == 0 {
		s["nullable"] = true
	}
	if m.IntN(6) == 0 {
		s["format"] = m.one("date-time", "date", "byte", "binary", "int32", "password", "odd")
	}
	if m.IntN(6) == 0 {
		s["enum"] = []any{m.one("a", "A", ""), m.one("b", "-"), m.IntN(3)}[:1+m.IntN(3)]
	}
	m.members(s, depth)
	for _, key := range []string{"allOf", "oneOf", "anyOf"} {
		if m.IntN(5) == 0 {
			s[key] = m.list(depth)
		}
	}
	if m.IntN(10) == 0 {
		s["discriminator"] = map[string]any{"propertyName": "kind", "mapping": map[string]any{"x": m.component()}}
	}
	return s
}

func (m maker) members(s map[string]any, depth int) {
	if m.IntN(3) == 0 {
		props := map[string]any{}
		for range m.IntN(4) {
			props[m.one(oddNames...)] = m.schema(depth - 1)
		}
		s["properties"], s["required"] = props, []any{m.one(oddNames...), m.one(oddNames...)}
	}
	if m.IntN(5) == 0 {
		s["additionalProperties"] = []any{true, false, m.schema(depth - 1)}[m.IntN(3)]
	}
	if m.IntN(4) == 0 {
		s["items"] = m.schema(depth - 1)
	}
	if m.IntN(12) == 0 {
		s["prefixItems"] = m.list(depth)
	}
}

func (m maker) list(depth int) []any {
	var list []any
	for range 1 + m.IntN(3) {
		list = append(list, m.schema(depth-1))
	}
	return list
}

const manySchemas = 4

func (m maker) component() string {
	return fmt.Sprintf("%s%d", m.one("Item", "item", "S"), m.IntN(manySchemas))
}

// document makes a document with operations over those schemas.
func (m maker) document() []byte {
	schemas := map[string]any{}
	for i := range manySchemas {
		for _, name := range []string{"Item", "item", "S"} {
			schemas[fmt.Sprint(name, i)] = m.schema(3)
		}
	}
	paths := map[string]any{}
	for i := range 4 {
		media := map[string]any{}
		for range m.IntN(3) {
			media[m.one("application/json", "text/plain", "multipart/form-data", "*/*",
				"application/x-www-form-urlencoded", "a/b")] = map[string]any{"schema": m.schema(2)}
		}
		responses := map[string]any{}
		for range m.IntN(3) {
			responses[m.one("200", "201", "204", "2XX", "default", "302", "404")] = map[string]any{"description": "d",
				"content": media}
		}
		paths[fmt.Sprintf("/%d/{a}", i)] = map[string]any{m.one("get", "post"): map[string]any{
			"operationId": m.one(oddNames...), "responses": responses,
			"requestBody": map[string]any{"content": media, "required": m.IntN(2) == 0},
			"parameters": []any{
				map[string]any{"name": "a", "in": "path", "required": true, "schema": m.schema(1)},
				map[string]any{"name": m.one(oddNames...), "in": m.one("query", "header"), "required": m.IntN(2) == 0,
					"schema": m.schema(2)},
			},
		}}
	}
	data, err := json.Marshal(map[string]any{"openapi": m.one("3.0.3", "3.1.0"), "paths": paths,
		"components": map[string]any{"schemas": schemas}})
	if err != nil {
		panic(err)
	}
	return data
}

// TestRandomDocuments checks the invariants of plans for random documents.
func TestRandomDocuments(t *testing.T) {
	for seed := range uint64(150) {
		data := maker{rand.New(rand.NewPCG(seed, 1))}.document()
		done := make(chan []string, 1)
		go func() { done <- planBroken(data) }()
		select {
		case found := <-done:
			if len(found) > 0 {
				t.Fatalf("seed %d: %s\n%s", seed, found, data)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("seed %d does not end\n%s", seed, data)
		}
	}
}

func planBroken(data []byte) []string {
	doc, found := spec.Load(context.Background(), spec.Options{File: "a.json", Data: data})
	if doc == nil {
		return []string{found.Error()}
	}
	a, found := plan.Plan(doc, plan.Options{Package: "p"})
	if a == nil {
		return []string{found.Error()}
	}
	return plantest.Broken(a)
}
