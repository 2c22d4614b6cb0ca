package wire

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// numbered is a union whose discriminator may be a number or a bool.
var numbered = Variants{Discriminator: "v", List: []Variant{
	{Name: "one", Tags: []string{"1", "true"}, Decode: JSONAs[*circle]},
	{Name: "two", Tags: []string{"2.50"}, Decode: JSONAs[*square]},
}}

// opened is a union without a discriminator whose variants have the same members.
var stated = Variants{List: []Variant{
	{Name: "opened", Required: []string{"by"}, Only: []Constant{
		{Name: "kind", Values: []any{"opened"}}, {Name: "n", Values: []any{1, 2.5}},
	},
		Decode: JSONAs[map[string]any]},
	{Name: "closed", Required: []string{"by"}, Only: []Constant{{Name: "kind", Values: []any{"closed", true}}},
		Decode: JSONAs[*map[string]any]},
	{Name: "label", Decode: JSONAs[string]},
}}

// picked returns the name of the variant that a JSON value is, or the error.
func picked(t *testing.T, data string, vs Variants) string {
	t.Helper()
	got := ""
	list := append([]Variant(nil), vs.List...)
	for i, v := range list {
		decode := v.Decode
		list[i].Decode = func(data []byte, r *Report) (any, error) {
			_, err := decode(data, r)
			return v.Name, err
		}
	}
	v, err := readShape(t, data).Pick(&Variants{Discriminator: vs.Discriminator, Default: vs.Default, List: list})
	if err != nil {
		return err.Error()
	}
	got += v.(string)
	return got
}

func TestPick_Numbers(t *testing.T) {
	const none = "member v selects none of the 2 types of the union; use Raw"
	for data, want := range map[string]string{
		`{"v":1}`: "one", `{"v":1.0}`: "one", `{"v":"1"}`: "one", `{"v":"1.0"}`: none, `{"v":true}`: "one",
		`{"v":"true"}`: "one", `{"v":2.5}`: "two", `{"v":25e-1}`: "two", `{"v":"2.50"}`: "two", `{"v":"2.5"}`: none,
		`{"v":2}`: none, `{"v":false}`: none, `{"v":null}`: none, `{"v":[1]}`: none, `{"v":{"v":1}}`: none,
		`{"v":""}`: none, `{"v":2,"v":1}`: "one", `{"v":1,"v":2}`: none,
	} {
		if got := picked(t, data, numbered); got != want {
			t.Errorf("%s: got %s, want %s", data, got, want)
		}
	}
}

func TestPick_Constants(t *testing.T) {
	const none = "the value is none of the 3 types of the union; use Raw"
	for data, want := range map[string]string{
		`{"by":"a","kind":"opened"}`: "opened", `{"by":"a","kind":"closed"}`: "closed",
		`{"by":"a","kind":true}`:   "closed",
		`{"by":"a","kind":"true"}`: none, `{"by":"a","kind":"new"}`: none, `{"by":"a","kind":null}`: none,
		`{"by":"a","kind":["opened"]}`: none, `{"by":"a"}`: "opened", `{"kind":"opened"}`: none,
		`{"by":"a","n":1}`: "opened", `{"by":"a","n":1.0}`: "opened", `{"by":"a","n":2.50}`: "opened",
		`{"by":"a","n":3}`: "closed", `{"by":"a","n":"1"}`: "closed", `{"by":"a","kind":"opened","n":3}`: none,
		`{"by":"a","kind":"new","kind":"closed"}`: "closed", `"text"`: "label", `7`: none,
		`{"by":"a","kind":"\u006fpened"}`: "opened",
	} {
		if got := picked(t, data, stated); got != want {
			t.Errorf("%s: got %s, want %s", data, got, want)
		}
	}
}

// Values of the discriminator that select nothing leave the variants without tags.
func TestPick_Untagged(t *testing.T) {
	u := Variants{Discriminator: "kind", List: []Variant{
		{Name: "circle", Tags: []string{"c"}, Decode: JSONAs[*circle]},
		{Name: "any", Decode: JSONAs[map[string]int]},
		{Name: "label", Decode: JSONAs[string]},
	}}
	for data, want := range map[string]string{
		`{"kind":"c"}`: "circle", `{"kind":7}`: "any", `{}`: "circle", `"kind"`: "label",
		`{"kind":"d"}`: "member kind selects none of the 3 types of the union; use Raw",
	} {
		if got := picked(t, data, u); got != want {
			t.Errorf("%s: got %s, want %s", data, got, want)
		}
	}
}

func TestUnion_SetMembers(t *testing.T) {
	for _, row := range []struct {
		v         any
		constants []Constant
		want      string
	}{
		{map[string]any{}, nil, `{}`},
		{map[string]any{}, []Constant{{Name: "v", Values: nil}}, `{}`},
		{map[string]any{}, []Constant{{Name: "v", Values: []any{2, 3}}}, `{"v":2}`},
		{map[string]any{"v": 3}, []Constant{{Name: "v", Values: []any{2, 3}}}, `{"v":3}`},
		{map[string]any{"v": 3.0}, []Constant{{Name: "v", Values: []any{2, 3}}}, `{"v":3}`},
		{map[string]any{"v": "3"}, []Constant{{Name: "v", Values: []any{2, 3}}}, `{"v":2}`},
		{map[string]any{"v": 0}, []Constant{{Name: "v", Values: []any{uint64(18446744073709551615)}}},
			`{"v":18446744073709551615}`},
		{map[string]any{"a": 1, "v": false}, []Constant{{Name: "v", Values: []any{true}}}, `{"a":1,"v":true}`},
		{map[string]any{"a": 1}, []Constant{{Name: "v", Values: []any{1.5}}, {Name: "w", Values: []any{"<"}}},
			`{"w":"<","v":1.5,"a":1}`},
		{Raw(`{"v":2,"v":9}`), []Constant{{Name: "v", Values: []any{2}}}, `{"v":2,"v":2}`},
	} {
		var s shape
		if err := s.SetMembers(row.v, row.constants...); err != nil || s.String() != row.want {
			t.Errorf("%v: got %s, %v, want %s", row.v, s, err, row.want)
		}
	}
	open := Constant{Name: "v", Values: []any{"x"}, Open: true}
	for data, want := range map[string]string{
		`{}`: `{"v":"x"}`, `{"v":""}`: `{"v":"x"}`, `{"v":null}`: `{"v":"x"}`, `{"v":"x"}`: `{"v":"x"}`,
		`{"v":"y"}`: `{"v":"y"}`, `{"v":0}`: `{"v":0}`,
	} {
		var s shape
		if err := s.SetMembers(Raw(data), open); err != nil || s.String() != want {
			t.Errorf("%s: got %s, %v, want %s", data, s, err, want)
		}
	}
	s := readShape(t, `1`)
	err := s.SetMembers(map[string]any{}, Constant{Name: "v", Values: []any{failing{}}})
	if err == nil || s.String() != "1" {
		t.Errorf("a constant without JSON: %v, %v", err, s)
	}
}

// The default variant is that of objects whose discriminator is absent or selects no other.
func TestPick_Default(t *testing.T) {
	u := Variants{Discriminator: "kind", Default: "other", List: []Variant{
		{Name: "circle", Tags: []string{"c"}, Decode: JSONAs[*circle]},
		{Name: "other", Tags: []string{"o"}, Decode: JSONAs[map[string]any]},
		{Name: "label", Decode: JSONAs[string]},
	}}
	for data, want := range map[string]string{
		`{"kind":"c"}`: "circle", `{"kind":"o"}`: "other", `{"kind":"new"}`: "other", `{"kind":7}`: "other",
		`{"kind":null}`: "other", `{"r":1}`: "other", `"kind"`: "label",
		`7`: "the value is none of the 3 types of the union; use Raw",
	} {
		if got := picked(t, data, u); got != want {
			t.Errorf("%s: got %s, want %s", data, got, want)
		}
	}
}

func TestMemberAs(t *testing.T) {
	s := readShape(t, `{"a":1,"a":"x","n":5,"z":null}`)
	if got, err := MemberAs[string](s.Union, "a"); got != "x" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := MemberAs[*int](s.Union, "n"); got == nil || *got != 5 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	for _, name := range []string{"z", "none"} {
		if got, err := MemberAs[*int](s.Union, name); got != nil || err != nil {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	if got, err := MemberAs[int](s.Union, "a"); got != 0 || err == nil {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := MemberAs[int](Union{}, "a"); got != 0 || err != errAbsentUnion {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := MemberAs[int](readShape(t, `[1]`).Union, "a"); got != 0 || err == nil {
		t.Errorf("got %v, %v", got, err)
	}
}

// Check reports how a value differs from the variant that Pick decodes it as.
func TestVariants_Check(t *testing.T) {
	for data, want := range map[string]string{
		`{"kind":"ring","r":2}`:               "",
		`{"kind":"circle"}`:                   "",
		`{"kind":"square","side":"x"}`:        "side type",
		`{"kind":"oval","r":2}`:               " variant",
		`{"r":2,"x":1}`:                       "x unknown",
		`{"r":2,"side":1}`:                    "side unknown",
		`{"r":"wide"}`:                        " variant",
		`"text"`:                              "",
		`["1"]`:                               " variant",
		`true`:                                " variant",
		`{"kind":"circle","r":2,"y":1,"z":1}`: "y unknown, z unknown",
	} {
		var r Report
		shapes.Check([]byte(data), &r)
		var got []string
		for _, d := range r.Drifts {
			got = append(got, d.Path+" "+string(d.Kind))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s: got %q, want %q", data, text, want)
		}
	}
}

// A variant whose own decoding fails without a report is none.
func TestVariants_CheckOfAnOddDecoder(t *testing.T) {
	failing := func([]byte, *Report) (any, error) { return nil, errors.New("odd") }
	vs := Variants{Discriminator: "k", List: []Variant{{Name: "odd", Tags: []string{"x"}, Decode: failing}}}
	for _, data := range []string{`{"k":"x"}`, `{}`} {
		var r Report
		if vs.Check([]byte(data), &r); len(r.Drifts) != 1 || r.Drifts[0].Kind != DriftVariant {
			t.Errorf("%s: got %+v", data, r.Drifts)
		}
	}
}

// A linked is a union whose values hold further ones.
type linked struct{ Union }

type link struct {
	In *linked `json:"in,omitzero"`
}

var decodedLinks int

func (linked) UnionVariants() *Variants {
	return &Variants{List: []Variant{
		{Name: "link", Required: []string{"in"}, Decode: func(data []byte, r *Report) (any, error) {
			decodedLinks++
			return JSONAs[*link](data, r)
		}},
		{Name: "end", Decode: JSONAs[string]},
	}}
}

// Unions in unions are examined down to 32 levels, with two decodings each: one to find the type,
// and one that examines what is in it.
func TestVariants_CheckIsBounded(t *testing.T) {
	for _, c := range []struct{ depth, drifts, decoded int }{
		{1, 1, 2}, {3, 1, 6}, {31, 1, 62}, {32, 0, 64}, {5000, 0, 64},
	} {
		var r Report
		decodedLinks = 0
		data := strings.Repeat(`{"in":`, c.depth) + "7" + strings.Repeat("}", c.depth)
		if _, err := JSONAs[*linked]([]byte(data), &r); err != nil || len(r.Drifts) != c.drifts {
			t.Errorf("depth %d: %v, %+v", c.depth, err, r.Drifts)
		}
		if path := strings.TrimSuffix(strings.Repeat("in.", c.depth), "."); c.drifts > 0 && r.Drifts[0].Path != path {
			t.Errorf("depth %d: got path %s", c.depth, r.Drifts[0].Path)
		}
		if decodedLinks != c.decoded {
			t.Errorf("depth %d: %d decodings, want %d", c.depth, decodedLinks, c.decoded)
		}
	}
}

// Drifts of the same place in several unions of a list are one drift with their number.
func TestVariants_CheckMerges(t *testing.T) {
	var r Report
	const data = `[{"in":7},"end",{"in":{"in":true}},{"in":8,"more":1},9]`
	if _, err := JSONAs[[]linked]([]byte(data), &r); err != nil {
		t.Fatal(err)
	}
	want := []Drift{
		{Path: "[].in", Kind: DriftVariant, Count: 2}, {Path: "[].in.in", Kind: DriftVariant, Count: 1},
		{Path: "[].more", Kind: DriftUnknown, Count: 1}, {Path: "[]", Kind: DriftVariant, Count: 1},
	}
	slices.SortFunc(r.Drifts, func(a, b Drift) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(want, func(a, b Drift) int { return strings.Compare(a.Path, b.Path) })
	if !slices.Equal(r.Drifts, want) {
		t.Errorf("got %+v, want %+v", r.Drifts, want)
	}
}

func TestScalar_Drift(t *testing.T) {
	for data, want := range map[string]string{
		`["a",7,true,1.5]`: "", `[{"a":1}]`: "object where string, number or bool is declared",
		`[[1]]`: "array where string, number or bool is declared", `[null]`: "null where the document has none",
	} {
		var r Report
		v, err := JSONAs[[]Scalar]([]byte(data), &r)
		got := ""
		for _, d := range r.Drifts {
			got += d.Text()
		}
		if back, _ := Marshal(v); err != nil || got != want || string(back) != data {
			t.Errorf("%s: got %q, %s, %v, want %q", data, got, back, err, want)
		}
	}
}
