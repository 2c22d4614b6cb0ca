package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

type item struct {
	ID    int64          `json:"id"`
	Name  *string        `json:"name,omitzero"`
	Price Decimal        `json:"price,omitzero"`
	Extra map[string]any `json:"extra,omitzero"`
}

func TestJSONAs(t *testing.T) {
	got, err := JSONAs[*item]([]byte("\xef\xbb\xbf \n{\"id\": 9007199254740993, \"extra\": {\"n\": "+
		"12345678901234567890.10}}\r\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	value := got.(*item)
	if value.ID != 9007199254740993 || value.Extra["n"] != json.Number("12345678901234567890.10") {
		t.Errorf("%+v", value)
	}
}

func TestJSONAs_Null(t *testing.T) {
	empty := func(decode func([]byte, *Report) (any, error)) bool {
		v, err := decode([]byte(" null\n"), nil)
		return v == nil && err == ErrEmptyBody
	}
	if !empty(JSONAs[*item]) || !empty(JSONAs[item]) || !empty(JSONAs[string]) || !empty(JSONAs[int64]) ||
		!empty(JSONAs[*shape]) || !empty(JSONAs[bool]) {
		t.Error("null is taken for a value")
	}
	for _, row := range []struct {
		decode func([]byte, *Report) (any, error)
		want   any
	}{
		{JSONAs[[]item], []item(nil)},
		{JSONAs[map[string]int], map[string]int(nil)},
		{JSONAs[any], nil},
		{JSONAs[Nullable[int]], Null[int]()},
		{JSONAs[Scalar], Scalar{}},
		{NullableJSONAs[*item], (*item)(nil)},
		{NullableJSONAs[string], ""},
	} {
		if got, err := row.decode([]byte("null"), nil); err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("got %#v, %v, want %#v", got, err, row.want)
		}
	}
}

// An empty body is an error, unless the document declares that there may be none.
func TestJSONAs_Empty(t *testing.T) {
	for _, data := range []string{"", " \r\n", "\xef\xbb\xbf"} {
		if v, err := JSONAs[*item]([]byte(data), nil); v != nil || err != ErrEmptyBody {
			t.Errorf("%q: got %v, %v", data, v, err)
		}
		if v, err := NullableJSONAs[*item]([]byte(data), nil); v != (*item)(nil) || err != nil {
			t.Errorf("%q: got %v, %v, want nil", data, v, err)
		}
		if v, err := NullableJSONAs[int]([]byte(data), nil); v != 0 || err != nil {
			t.Errorf("%q: got %v, %v, want 0", data, v, err)
		}
	}
}

func TestJSONAs_Errors(t *testing.T) {
	rows := []struct {
		data, want string
		is         error
	}{
		{`{"id": 1`, "JSON at byte 8: the text ends too early", io.ErrUnexpectedEOF},
		{`{"id": "secret`, "JSON at byte 14: the text ends too early", io.ErrUnexpectedEOF},
		{`{"id": 1} x`, "JSON at byte 9: more data follows the JSON value", nil},
		{`{"id": 1}{}`, "JSON at byte 9: more data follows the JSON value", nil},
		{`nullx`, "JSON at byte 4: more data follows the JSON value", nil},
		{`<html>`, "JSON at byte 1: invalid character '<' looking for beginning of value", nil},
		{`{"id": "secret"}`, "JSON at byte 7, member id: string where number is declared", nil},
		{`{"id": 123456.5}`, "JSON at byte 7, member id: a number that does not fit int64", nil},
		{`{"id": 1, "name": 4111111}`, "JSON at byte 18, member name: number where string is declared", nil},
		{`{"id": 1, "extra": []}`, "JSON at byte 19, member extra: array where object is declared", nil},
		{`[]`, "JSON at byte 0: array where object is declared", nil},
		{`"secret"`, "JSON at byte 0: string where object is declared", nil},
	}
	for _, row := range rows {
		for _, decode := range []func([]byte, *Report) (any, error){JSONAs[*item], NullableJSONAs[*item]} {
			v, err := decode([]byte(row.data), nil)
			if err == nil || err.Error() != row.want || v != nil || row.is != nil && !errors.Is(err, row.is) {
				t.Errorf("%q: got %v, %v, want %s", row.data, v, err, row.want)
			}
			if row.is == nil && errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%q: is taken for a truncated answer", row.data)
			}
		}
	}
}

func TestUnmarshal_KindsInErrors(t *testing.T) {
	rows := []struct {
		into any
		data string
		want string
	}{
		{new(bool), `1`, "number where bool is declared"},
		{new([]int), `true`, "bool where array is declared"},
		{new([2]int), `"a"`, "string where array is declared"},
		{new(map[string]int), `"a"`, "string where object is declared"},
		{new(**string), `{}`, "object where string is declared"},
		{new(fmt.Stringer), `{}`, "object where any is declared"},
		{new(uint8), `256`, "a number that does not fit uint8"},
		{new(time.Time), `"secret"`, "the type of the value rejects it"},
	}
	for _, row := range rows {
		err := Unmarshal([]byte(row.data), row.into)
		var d *DecodeError
		if !errors.As(err, &d) || d.Reason != row.want || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s into %T: got %v, want %s", row.data, row.into, err, row.want)
		}
	}
	var parse *time.ParseError
	if err := Unmarshal([]byte(`"x"`), new(time.Time)); !errors.As(err, &parse) {
		t.Errorf("the error of the type is lost: %v", err)
	}
}

func TestMarshal(t *testing.T) {
	got, err := Marshal(map[string]any{"b": "<&>\n", "a": json.Number("1.50"), "c": Raw(`{"x": 1}`)})
	if want := `{"a":1.50,"b":"<&>\n","c":{"x":1}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if got, err := Marshal(make(chan int)); err == nil || got != nil {
		t.Error(got, err)
	}
}

func TestTextAs(t *testing.T) {
	data := []byte("é")
	text, err := TextAs(data, nil)
	if err != nil || text != "é" {
		t.Error(text, err)
	}
	kept, err := BytesAs(data, nil)
	data[0] = 'x'
	if err != nil || !bytes.Equal(kept.([]byte), []byte("é")) {
		t.Error(kept, err)
	}
	if none, err := BytesAs(nil, nil); err != nil || none.([]byte) == nil {
		t.Error(none, err)
	}
}

func TestMatchMedia(t *testing.T) {
	rows := []struct {
		declared, got string
		want          int
	}{
		{"application/json", "application/json; charset=utf-8", 4},
		{"Application/JSON;v=1", "application/json", 4},
		{"application/json", "application/problem+json", 3},
		{"application/hal+json", "application/json", 3},
		{"application/json", "text/json", 3},
		{"application/json", "text/html", 0},
		{"application/json", "", 0},
		{"text/*", "text/csv; header=present", 2},
		{"text/*", "textual/csv", 0},
		{"image/*", "text/csv", 0},
		{"*/*", "text/csv", 1},
		{"*", "text/csv", 1},
		{"", "text/csv", 1},
		{"application/xml", "text/xml", 0},
		{"application/jsonx", "application/json", 0},
	}
	for _, row := range rows {
		if got := MatchMedia(row.declared, row.got); got != row.want {
			t.Errorf("%q against %q: got %d, want %d", row.declared, row.got, got, row.want)
		}
	}
}

func TestLooksLikeHTML(t *testing.T) {
	for text, want := range map[string]bool{
		"<!DOCTYPE html><html>":                                       true,
		"\xef\xbb\xbf\r\n <HTML lang=en>":                             true,
		"<!-- x --><html>":                                            true,
		"<h1>503</h1>":                                                true,
		`<?xml version="1.0"?><!DOCTYPE x><html>`:                     true,
		`<?xml version="1.0"?><order/>`:                               false,
		`<?xml version="1.0"?>` + strings.Repeat(" ", 600) + "<html>": false,
		"<order><html>":                                               false,
		`{"a":"<html>"}`:                                              false,
		"":                                                            false,
		"<":                                                           false,
		"html":                                                        false,
	} {
		if got := LooksLikeHTML([]byte(text)); got != want {
			t.Errorf("%.40q: got %v", text, got)
		}
	}
}
