package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// colour is the object of the examples in OpenAPI's table of styles.
type colour struct {
	R int `json:"R"`
	G int `json:"G"`
	B int `json:"B"`
}

var (
	colourText   = "blue"
	colourList   = []string{"blue", "black", "brown"}
	colourObject = colour{100, 200, 150}
)

// TestEncodeRequest_StyleTable has the table "Style Examples" of OpenAPI 3.1.1 row by row. Rows
// that the table leaves empty have the value that most servers expect.
func TestEncodeRequest_StyleTable(t *testing.T) {
	rows := []struct {
		in      Location
		style   Style
		explode bool
		value   any
		want    string
	}{
		{Path, Matrix, false, colourText, ";color=blue"},
		{Path, Matrix, false, colourList, ";color=blue,black,brown"},
		{Path, Matrix, false, colourObject, ";color=R,100,G,200,B,150"},
		{Path, Matrix, true, colourText, ";color=blue"},
		{Path, Matrix, true, colourList, ";color=blue;color=black;color=brown"},
		{Path, Matrix, true, colourObject, ";R=100;G=200;B=150"},
		{Path, Matrix, true, []string{"blue", ""}, ";color=blue;color"},
		{Path, Label, false, colourText, ".blue"},
		{Path, Label, false, colourList, ".blue,black,brown"},
		{Path, Label, false, colourObject, ".R,100,G,200,B,150"},
		{Path, Label, true, colourText, ".blue"},
		{Path, Label, true, colourList, ".blue.black.brown"},
		{Path, Label, true, colourObject, ".R=100.G=200.B=150"},
		{Path, Simple, false, colourText, "blue"},
		{Path, Simple, false, colourList, "blue,black,brown"},
		{Path, Simple, false, colourObject, "R,100,G,200,B,150"},
		{Path, Simple, true, colourText, "blue"},
		{Path, Simple, true, colourList, "blue,black,brown"},
		{Path, Simple, true, colourObject, "R=100,G=200,B=150"},
		{Path, 0, false, colourList, "blue,black,brown"},

		{Header, Simple, false, colourText, "blue"},
		{Header, Simple, false, colourList, "blue,black,brown"},
		{Header, Simple, false, colourObject, "R,100,G,200,B,150"},
		{Header, Simple, true, colourObject, "R=100,G=200,B=150"},
		{Header, Simple, false, "", ""},
		{Header, 0, false, colourList, "blue,black,brown"},

		{Query, Form, false, "", "color="},
		{Query, Form, false, colourText, "color=blue"},
		{Query, Form, false, colourList, "color=blue,black,brown"},
		{Query, Form, false, colourObject, "color=R,100,G,200,B,150"},
		{Query, Form, true, "", "color="},
		{Query, Form, true, colourText, "color=blue"},
		{Query, Form, true, colourList, "color=blue&color=black&color=brown"},
		{Query, Form, true, colourObject, "R=100&G=200&B=150"},
		{Query, 0, true, colourList, "color=blue&color=black&color=brown"},
		{Query, SpaceDelimited, false, colourList, "color=blue%20black%20brown"},
		{Query, SpaceDelimited, false, colourObject, "color=R%20100%20G%20200%20B%20150"},
		{Query, SpaceDelimited, true, colourList, "color=blue&color=black&color=brown"},
		{Query, PipeDelimited, false, colourList, "color=blue%7Cblack%7Cbrown"},
		{Query, PipeDelimited, false, colourObject, "color=R%7C100%7CG%7C200%7CB%7C150"},
		{Query, PipeDelimited, true, colourList, "color=blue&color=black&color=brown"},
		{Query, TabDelimited, false, colourList, "color=blue%09black%09brown"},
		{Query, DeepObject, true, colourObject, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"},
		{Query, DeepObject, false, colourObject, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"},
		{Query, DeepObject, true, colourList, "color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown"},
		{Query, DeepObject, true, colourText, "color=blue"},

		{Cookie, Form, false, "", "color="},
		{Cookie, Form, false, colourText, "color=blue"},
		{Cookie, Form, false, colourList, "color=blue,black,brown"},
		{Cookie, Form, false, colourObject, "color=R,100,G,200,B,150"},
		{Cookie, Form, true, colourList, "color=blue; color=black; color=brown"},
		{Cookie, Form, true, colourObject, "R=100; G=200; B=150"},
	}
	for _, row := range rows {
		p := Param{Name: "color", In: row.in, Style: row.style, Explode: row.explode}
		if got := encodeOne(t, p, row.value); got != row.want {
			t.Errorf("%v, style %d, explode %v, %T: got %q, want %q", row.in, row.style, row.explode, row.value, got,
				row.want)
		}
	}
}

// encodeOne encodes one parameter and returns the place where it goes.
func encodeOne(t *testing.T, p Param, value any) string {
	t.Helper()
	template := "/x"
	if p.In == Path {
		template = "/x/{" + p.Name + "}"
	}
	got, err := EncodeRequest(template, []Param{p}, []any{value})
	if err != nil {
		t.Fatalf("%+v of %v: %v", p, value, err)
	}
	switch p.In {
	case Path:
		return strings.TrimPrefix(got.Path, "/x/")
	case Query:
		return got.Query
	case Cookie:
		return got.Cookie
	}
	if len(got.Header) != 1 || got.Header[0].Name != p.Name {
		t.Fatalf("%+v: header %v", p, got.Header)
	}
	return got.Header[0].Value
}

type condition string

type celsius float64

func TestEncodeRequest_Values(t *testing.T) {
	str, num, none := "x", int32(7), (*string)(nil)
	rows := []struct {
		value any
		want  string
	}{
		{"", "v="},
		{&str, "v=x"},
		{none, ""},
		{nil, ""},
		{&num, "v=7"},
		{int64(math.MinInt64), "v=-9223372036854775808"},
		{-5, "v=-5"},
		{uint64(math.MaxUint64), "v=18446744073709551615"},
		{uint8(3), "v=3"},
		{true, "v=true"},
		{ptr(false), "v=false"},
		{condition("unstaffed"), "v=unstaffed"},
		{[]condition{"a", "b"}, "v=a,b"},
		{[]int64{1, 2}, "v=1,2"},
		{[2]bool{true, false}, "v=true,false"},
		{[]*string{&str, nil, &str}, "v=x,x"},
		{[]string{}, ""},
		{[]string(nil), ""},
		{[]string{""}, "v="},
		{map[string]int(nil), ""},
		{map[string]int{"b": 2, "a": 1}, "v=a,1,b,2"},
		{struct{}{}, ""},
		{0.1, "v=0.1"},
		{float32(0.1), "v=0.1"},
		{1e20, "v=100000000000000000000"},
		{1e21, "v=1e%2B21"},
		{0.000001, "v=0.000001"},
		{1e-7, "v=1e-7"},
		{1e-10, "v=1e-10"},
		{-2.5e-9, "v=-2.5e-9"},
		{0.0, "v=0"},
		{celsius(20), "v=20"},
		{47.99999995104, "v=47.99999995104"},
		{time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC), "v=2024-01-02T03%3A04%3A05Z"},
		{NewTime(time.Date(2024, 1, 2, 3, 4, 5, 6e6, time.FixedZone("", -4*3600))),
			"v=2024-01-02T03%3A04%3A05.006-04%3A00"},
		{ptr(NewDate(2024, 2, 3)), "v=2024-02-03"},
		{Date{}, ""},
		{ptr(Time{}), ""},
		{(*Time)(nil), ""},
		{ScalarOf("a b"), "v=a%20b"},
		{ScalarOf(12), "v=12"},
		{[]Scalar{ScalarOf(1), ScalarOf("2")}, "v=1,2"},
		{NullableOf(3), "v=3"},
		{Null[int](), ""},
		{Nullable[int]{}, ""},
		{[]byte("hi"), "v=aGk%3D"},
		{[][]int{{1, 2}, {3}}, "v=%5B1%2C2%5D,%5B3%5D"},
		{struct {
			A []string `json:"a,omitzero"`
			B *int     `json:"b"`
			C string   `json:"c"`
		}{C: "z"}, "v=c,z"},
	}
	for _, row := range rows {
		if got := encodeOne(t, Param{Name: "v", In: Query}, row.value); got != row.want {
			t.Errorf("%T %v: got %q, want %q", row.value, row.value, got, row.want)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestEncodeRequest_Escapes(t *testing.T) {
	const all = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~é\n"
	rows := []struct {
		p           Param
		value, want string
	}{
		{
			Param{In: Path},
			all,
			"%20%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~%C3%A9%0A",
		},
		{
			Param{In: Query},
			all,
			"p=%20%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~%C3%A9%0A",
		},
		{
			Param{In: Query, Reserved: true},
			all,
			"p=%20!%22%23$%25%26'()*%2B,-./:;%3C=%3E?@%5B%5C%5D%5E_%60%7B%7C%7D~%C3%A9%0A",
		},
		{Param{In: Query, Reserved: true}, "a%2Fb%zz%4", "p=a%2Fb%25zz%254"},
		{Param{In: Cookie}, all, "p=%20!%22#$%&'()*+%2C-./:%3B<=>?@[%5C]^_`{|}~%C3%A9%0A"},
		{Param{In: Header}, "a b;c=\"é\",\td%", "a b;c=\"é\",\td%"},
		{
			Param{In: Query, Reserved: true},
			"%00%99%aa%ff%AA%FF%/0%:0%@0%G0%`0%g0",
			"p=%00%99%aa%ff%AA%FF%25/0%25:0%25@0%25G0%25%600%25g0",
		},
		{Param{In: Path}, "%2e%2e", "%252e%252e"},
		{Param{In: Path}, "%2F", "%252F"},
		{Param{In: Query, Greedy: true}, "a/b", "p=a%2Fb"},
		{Param{In: Path, Reserved: true}, "a/b:", "a%2Fb%3A"},
		{Param{In: Path}, "..\\..", "..%5C.."},
		{Param{In: Path}, "...", "..."},
		{Param{In: Path}, "09AZaz", "09AZaz"},
		{Param{In: Path}, "\xff\x00", "%FF%00"},
	}
	for _, row := range rows {
		row.p.Name = "p"
		if got := encodeOne(t, row.p, row.value); got != row.want {
			t.Errorf("%+v of %q:\n got %q\nwant %q", row.p, row.value, got, row.want)
		}
	}
}

func TestEncodeRequest_NamesAreEscaped(t *testing.T) {
	if got := encodeOne(t, Param{
		Name:    "filter[a b]&",
		In:      Query,
		Explode: true,
	}, []int{1, 2}); got != "filter%5Ba%20b%5D%26=1&filter%5Ba%20b%5D%26=2" {
		t.Error(got)
	}
	if got := encodeOne(
		t, Param{Name: "f", In: Query, Explode: true}, map[string]string{"a&b=": "="},
	); got != "a%26b%3D=%3D" {
		t.Error(got)
	}
}

func TestEncodeRequest_DeepObject(t *testing.T) {
	value := map[string]any{
		"range": map[string]any{"gte": 1, "lt": 5},
		"ids":   []string{"a", "b c"},
		"none":  nil,
		"empty": []int{},
		"list":  []any{map[string]any{"k": true}, nil, "x"},
	}
	want := "f%5Bids%5D%5B0%5D=a&f%5Bids%5D%5B1%5D=b%20c&f%5Blist%5D%5B0%5D%5Bk%5D=true&f%5Blist%5D%5B1%5D=x&f%5Brange%5D%5Bgte%5D=1&f%5Brange%5D%5Blt%5D=5"
	if got := encodeOne(t, Param{Name: "f", In: Query, Style: DeepObject, Explode: true}, value); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEncodeRequest_Content(t *testing.T) {
	rows := []struct {
		p     Param
		value any
		want  string
	}{
		{
			Param{In: Query, Media: "application/json"},
			map[string]any{"a": []int{1}, "b": "<é>"},
			"p=%7B%22a%22%3A%5B1%5D%2C%22b%22%3A%22%3C%C3%A9%3E%22%7D",
		},
		{Param{In: Query, Media: "application/json"}, "x", "p=%22x%22"},
		{Param{In: Query, Media: "application/json"}, (*colour)(nil), ""},
		{Param{In: Query, Media: "application/json"}, []int(nil), ""},
		{Param{In: Query, Media: "application/json"}, []int{}, ""},
		{Param{In: Query, Media: "application/json"}, map[string]int(nil), ""},
		{Param{In: Query, Media: "application/json"}, map[string]int{}, "p=%7B%7D"},
		{Param{In: Query, Media: "application/json"}, []int{1}, "p=%5B1%5D"},
		{Param{In: Query, Media: "text/plain"}, "x,y", "p=x%2Cy"},
		{Param{In: Header, Media: "application/vnd.x+json; v=1"}, colourObject, `{"R":100,"G":200,"B":150}`},
		{Param{In: Path, Media: "application/json"}, 1, "1"},
	}
	for _, row := range rows {
		row.p.Name = "p"
		if got := encodeOne(t, row.p, row.value); got != row.want {
			t.Errorf("%+v: got %q, want %q", row.p, got, row.want)
		}
	}
}

func TestEncodeRequest_AbsentValues(t *testing.T) {
	rows := []struct {
		p     Param
		value any
		want  string
	}{
		{Param{Empty: true}, []string{}, "p="},
		{Param{Empty: true, Required: true}, []string{}, "p="},
		{Param{Empty: true}, nil, ""},
		{Param{Default: "v 1"}, nil, "p=v%201"},
		{Param{Default: "v1", Required: true}, (*string)(nil), "p=v1"},
		{Param{Default: "v1"}, "v2", "p=v2"},
		{Param{Required: true}, "", "p="},
		{Param{Explode: true}, []string{}, ""},
		{Param{Style: DeepObject}, map[string]any{"a": nil}, ""},
	}
	for _, row := range rows {
		row.p.Name, row.p.In = "p", Query
		if got := encodeOne(t, row.p, row.value); got != row.want {
			t.Errorf("%+v of %v: got %q, want %q", row.p, row.value, got, row.want)
		}
	}
}

func TestEncodeRequest_Templates(t *testing.T) {
	id := []Param{{Name: "id", In: Path, Required: true}}
	resource := []Param{{Name: "r", In: Path, Greedy: true}}
	rows := []struct {
		template string
		params   []Param
		values   []any
		want     string
	}{
		{"/", nil, nil, "/"},
		{"", nil, nil, "/"},
		{"a/b/", nil, nil, "/a/b/"},
		{"/oauth2/token#refresh", nil, nil, "/oauth2/token"},
		{"/x?y=z", nil, nil, "/x?y=z"},
		{"/x?y=z&w#f?g", nil, nil, "/x?y=z&w"},
		{"/x?y=a?b", nil, nil, "/x?y=a?b"},
		{"/x?y={id}&z=1", id, []any{"a b/.."}, "/x?y=a%20b%2F..&z=1"},
		{"/x?y={id}", id, []any{".."}, ""},
		{"/a b/é/%2F/%/x:y", nil, nil, "/a%20b/%C3%A9/%2F/%25/x:y"},
		{"/g/cover.{id}", id, []any{"png"}, "/g/cover.png"},
		{"/g/{id}#f", id, []any{"1"}, "/g/1"},
		{"/g/{id}?f=1", id, []any{"1"}, "/g/1?f=1"},
		{"/g/{id}{id}/", id, []any{"1"}, "/g/11/"},
		{"/g/{id}//./x", id, []any{"1"}, "/g/1//./x"},
		{"/g/{id}/x/{id}", id, []any{"1"}, "/g/1/x/1"},
		{"/g/{id}t", id, []any{"..."}, "/g/...t"},
		{"/up/{r}", resource, []any{"a/b c/d"}, "/up/a/b%20c/d"},
		{"/up/{r}", resource, []any{"/a/b"}, "/up/a/b"},
		{"/up/{r}/end", resource, []any{"a%2Fb"}, "/up/a%252Fb/end"},
		{"/up/v{r}", resource, []any{"/a"}, "/up/v/a"},
	}
	for _, row := range rows {
		got, err := EncodeRequest(row.template, row.params, row.values)
		if (err != nil) != (row.want == "") || err == nil && got.Target() != row.want {
			t.Errorf("%s of %v: got %q, %v, want %q", row.template, row.values, got.Target(), err, row.want)
		}
	}
}

func TestEncodeRequest_QueryOrder(t *testing.T) {
	params := []Param{{
		Name: "b",
		In:   Query,
	}, {Name: "h", In: Header}, {Name: "a", In: Query}, {Name: "c", In: Cookie}, {Name: "d", In: Cookie},
		{Name: "deep", In: Query, Style: DeepObject}, {Name: "none", In: Header}}
	got, err := EncodeRequest("/x?z=0", params, []any{1, "v", 2, "s", "t", map[string]int{"k": 3}, nil})
	if err != nil || got.Target() != "/x?z=0&b=1&a=2&deep%5Bk%5D=3" || got.Cookie != "c=s; d=t" ||
		fmt.Sprint(got.Header) != "[{h v}]" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestEncodeRequest_Refuses(t *testing.T) {
	path := func(s Style, explode bool) Param { return Param{Name: "p", In: Path, Style: s, Explode: explode} }
	greedy := Param{Name: "p", In: Path, Greedy: true}
	empty := `path parameter "p" is empty, which would address another resource; give it a value`
	dots := `path parameter "p" is "." or "..", which would address another resource; give it another value`
	segment := `path parameter "p" makes a path segment that is empty, "." or "..", which would address another resource; give it another value`
	rows := []struct {
		template string
		p        Param
		value    any
		want     string
	}{
		{"/x/{p}", path(0, false), "", empty},
		{"/x/{p}", path(0, false), nil, empty},
		{"/x/{p}", path(0, false), []string{}, empty},
		{"/x/{p}", path(Matrix, false), "", empty},
		{"/x/{p}", path(Label, true), "", empty},
		{"/x/{p}.json", path(0, false), "", empty},
		{"/x/{p}/y", path(0, false), ".", dots},
		{"/x/{p}", path(0, false), "..", dots},
		{"/x/{p}", path(Label, false), "..", dots},
		{"/x/{p}", path(0, false), ptr(".."), dots},
		{"/x/{p}", path(0, false), []string{".."}, segment},
		{"/x/{p}/y", path(0, false), []string{"."}, segment},
		{"/x/{p}", path(0, false), []string{""}, segment},
		{"/x/{p}", path(Label, false), []string{"."}, segment},
		{"/x/{p}/y", path(Label, true), []string{"", ""}, segment},
		{"/x/{p}", greedy, "a/../b", segment},
		{"/x/{p}", greedy, "a/..", segment},
		{"/x/{p}", greedy, "./a", segment},
		{"/x/{p}", greedy, "a//b", segment},
		{"/x/{p}", greedy, "a/", segment},
		{"/x/{p}", greedy, "/", segment},
		{"/x/{p}", greedy, "//a", segment},
		{"/x", Param{Name: "q", In: Query, Required: true}, nil, `query parameter "q" is required; give it a value`},
		{
			"/x",
			Param{Name: "q", In: Query, Required: true},
			[]string{},
			`query parameter "q" is required; give it a value`,
		},
		{
			"/x",
			Param{Name: "q", In: Query, Required: true},
			Null[string](),
			`query parameter "q" is required; give it a value`,
		},
		{"/x", Param{Name: "s", In: Cookie, Required: true}, nil, `cookie parameter "s" is required; give it a value`},
		{
			"/x",
			Param{Name: "h", In: Header},
			"a\r\nb",
			`header parameter "h" contains the control character 0x0d, which is not allowed in a header; remove it`,
		},
		{
			"/x",
			Param{Name: "h", In: Header},
			[]string{"a", "b\x00"},
			`header parameter "h" contains the control character 0x00, which is not allowed in a header; remove it`,
		},
		{
			"/x",
			Param{Name: "h", In: Header},
			"\x7f",
			`header parameter "h" contains the control character 0x7f, which is not allowed in a header; remove it`,
		},
		{
			"/x",
			Param{Name: "q", In: Query},
			math.NaN(),
			`query parameter "q" has a value that cannot be sent: NaN cannot be sent as a number`,
		},
		{
			"/x",
			Param{Name: "q", In: Query},
			[]float64{math.Inf(1)},
			`query parameter "q" has a value that cannot be sent: +Inf cannot be sent as a number`,
		},
		{"/x", Param{Name: "q", In: Query, Style: PipeDelimited}, []string{"a|b"},
			`query parameter "q" cannot be sent: a value contains the character "|" that separates values in this style; send it in a separate call or not at all`},
		{"/x", Param{Name: "q", In: Query, Style: SpaceDelimited}, map[string]string{"a b": "c"},
			`query parameter "q" cannot be sent: a value contains the character " " that separates values in this style; send it in a separate call or not at all`},
		{"/x", Param{Name: "h", In: Header, Style: PipeDelimited}, []string{"a|b"},
			`header parameter "h" cannot be sent: a value contains the character "|" that separates values in this style; send it in a separate call or not at all`},
		{"/x", Param{Name: "q", In: Query, Media: "application/xml"}, []int{1},
			`query parameter "q" has a value that cannot be sent: a list or object cannot be written as application/xml`},
	}
	for _, row := range rows {
		got, err := EncodeRequest(row.template, []Param{row.p}, []any{row.value})
		var refused *ParamError
		if !errors.As(err, &refused) || err.Error() != row.want || refused.Name != row.p.Name || got.Path != "" {
			t.Errorf("%s, %+v of %q: got %v, %v\nwant %s", row.template, row.p, row.value, got, err, row.want)
		}
	}
}

// Expressions that are more than a name are written as in RFC 6570, section 3.2.
func TestEncodeRequest_Expressions(t *testing.T) {
	path := func(name string) Param { return Param{Name: name, In: Path} }
	greedy := Param{Name: "a", In: Path, Greedy: true}
	matrix, label := Param{Name: "a", In: Path, Style: Matrix}, Param{Name: "b", In: Path, Style: Label}
	query := Param{Name: "q", In: Query}
	for _, row := range []struct {
		template string
		params   []Param
		values   []any
		want     string // empty: an error
	}{
		{"/{id}/x/{id}", []Param{path("id"), path("id")}, []any{1, 2}, "/1/x/2"},
		{"/{id}/x/{id}", []Param{path("id")}, []any{1}, "/1/x/1"},
		{"/{a}/{b}/{a}/{b}", []Param{path("a"), path("b"), path("a"), path("b")}, []any{1, 2, 3, 4}, "/1/2/3/4"},
		{"/{b}/{a}", []Param{path("a"), path("b")}, []any{1, 2}, "/2/1"},
		{"/{id}/x/{id}?id={id}", []Param{path("id"), path("id")}, []any{1, 2}, "/1/x/2?id=1"},
		{"/{+a}/x", []Param{greedy}, []any{"v 1/w"}, "/v%201/w/x"},
		{"/{+a}/x", []Param{greedy}, []any{"v/../w"}, ""},
		{"/{+a}", []Param{path("+a")}, []any{"v/w"}, "/v%2Fw"},
		{"/{a+}", []Param{greedy}, []any{"v/w"}, "/v/w"},
		{"/{*a}", []Param{greedy}, []any{"v/w"}, "/v/w"},
		{"/{a=pets/*}:go", []Param{greedy}, []any{"pets/w"}, "/pets/w:go"},
		{"/{a:[0-9]+}", []Param{path("a")}, []any{7}, "/7"},
		{"/{a,b}", []Param{path("a"), path("b")}, []any{1, 2}, "/1,2"},
		{"/x{/a,b}", []Param{path("a"), path("b")}, []any{1, 2}, "/x/1/2"},
		{"/x{/a,b}", []Param{path("a"), path("b")}, []any{"..", 2}, ""},
		{"/x{/a}", []Param{query}, []any{"v"}, ""},
		{"/x{;a,c}", []Param{matrix, path("c")}, []any{1, 2}, "/x;a=12"},
		{"/x{.b,b}", []Param{label}, []any{"v"}, "/x.v.v"},
		{"/x{?q,lang}", []Param{query}, []any{"v w"}, "/x?q=v%20w"},
		{"/x{?q}", []Param{query}, []any{nil}, "/x"},
		{"/x?y=1{&q}", []Param{query}, []any{"v"}, "/x?y=1&q=v"},
		{"/x{#a}", nil, nil, "/x"},
	} {
		got, err := EncodeRequest(row.template, row.params, row.values)
		text := got.Path
		if got.Query != "" {
			text += "?" + got.Query
		}
		if text != row.want || (err != nil) != (row.want == "") {
			t.Errorf("%s of %v: got %q, %v, want %q", row.template, row.values, text, err, row.want)
		}
	}
}

// A parameter that is the whole query is written in its media type.
func TestEncodeRequest_QueryString(t *testing.T) {
	type form struct {
		Foo string   `json:"foo"`
		Bar *bool    `json:"bar,omitzero"`
		IDs []int    `json:"ids,omitzero"`
		Map []string `json:"map,omitzero"`
	}
	yes := true
	whole := func(media string, required bool) Param {
		return Param{Name: "q", In: QueryString, Media: media, Required: required,
			Parts: []Part{{Name: "ids", Style: Form}}}
	}
	const formMedia = "application/x-www-form-urlencoded"
	for _, row := range []struct {
		params []Param
		values []any
		want   string
		err    string
	}{
		{[]Param{whole(formMedia, true)}, []any{form{Foo: "a + b", Bar: &yes}}, "foo=a+%2B+b&bar=true", ""},
		{[]Param{whole(formMedia, false)}, []any{&form{IDs: []int{1, 2}, Map: []string{"x", "y"}}},
			"foo=&ids=1,2&map=x&map=y", ""},
		{[]Param{whole(formMedia, false)}, []any{(*form)(nil)}, "", ""},
		{[]Param{whole(formMedia, true)}, []any{(*form)(nil)}, "",
			`querystring parameter "q" is required; give it a value`},
		{[]Param{whole(formMedia, true)}, []any{7}, "",
			`querystring parameter "q" cannot be sent: a form is made from a struct or a map`},
		{[]Param{whole("application/json", true)}, []any{json.RawMessage(`{"numbers":[1,2],"flag":null}`)},
			"%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D", ""},
		{[]Param{whole("application/json", false)}, []any{nil}, "", ""},
		{[]Param{whole("application/json", true)}, []any{nil}, "",
			`querystring parameter "q" is required; give it a value`},
		{[]Param{whole("application/jsonpath", true)}, []any{"$.a.b[1:1]"}, "%24.a.b%5B1%3A1%5D", ""},
		{[]Param{{Name: "a", In: Query}, whole("text/plain", false)}, []any{1, "x y"}, "a=1&x%20y", ""},
		{[]Param{{Name: "a", In: Query}, whole(formMedia, false)}, []any{1, nil}, "a=1", ""},
	} {
		got, err := EncodeRequest("/x", row.params, row.values)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got.Query != row.want || text != row.err {
			t.Errorf("%v: got %q, %q, want %q, %q", row.values, got.Query, text, row.want, row.err)
		}
	}
}

func TestEncodeRequest_Mistakes(t *testing.T) {
	rows := []struct {
		template string
		params   []Param
		values   []any
		want     string
	}{
		{"/x/{p}", nil, nil, "the path names a parameter {p} that the operation does not have"},
		{
			"/x/{p}",
			[]Param{{Name: "p", In: Query}},
			[]any{1},
			"the path names a parameter {p} that the operation does not have",
		},
		{"/x", []Param{{Name: "p", In: Query}}, nil, "/x takes 1 parameters, got 0 values"},
	}
	for _, row := range rows {
		if _, err := EncodeRequest(row.template, row.params, row.values); err == nil || err.Error() != row.want {
			t.Errorf("%s: got %v, want %s", row.template, err, row.want)
		}
	}
}

func TestEncodeRequest_ErrorOfValue(t *testing.T) {
	_, err := EncodeRequest("/x", []Param{{Name: "q", In: Query}}, []any{failing{}})
	if !errors.Is(err, errFailing) {
		t.Error(err)
	}
}

var errFailing = errors.New("no JSON")

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, errFailing }

func TestLocation_String(t *testing.T) {
	if got := fmt.Sprint(Path, Query, Header, Cookie, Location(9)); got != "path query header cookie location 9" {
		t.Error(got)
	}
}

func TestTemplate_Encode(t *testing.T) {
	params := []Param{{Name: "id", In: Path}, {Name: "q", In: Query}, {Name: "tags", In: Query}}
	template := NewTemplate("/items/{id}", params)
	for _, test := range []struct {
		prefix             string
		values             []any
		path, query, plain string
	}{
		{"", []any{1, "a", nil}, "/items/1", "q=a", "/items/1"},
		{"/v1", []any{"a/b", nil, []string{"x", "y z"}}, "/v1/items/a%2Fb", "tags=x,y%20z", "/v1/items/a/b"},
		{"/%C3%bc", []any{"%", "a", []tag{"x", "y"}}, "/%C3%bc/items/%25", "q=a&tags=x,y", "/ü/items/%"},
	} {
		for range 2 { // the memory of a request serves the next one
			got, err := template.Encode(test.prefix, test.values)
			if err != nil || got.Path != test.path || got.Query != test.query || got.Plain != test.plain {
				t.Errorf("%q %v: got %+v, %v, want %s?%s and %s", test.prefix, test.values, got, err,
					test.path, test.query, test.plain)
			}
		}
	}
}

// What is written without a node is the same as what is written with one.
func TestStyleWriter_AppendPlain(t *testing.T) {
	text := "a b"
	for style := Style(0); style <= TabDelimited; style++ {
		for _, in := range []Location{Path, Query, Header, Cookie} {
			for _, explode := range []bool{false, true} {
				for _, inner := range []string{"", ","} {
					for _, value := range []any{
						"", text, "ü/%41", &text, (*string)(nil), []string{"x", "y z", ""}, []string{},
					} {
						p := Param{Name: "n ä", In: in, Style: style, Explode: explode, Inner: inner}
						w := newStyleWriter(styledOf(&p))
						got, ok := w.appendPlain([]byte("q=1"), value)
						n, err := nodeOf(value)
						if !ok || err != nil {
							continue
						}
						want, err := w.append([]byte("q=1"), n)
						if err != nil || string(got) != string(want) {
							t.Errorf("%+v, %v: got %s, want %s, %v", p, value, got, want, err)
						}
					}
				}
			}
		}
	}
}

// tag is a string of its own type.
type tag string

func TestAppendUnescaped(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a": "a", "%41": "A", "%4f%4F": "OO", "%c3%BC": "ü", "%9a%A9%aF": "\x9a\xa9\xaf",
		"%2": "%2", "%": "%", "%zz": "%zz", "a%2Fb": "a/b", "%g0%0g": "%g0%0g",
	} {
		if got := string(appendUnescaped(nil, []byte(text))); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// A malformed brace is text, which the generator assumes too.
func TestEncodeRequest_MalformedBraces(t *testing.T) {
	for _, test := range []struct{ template, want string }{
		{"/x/{p", "/x/%7Bp"},
		{"/x/p}", "/x/p%7D"},
		{"/x/}{p}", "/x/%7D1"},
		{"/x/{a{p}}", "/x/%7Ba1%7D"},
		{"/x/{}{p}?q={p}&r={", "/x/%7B%7D1?q=1&r=%7B"},
		{"/x/{p}#{p", "/x/1"},
	} {
		got, err := EncodeRequest(test.template, []Param{{Name: "p", In: Path}}, []any{1})
		if err != nil || got.Target() != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.template, got.Target(), err, test.want)
		}
	}
}
