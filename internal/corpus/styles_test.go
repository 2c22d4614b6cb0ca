package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// The texts are those of "Style Examples" of the OpenAPI Specification. Members are sorted by name.
func TestShape_Expand(t *testing.T) {
	const list, object = `["blue","black","brown"]`, `{"R":100,"G":200,"B":150}`
	tests := []struct {
		in, style string
		explode   bool
		value     string
		want      string // pieces by space; "-": the specification does not say
	}{
		{"path", "matrix", false, `""`, ";color"},
		{"path", "matrix", false, `"blue"`, ";color=blue"},
		{"path", "matrix", false, list, ";color=blue,black,brown"},
		{"path", "matrix", false, object, ";color=B,150,G,200,R,100"},
		{"path", "matrix", true, list, ";color=blue;color=black;color=brown"},
		{"path", "matrix", true, object, ";B=150;G=200;R=100"},
		{"path", "label", false, `"blue"`, ".blue"},
		{"path", "label", false, list, ".blue,black,brown"},
		{"path", "label", false, object, ".B,150,G,200,R,100"},
		{"path", "label", true, list, ".blue.black.brown"},
		{"path", "label", true, object, ".B=150.G=200.R=100"},
		{"path", "simple", false, `"blue"`, "blue"},
		{"path", "simple", false, list, "blue,black,brown"},
		{"path", "simple", false, object, "B,150,G,200,R,100"},
		{"path", "simple", true, object, "B=150,G=200,R=100"},
		{"path", "simple", false, `"a b/c"`, "a%20b%2Fc"},
		{"path", "simple", false, `[]`, "-"},
		{"header", "simple", false, `"a/b=c"`, "a/b=c"},
		{"query", "form", true, `""`, "color="},
		{"query", "form", true, `"blue"`, "color=blue"},
		{"query", "form", false, list, "color=blue,black,brown"},
		{"query", "form", false, object, "color=B,150,G,200,R,100"},
		{"query", "form", true, list, "color=blue color=black color=brown"},
		{"query", "form", true, object, "B=150 G=200 R=100"},
		{"query", "form", true, `[]`, ""},
		{"query", "form", false, `[]`, "-"},
		{"query", "form", true, `[["a"]]`, "-"},
		{"query", "form", true, `true`, "color=true"},
		{"query", "form", true, `null`, "-"},
		{"query", "spaceDelimited", false, list, "color=blue%20black%20brown"},
		{"query", "spaceDelimited", true, object, "-"},
		{"query", "spaceDelimited", true, list, "color=blue color=black color=brown"},
		{"query", "pipeDelimited", false, object, "color=B%7C150%7CG%7C200%7CR%7C100"},
		{"query", "tabDelimited", false, list, "color=blue%09black%09brown"},
		{"query", "deepObject", true, object, "color%5BB%5D=150 color%5BG%5D=200 color%5BR%5D=100"},
		{"query", "deepObject", true, list, "-"},
		{"query", "deepObject", true, `{"a":{"b":1}}`, "-"},
		{"cookie", "form", true, `"a:b"`, "color=a:b"},
		{"cookie", "form", true, `"a b;"`, "color=a%20b%3B"},
		{"form", "form", true, `"a b"`, "color=a+b"},
	}
	for _, tt := range tests {
		s := shape{in: tt.in, style: tt.style, explode: tt.explode}
		pieces, ok := s.expand("color", decode([]byte(tt.value)))
		got := strings.Join(pieces, " ")
		if !ok {
			got = "-"
		}
		if got != tt.want {
			t.Errorf("%s %s %t of %s: got %s, want %s", tt.in, tt.style, tt.explode, tt.value, got, tt.want)
		}
	}
}

func TestShape_Escape(t *testing.T) {
	tests := []struct {
		shape      shape
		text, want string
	}{
		{shape{in: "query"}, "a~b-c.d_e é/&%41", "a~b-c.d_e%20%C3%A9%2F%26%2541"},
		{shape{in: "query", reserved: true}, ":/?@!$'()*,;=", ":/?@!$'()*,;="},
		{shape{in: "query", reserved: true}, "a#b&c+d[e]", "a%23b%26c%2Bd%5Be%5D"},
		{shape{in: "query", reserved: true}, "%41%4", "%41%254"},
		{shape{in: "query", reserved: true}, "a%2Fb%zz%", "a%2Fb%25zz%25"},
		{shape{in: "path", greedy: true}, "a/b c", "a/b%20c"},
		{shape{in: "path"}, "a/b c", "a%2Fb%20c"},
	}
	for _, tt := range tests {
		if got := tt.shape.escape(tt.text); got != tt.want {
			t.Errorf("%+v of %s: got %s, want %s", tt.shape, tt.text, got, tt.want)
		}
	}
}

func TestShapeOf(t *testing.T) {
	yes, no := true, false
	json := openapi3.Content{"application/json": {}}
	tests := []struct {
		param      openapi3.Parameter
		collection string
		converted  bool
		want       shape
	}{
		{openapi3.Parameter{In: "path"}, "", false, shape{in: "path", style: "simple"}},
		{
			openapi3.Parameter{In: "header", Explode: &yes}, "", false,
			shape{in: "header", style: "simple", explode: true},
		},
		{openapi3.Parameter{In: "query"}, "", false, shape{in: "query", style: "form", explode: true}},
		{openapi3.Parameter{In: "cookie", Explode: &no}, "", false, shape{in: "cookie", style: "form"}},
		{openapi3.Parameter{In: "query", Style: "deepObject"}, "", false, shape{in: "query", style: "deepObject"}},
		{openapi3.Parameter{In: "query", Content: json, AllowReserved: true}, "", false,
			shape{in: "query", style: "form", explode: true, json: true, reserved: true}},
		{openapi3.Parameter{In: "query"}, "", true, shape{in: "query", style: "form"}},
		{openapi3.Parameter{In: "query"}, "multi", true, shape{in: "query", style: "form", explode: true}},
		{openapi3.Parameter{In: "query"}, "pipes", true, shape{in: "query", style: "pipeDelimited"}},
		{openapi3.Parameter{In: "header"}, "ssv", true, shape{in: "header", style: "spaceDelimited"}},
		{openapi3.Parameter{In: "path"}, "csv", true, shape{in: "path", style: "simple"}},
	}
	for _, tt := range tests {
		if got := shapeOf(&tt.param, tt.collection, tt.converted); got != tt.want {
			t.Errorf("%+v: got %+v, want %+v", tt.param, got, tt.want)
		}
	}
}

func TestMembers(t *testing.T) {
	names, texts, ok := members(map[string]any{"b": "2", "a": true})
	if !ok || !slices.Equal(names, []string{"a", "b"}) || !slices.Equal(texts, []string{"true", "2"}) {
		t.Errorf("got %v %v %t", names, texts, ok)
	}
}
