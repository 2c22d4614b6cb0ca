package success

import (
	"encoding/json"

	"github.com/resgen/resgen/resilience/memberpath"
)

// Items returns the items of the array at a path of a JSON text, or nil if the text has no array at
// that path. A path is one of package memberpath.
func Items(data []byte, path string) []json.RawMessage {
	array, ok := memberpath.Follow(parse(path), json.RawMessage(data), rawMember)
	if !ok {
		return nil
	}
	list, _ := decode[[]json.RawMessage](array)
	return list
}

// ReplaceItems returns a JSON text whose array at a path has the given items.
func ReplaceItems(data []byte, path string, items []json.RawMessage) ([]byte, error) {
	array, err := json.Marshal(items)
	if err != nil {
		return nil, err
	}
	replaced, err := memberpath.Replace(parse(path), json.RawMessage(data), array, rawMember, setRawMember)
	if err != nil {
		return nil, err
	}
	return replaced, nil
}

// parse parses a path of a policy. A path that is malformed, which no checked policy has, selects
// nothing.
func parse(path string) memberpath.Path {
	p, err := memberpath.Parse(path)
	if err != nil {
		return memberpath.Path{}
	}
	return p
}

// rawMember returns a member of an object or an element of a list.
func rawMember(data json.RawMessage, name string) (json.RawMessage, bool) {
	if object, err := decode[map[string]json.RawMessage](data); err == nil {
		m, ok := object[name]
		return m, ok
	}
	i, ok := memberpath.Index(name)
	if !ok {
		return nil, false
	}
	list, err := decode[[]json.RawMessage](data)
	if err != nil || i >= len(list) {
		return nil, false
	}
	return list[i], true
}

// setRawMember returns an object or a list with another value of one member or element.
func setRawMember(data json.RawMessage, name string, value json.RawMessage) (json.RawMessage, error) {
	if list, err := decode[[]json.RawMessage](data); err == nil {
		if i, ok := memberpath.Index(name); ok && i < len(list) {
			list[i] = value
			return json.Marshal(list)
		}
	}
	object, err := decode[map[string]json.RawMessage](data)
	if err != nil {
		return nil, err
	}
	if object == nil { // null
		object = map[string]json.RawMessage{}
	}
	object[name] = value
	return json.Marshal(object)
}

// decode decodes a JSON text. A text of null is the zero value.
func decode[T any](data json.RawMessage) (v T, err error) {
	err = json.Unmarshal(data, &v)
	return v, err
}
