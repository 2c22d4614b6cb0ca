package lossless

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Unmarshal reads one JSON value, and nothing after it, into v. A number read into a value of type
// any is a [json.Number], so that no digit is lost. A value that is not of its declared type is
// kept in an [Unknown] if there is one, and is an error otherwise. Every error is a [*DecodeError];
// it matches [io.ErrUnexpectedEOF] if data ends too early.
func Unmarshal(data []byte, v any) error {
	_, err := Decode(data, v, nil)
	return err
}

// A DecodeError describes where a JSON text differs from its declared type. Its text contains no
// value of the data.
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

// decodeError turns an error of encoding/json into one of this package. at is the offset of the
// decoder, size the length of the text.
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
		got, _, _ := strings.Cut(kind.Value, " ") // encoding/json would quote a number
		return &DecodeError{Offset: kind.Offset, Member: kind.Field, Reason: mismatch(got, kind.Type)}
	}
	return &DecodeError{Offset: at, Reason: "the type of the value rejects it", Err: err}
}

// mismatch describes a value of another kind than the declared type.
func mismatch(got string, t reflect.Type) string {
	want := jsonKind(t)
	switch {
	case got != want:
		return got + " where " + want + " is declared"
	case want == "string":
		return "a string that is not Base64"
	}
	return "a number that does not fit " + t.String()
}

// jsonKind returns the JSON kind of a Go type.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return jsonKind(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 && t.Kind() == reflect.Slice {
			return "string"
		}
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Interface:
		return "any"
	}
	return "number"
}
