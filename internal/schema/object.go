package schema

import (
	"bytes"
	"encoding/json"
)

// An object is a JSON object that keeps the order of its members.
type object []member

type member struct {
	key   string
	value any
}

// with returns the object with another member.
func (o object) with(key string, value any) object { return append(o, member{key, value}) }

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, v := range []any{m.key, m.value} {
			if j > 0 {
				b.WriteByte(':')
			}
			data, err := encode(v)
			if err != nil {
				return nil, err
			}
			b.Write(data)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode returns a value as JSON that leaves <, > and & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// file returns a schema as a file.
func file(schema object) ([]byte, error) {
	data, err := encode(schema)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// A kind is the type of a JSON value.
type kind string

const (
	text    kind = "string"
	integer kind = "integer"
	number  kind = "number"
	boolean kind = "boolean"
	list    kind = "array"
	mapping kind = "object"
)

// typed returns a schema of a type.
func typed(k kind) object { return object{{"type", k}} }

// orNothing returns a schema of a type that also allows a key without a value.
func orNothing(k kind) object { return object{{"type", []kind{k, "null"}}} }

// mappingOf returns the schema of a mapping with these keys only.
func mappingOf(properties object) object {
	return orNothing(mapping).with("additionalProperties", false).with("properties", properties)
}

// named returns the schema of a mapping from names to values.
func named(names, values object) object {
	return orNothing(mapping).with("propertyNames", names).with("additionalProperties", values)
}

// listOf returns the schema of a list.
func listOf(items object) object { return orNothing(list).with("items", items) }

// ref returns a reference to a definition.
func ref(definition string) object { return object{{"$ref", "#/$defs/" + definition}} }

// described returns a schema with a description in front.
func described(description string, schema object) object {
	if description == "" {
		return schema
	}
	return append(object{{"description", description}}, schema...)
}
