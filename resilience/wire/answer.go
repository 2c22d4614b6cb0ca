package wire

// This file has the decoders that generated outcomes name.

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/resgen/resgen/resilience/media"
	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// ErrEmptyBody is returned for a response without a body, or with the body null, where the document
// declares a value.
var ErrEmptyBody = errors.New("the answer has no value, though the document declares one")

// JSONAs decodes a JSON response as a T. It returns [ErrEmptyBody] for the body null, except if T
// is a slice, a map, any, or a type that decodes null itself.
func JSONAs[T any](data []byte, report *Report) (any, error) {
	body := media.TrimStart(data)
	if len(body) == 0 || isNull(body) && !takesNull(reflect.TypeFor[T]()) {
		return nil, ErrEmptyBody
	}
	return decodeAs[T](body, report)
}

// NullableJSONAs decodes a JSON answer as a T, an empty body and the body null as the zero T.
func NullableJSONAs[T any](data []byte, report *Report) (any, error) {
	body := media.TrimStart(data)
	if len(body) == 0 || isNull(body) {
		var none T
		return none, nil
	}
	return decodeAs[T](body, report)
}

// decodeAs returns a T, also if T is an interface and the value nil. With an error it returns nil.
func decodeAs[T any](body []byte, report *Report) (any, error) {
	if t := reflect.TypeFor[T](); t.Kind() == reflect.Pointer && t.Name() == "" { // as below, without the pointer
		v, err := lossless.DecodeNew(body, t.Elem(), report)
		if err != nil {
			return nil, err
		}
		return v, nil
	}
	var v T
	if _, err := lossless.Decode(body, &v, report); err != nil {
		return nil, err
	}
	return v, nil
}

// TextAs decodes a text response as a string. An empty text is a value.
func TextAs(data []byte, _ *Report) (any, error) { return string(data), nil }

// StringAs decodes a text response as a T whose JSON is a string, such as a time or an enum. It
// also reads the JSON string, because some responses do not say which of the two they are.
func StringAs[T any](data []byte, report *Report) (any, error) {
	if body := media.TrimStart(data); len(body) > 0 && body[0] == '"' {
		return JSONAs[T](data, report)
	}
	text, err := lossless.Marshal(string(bytes.TrimSpace(data)))
	if err != nil {
		return nil, err
	}
	return decodeAs[T](text, report)
}

// BytesAs returns a copy of a response of any other media type, XML included.
func BytesAs(data []byte, _ *Report) (any, error) {
	return append(make([]byte, 0, len(data)), data...), nil
}

// isNull reports whether the JSON text is null and nothing else.
func isNull(body []byte) bool {
	return len(body) >= 4 && string(body[:4]) == "null" && len(media.TrimStart(body[4:])) == 0
}

// takesNull reports whether null is a value of the type.
func takesNull(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Interface:
		return true
	case reflect.Pointer:
		return false
	}
	return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
}
