// This file is the one seam through which all JSON passes. To exchange the codec, exchange Marshal and Unmarshal.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
)

// Marshal returns v as JSON. Characters of HTML are not escaped, fields stand in the order of the struct, keys of maps are sorted.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Unmarshal reads one JSON value, and nothing after it, into v. A number read into a value of type any is a [json.Number],
// so that no digit is lost. Every error is a [*DecodeError]; it matches [io.ErrUnexpectedEOF] if data ends too early.
func Unmarshal(data []byte, v any) error {
	if fixed(reflect.TypeOf(v)) && json.Unmarshal(data, v) == nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return decodeError(err, d.InputOffset(), len(data))
	}
	end := d.InputOffset()
	if rest := data[end:]; len(bytes.TrimLeft(rest, " \t\r\n")) > 0 {
		return &DecodeError{Offset: end, Reason: "more data follows the JSON value"}
	}
	return nil
}

// fixedTypes remembers what [fixed] found out.
var fixedTypes sync.Map // reflect.Type → bool

// fixed reports whether a type has no place for a value of type any, so that a [json.Number] cannot come up in it. Such a type can do without a
// [json.Decoder], which copies what it reads.
func fixed(t reflect.Type) bool {
	if known, ok := fixedTypes.Load(t); ok {
		return known.(bool)
	}
	found := !leadsToAny(t, map[reflect.Type]bool{})
	fixedTypes.Store(t, found)
	return found
}

// leadsToAny reports whether a value of an interface type can be reached from a type. No type at all, of a nil value, is one.
func leadsToAny(t reflect.Type, seen map[reflect.Type]bool) bool {
	switch {
	case t == nil:
		return true
	case seen[t]:
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return leadsToAny(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if leadsToAny(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}

// A DecodeError says where a JSON text is not what was declared. Its own text holds no value of the data.
type DecodeError struct {
	Offset int64  // bytes before the place
	Member string // path of the member, with dots between names; empty: the value itself
	Reason string
	Err    error // what a type's own decoding returned, or io.ErrUnexpectedEOF; it may quote data
}

func (e *DecodeError) Error() string {
	if e.Member == "" {
		return fmt.Sprintf("JSON at byte %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("JSON at byte %d, member %s: %s", e.Offset, e.Member, e.Reason)
}

func (e *DecodeError) Unwrap() error { return e.Err }

// decodeError turns an error of encoding/json into one of this package. at is where the decoder stood, size how much there is.
func decodeError(err error, at int64, size int) error {
	var (
		inner  *DecodeError
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &inner):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &DecodeError{Offset: int64(size), Reason: "the text ends too early", Err: io.ErrUnexpectedEOF}
	case errors.As(err, &syntax):
		return &DecodeError{Offset: syntax.Offset, Reason: syntax.Error()}
	case errors.As(err, &kind):
		return &DecodeError{Offset: kind.Offset, Member: kind.Field, Reason: mismatch(kind)}
	}
	return &DecodeError{Offset: at, Reason: "a value is refused by its type", Err: err}
}

// mismatch tells which kind of value stands where which is declared. encoding/json would quote a number.
func mismatch(e *json.UnmarshalTypeError) string {
	got, number, _ := strings.Cut(e.Value, " ")
	want := jsonKind(e.Type)
	if number != "" && want == "number" {
		return "a number that does not fit " + e.Type.String()
	}
	return got + " where " + want + " is declared"
}

// jsonKind is what a Go type is in JSON.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return jsonKind(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Interface:
		return "any"
	}
	return "number"
}
