package wire

import (
	"strings"
	"testing"
)

func TestMultipart_Styles(t *testing.T) {
	type inner struct {
		A string   `json:"a"`
		B int      `json:"b"`
		C []string `json:"c,omitzero"`
	}
	texts, lists := []string{"a", "b c"}, [][]int{{1, 2}, {3}}
	for _, row := range []struct {
		part  Part
		value any
		want  string // names and texts of the parts
	}{
		{Part{Style: Form}, texts, "m=a,b c"},
		{Part{Style: Form, Explode: true}, texts, "m=a m=b c"},
		{Part{Style: PipeDelimited}, texts, "m=a|b c"},
		{Part{Style: TabDelimited}, texts, "m=a\tb c"},
		{Part{Style: SpaceDelimited}, []string{"a", "b"}, "m=a b"},
		{Part{Style: SpaceDelimited, Explode: true}, texts, "m=a m=b c"},
		{Part{Style: Form}, inner{A: "x,ü", B: 2}, "m=a,x,ü,b,2"},
		{Part{Style: Form, Explode: true}, inner{A: "x", B: 2}, "a=x b=2"},
		{Part{Style: DeepObject, Explode: true}, inner{A: "x", C: []string{"y", "z"}},
			"m[a]=x m[b]=0 m[c][0]=y m[c][1]=z"},
		{Part{Style: DeepObject}, 7, "m=7"},
		{Part{Style: Form}, "a b&c", "m=a b&c"},
		{Part{Style: Form, Explode: true}, "a", "m=a"},
		{Part{Style: Form, Media: "application/json"}, texts, "m=a,b c"},
		{Part{Style: Form}, []string{}, ""},
		{Part{Style: PipeDelimited, Inner: ","}, lists, "m=1,2|3"},
		{Part{Style: Form, Inner: "|"}, lists, "m=1|2,3"},
		{Part{Style: Form, Explode: true, Inner: " "}, lists, "m=1 2 m=3"},
		{Part{Style: PipeDelimited, Inner: ", "}, [][][]int{{{1, 2}, {3}}, {{4}}}, "m=1 2,3|4"},
		{Part{Style: Form}, lists, "m=[1,2],[3]"},
	} {
		row.part.Name = "m"
		p := encode(t, Body{Format: Multipart, Parts: []Part{row.part}}, map[string]any{"m": row.value})
		if got := names(t, p); got != row.want {
			t.Errorf("%+v of %v: got %q, want %q", row.part, row.value, got, row.want)
		}
	}
}

func TestMultipart_Delimiters(t *testing.T) {
	for _, row := range []struct {
		part  Part
		value any
		want  string
	}{
		{Part{Style: PipeDelimited}, []string{"a|b"}, `member "m": a value contains the character "|"`},
		{Part{Style: Form, Inner: "|"}, [][]string{{"a|b"}}, `member "m": a value contains the character "|"`},
		{Part{Style: Form, Explode: true, Inner: " "}, [][]string{{"a b"}},
			`member "m": a value contains the character " "`},
	} {
		row.part.Name = "m"
		b := Body{Format: Multipart, Parts: []Part{row.part}}
		if _, err := b.Encode(map[string]any{"m": row.value}); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%+v: got %v, want %s", row.part, err, row.want)
		}
	}
}

// A part with bytes says that they are Base64 only if the document does.
func TestMultipart_Base64(t *testing.T) {
	b := Body{Format: Multipart, Parts: []Part{{Name: "b", Media: "image/gif", Base64: true}}}
	p := encode(t, b, struct {
		A []byte `json:"a"`
		B []byte `json:"b"`
	}{[]byte{1}, []byte{2}})
	want := "--B\nContent-Disposition: form-data; name=\"a\"\n\nAQ==\n--B\nContent-Disposition: form-data; name=\"b\"\n" +
		"Content-Type: image/gif\nContent-Transfer-Encoding: base64\n\nAg==\n--B--\n"
	if got := dressed(t, p); !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Delimited styles of paths and headers have no name, and each place its own escapes.
func TestDelimited_OutsideQueries(t *testing.T) {
	texts, lists := []string{"a", "b/"}, [][]int{{1, 2}, {3}}
	for _, row := range []struct {
		param Param
		value any
		want  string
	}{
		{Param{In: Path, Style: PipeDelimited}, texts, "/x/a%7Cb%2F"},
		{Param{In: Path, Style: SpaceDelimited}, texts, "/x/a%20b%2F"},
		{Param{In: Path, Style: TabDelimited}, texts, "/x/a%09b%2F"},
		{Param{In: Path, Style: PipeDelimited}, "a", "/x/a"},
		{Param{In: Path, Style: PipeDelimited, Inner: ","}, lists, "/x/1,2%7C3"},
		{Param{In: Path, Inner: "|"}, lists, "/x/1%7C2,3"},
		{Param{In: Header, Style: PipeDelimited}, texts, "a|b/"},
		{Param{In: Header, Style: SpaceDelimited}, texts, "a b/"},
		{Param{In: Header, Style: TabDelimited}, texts, "a\tb/"},
		{Param{In: Header, Style: SpaceDelimited, Inner: "|"}, lists, "1|2 3"},
		{Param{In: Header, Inner: "\t"}, lists, "1\t2,3"},
		{Param{In: Query, Style: PipeDelimited}, texts, "p=a%7Cb%2F"},
		{Param{In: Query, Style: Form, Inner: "|"}, lists, "p=1%7C2,3"},
		{Param{In: Query, Style: Form, Explode: true, Inner: ","}, lists, "p=1,2&p=3"},
		{Param{In: Query, Style: PipeDelimited, Inner: ","}, [][]string{{"a,b"}, {"c"}}, "p=a%2Cb%7Cc"},
	} {
		row.param.Name = "p"
		template := "/x"
		if row.param.In == Path {
			template = "/x/{p}"
		}
		e, err := EncodeRequest(template, []Param{row.param}, []any{row.value})
		if err != nil {
			t.Errorf("%+v: %v", row.param, err)
			continue
		}
		got := e.Query
		switch row.param.In {
		case Path:
			got = e.Path
		case Header:
			got = e.Header[0].Value
		}
		if got != row.want {
			t.Errorf("%+v of %v: got %q, want %q", row.param, row.value, got, row.want)
		}
	}
	for _, p := range []Param{
		{Name: "p", In: Header, Style: SpaceDelimited}, {Name: "p", In: Query, Style: PipeDelimited, Inner: " "},
	} {
		if _, err := EncodeRequest("/x", []Param{p}, []any{[]string{"a b"}}); err == nil {
			t.Errorf("%+v: a value with a delimiter was sent", p)
		}
	}
}

func TestForm_Reserved(t *testing.T) {
	b := Body{Format: FormURL, Parts: []Part{
		{Name: "r", Style: Form, Explode: true, Reserved: true}, {Name: "p", Style: PipeDelimited, Inner: ","},
	}}
	for _, row := range []struct {
		name  string
		value any
		want  string
	}{
		{"r", "a/b?c:d@!$'()*,;=e", "r=a/b?c:d@!$'()*,;=e"},
		{"r", "a b+c&d#[]%41%", "r=a+b%2Bc%26d%23%5B%5D%41%25"},
		{"r", []string{"x/y", "z"}, "r=x/y&r=z"},
		{"o", "a/b c", "o=a%2Fb+c"},
		{"p", [][]int{{1, 2}, {3}}, "p=1,2%7C3"},
	} {
		data, err := b.encodeForm(map[string]any{row.name: row.value})
		if err != nil || string(data) != row.want {
			t.Errorf("%v: got %s, %v, want %s", row.value, data, err, row.want)
		}
	}
}
