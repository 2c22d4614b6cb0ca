package generate

import (
	"encoding/json"
	"fmt"
	"testing"
)

// The size of the document.
const (
	operations = 767
	schemas    = 480
)

type object = map[string]any

// document returns the document.
func document() []byte {
	paths := object{}
	for i := range operations {
		path := fmt.Sprintf("/areas/{area}/resources%d/{id}", i/len(methods))
		if paths[path] == nil {
			paths[path] = object{}
		}
		method := methods[i%len(methods)]
		paths[path].(object)[method] = operation(i, method)
	}
	data, err := json.Marshal(object{
		"openapi": "3.0.3", "info": object{"title": "Resources", "version": "1"},
		"servers": []any{object{"url": "https://resources.test"}},
		"paths":   paths, "components": components(),
	})
	if err != nil {
		panic(err)
	}
	return data
}

var methods = []string{"get", "put", "patch", "delete"}

// operation returns one operation; every third has an inline body or response.
func operation(i int, method string) object {
	op := object{
		"operationId": fmt.Sprintf(
			"resources/%s-%d",
			method,
			i,
		), "tags": []any{fmt.Sprint("area", i%20)}, "summary": fmt.Sprintf("Handle resource %d", i),
		"description": prose(i),
		"parameters": []any{
			ref("parameters", "area"), ref("parameters", "id"), ref("parameters", "page"),
			object{
				"name":        "sort",
				"in":          "query",
				"description": "The order.",
				"schema":      object{"type": "string", "enum": []any{"created", "updated", fmt.Sprint("size", i)}},
			},
			object{"name": "since", "in": "query", "schema": object{"type": "string", "format": "date-time"}},
		},
	}
	answer := object{"description": "Done.", "content": media(schemaOf(i))}
	op["responses"] = object{"200": answer, "404": ref("responses", "missing"), "422": ref("responses", "invalid")}
	switch method {
	case "put", "patch":
		op["requestBody"] = object{"required": true, "content": media(schemaOf(i + 1))}
	case "delete":
		op["responses"].(object)["204"] = object{"description": "Gone."}
		delete(op["responses"].(object), "200")
	}
	return op
}

// schemaOf returns a schema for a body: a reference, a list or an inline schema.
func schemaOf(i int) any {
	switch i % 3 {
	case 0:
		return named(i)
	case 1:
		return object{"type": "array", "items": named(i)}
	}
	return structure(i)
}

func components() object {
	list := object{
		"problem": object{
			"type":       "object",
			"required":   []any{"message"},
			"properties": object{"message": text("What is wrong."), "code": object{"type": "integer"}},
		},
	}
	for i := range schemas {
		list[fmt.Sprintf("resource-%d", i)] = component(i)
	}
	path := func(name string) object {
		return object{"name": name, "in": "path", "required": true, "schema": object{"type": "string"}}
	}
	return object{
		"schemas": list,
		"parameters": object{
			"area": path("area"),
			"id":   path("id"),
			"page": object{"name": "page", "in": "query", "schema": object{"type": "integer", "default": 1}},
		},
		"responses": object{
			"missing": object{"description": "There is none.", "content": media(ref("schemas", "problem"))},
			"invalid": object{"description": "It cannot be.", "content": media(ref("schemas", "problem"))},
		},
	}
}

// component returns a component schema. Those whose number is divisible by 8 are objects used by
// others.
func component(i int) object {
	base := ref("schemas", fmt.Sprintf("resource-%d", i-i%8))
	switch i % 8 {
	case 5:
		return object{
			"type":        "string",
			"description": prose(i),
			"enum":        []any{"open", "closed", fmt.Sprint("state ", i)},
		}
	case 6:
		return object{"allOf": []any{base, structure(i)}}
	case 7:
		return object{"oneOf": []any{base, ref("schemas", "problem")}}
	}
	return structure(i)
}

// structure returns an object with all kinds of members.
func structure(i int) object {
	inner := object{
		"type": "object",
		"properties": object{
			"login": text("Who."),
			"admin": object{"type": "boolean"},
			"score": object{"type": "number"},
		},
	}
	return object{
		"type": "object", "description": prose(i), "required": []any{"id", "name", "created_at"},
		"properties": object{
			"id": object{
				"type":   "integer",
				"format": "int64",
			}, "name": text("The name."), "url": object{"type": "string", "format": "uri"},
			"created_at": object{
				"type":   "string",
				"format": "date-time",
			}, "note": object{"type": "string", "nullable": true},
			"state": object{"type": "string", "enum": []any{"new", "old", fmt.Sprint("v", i)}},
			"labels": object{
				"type":  "array",
				"items": text("A label."),
			}, "counts": object{"type": "object", "additionalProperties": object{"type": "integer"}},
			"owner": inner, "parent": named(i * 7), "children": object{"type": "array", "items": named(i*5 + 2)},
			"size": object{"type": "integer", "description": prose(i)},
		},
	}
}

func named(i int) object { return ref("schemas", fmt.Sprintf("resource-%d", i%schemas)) }

func ref(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }

func text(description string) object { return object{"type": "string", "description": description} }

func media(schema any) object { return object{"application/json": object{"schema": schema}} }

// prose returns a realistic description.
func prose(i int) string {
	return fmt.Sprintf(
		"Resource %d of an area, as its members see it. Whoever may read the area may read it as well, e.g. "+
			"through a list.\n\n- It has a name.\n- It may have a *parent*.",
		i,
	)
}

func TestDocument(t *testing.T) {
	var doc struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(document(), &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, item := range doc.Paths {
		n += len(item)
	}
	if n != 767 {
		t.Errorf("%d operations, want 767", n)
	}
}
