package wire

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzEncodeRequest(f *testing.F) {
	for _, s := range []string{"", ".", "..", "a/b", "%2e%2e", "..;x", "\\..", "é", "a\r\nb", "//"} {
		f.Add(s, s)
	}
	params := []Param{{Name: "a", In: Path}, {Name: "b", In: Path, Style: Label, Explode: true},
		{Name: "q", In: Query, Reserved: true}, {Name: "c", In: Cookie}}
	f.Fuzz(func(t *testing.T, a, b string) {
		got, err := EncodeRequest("/x/{a}/y{a}/{b}", params, []any{a, []string{a, b}, b, a})
		if err != nil {
			return
		}
		segments := strings.Split(got.Path, "/")
		if len(segments) != 5 || strings.ContainsAny(got.Path+got.Query, " #\r\n") ||
			strings.ContainsAny(got.Cookie, "\r\n\x00;, ") {
			t.Fatalf("%q, %q: %+v", a, b, got)
		}
		if plain, err := url.PathUnescape(got.Path); err != nil || plain != got.Plain {
			t.Fatalf("%q, %q: path %q is %q without escapes, want %q, %v", a, b, got.Path, got.Plain, plain, err)
		}
		for _, s := range segments[2:] {
			if s == "" || s == "." || s == ".." {
				t.Fatalf("%q, %q: %q", a, b, got.Path)
			}
		}
		if text, err := url.PathUnescape(segments[2]); err != nil || text != a {
			t.Fatalf("%q became %q, %v", a, text, err)
		}
		query, err := url.ParseQuery(strings.ReplaceAll(got.Query, ";", "%3B"))
		if err != nil || len(query) != 1 || len(query["q"]) != 1 {
			t.Fatalf("%q: query %q, %v", b, got.Query, err)
		}
	})
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{`"2024-01-01T00:00Z"`, `null`, `1700000000`, `"\u0041"`, `{"a": [1 , 2]}`,
		`"Mon Oct 28 18:49:32 PST 2019"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var a, b Time
		if Unmarshal(data, &a) != nil {
			return
		}
		if _, err := a.Time(); (err == nil) != a.Valid() {
			t.Fatalf("%s: %v, valid %v", data, err, a.Valid())
		}
		again, err := Marshal(a)
		if err != nil || Unmarshal(again, &b) != nil || a != b {
			t.Fatalf("%s became %s: %q is not %q, %v", data, again, a, b, err)
		}
	})
}

func FuzzScalar(f *testing.F) {
	for _, s := range []string{`"x"`, `12`, `-1.50e3`, `true`, `null`, `"9223372036854775808"`, `1e999999999`,
		`"\ud800"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Scalar
		if Unmarshal(data, &s) != nil {
			return
		}
		if i, err := s.Int64(); err == nil {
			if back, err := ScalarOf(i).Int64(); err != nil || back != i {
				t.Fatalf("%s: %d became %d, %v", data, i, back, err)
			}
		}
		again, err := Marshal(s)
		var b Scalar
		if err != nil || Unmarshal(again, &b) != nil || b != s || b.IsString() != s.IsString() {
			t.Fatalf("%s became %s, %v", data, again, err)
		}
	})
}

func FuzzUnion(f *testing.F) {
	for _, s := range []string{`{"kind":"circle","r":1}`, `{"kind":"?"}`, `[]`, `null`, `{"kind":{}}`,
		`{"kind":"square","r":"x"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var u Union
		if Unmarshal(data, &u) != nil {
			return
		}
		v, err := u.Pick(&shapes)
		if (v == nil) != (err != nil) {
			t.Fatalf("%s: %v, %v", data, v, err)
		}
		if again, err := Marshal(u); err != nil || !u.IsZero() && string(again) != u.String() {
			t.Fatalf("%s became %s, %v", data, again, err)
		}
	})
}

// Whatever JSON comes, a generated struct gives it back.
func FuzzStruct(f *testing.F) {
	for _, row := range roundTrips {
		f.Add([]byte(row.data))
	}
	f.Add([]byte(`{"owner":{"name":"n"},"owner":{},"id":5,"id":"a","id":6}`))
	f.Add([]byte(`{"weight":-0.0,"count":1e2,"prices":{"a":1E400}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) || !utf8.Valid(data) || bytes.Contains(bytes.ToLower(data), []byte(`\ud`)) {
			return // names that are not UTF-8 are written with replacement characters
		}
		var p parcel
		if err := json.Unmarshal(data, &p); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		back, err := Marshal(p)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		var want, got any
		if Unmarshal(data, &want) != nil || Unmarshal(back, &got) != nil || !sameValue(want, got) {
			t.Fatalf("%s became %s", data, back)
		}
		o := new(open)
		if err := json.Unmarshal(data, o); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if back, err = json.Marshal(o); err != nil || Unmarshal(back, &got) != nil || !sameValue(want, got) {
			t.Fatalf("%s became %s, %v", data, back, err)
		}
	})
}

// sameValue compares JSON values, numbers by value.
func sameValue(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && maps.EqualFunc(x, y, sameValue)
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, sameValue)
	case json.Number:
		y, ok := b.(json.Number)
		return ok && Decimal{token(x)}.Equal(Decimal{token(y)})
	}
	return a == b
}
