package success

import (
	"encoding/json"
	"strings"
)

// Items returns the items of the array at a path of a JSON text, or nil if there is no array.
func Items(data []byte, path string) []json.RawMessage {
	for path != root {
		name, rest, more := strings.Cut(path, ".")
		var object map[string]json.RawMessage
		if json.Unmarshal(data, &object) != nil {
			return nil
		}
		data, path = object[name], rest
		if !more {
			break
		}
	}
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil {
		return nil
	}
	return list
}

// ReplaceItems returns a JSON text whose array at a path has the given items.
func ReplaceItems(data []byte, path string, items []json.RawMessage) ([]byte, error) {
	if path == root || path == "" {
		return json.Marshal(items)
	}
	name, rest, _ := strings.Cut(path, ".")
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, err
	}
	inner, err := ReplaceItems(object[name], rest, items)
	if err != nil {
		return nil, err
	}
	object[name] = inner
	return json.Marshal(object)
}
