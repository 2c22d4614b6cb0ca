package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
	"testing/iotest"
)

type upload struct {
	Title string            `json:"title"`
	Note  *string           `json:"note,omitzero"`
	Main  File              `json:"main"`
	Cover *File             `json:"cover,omitzero"`
	Pages []File            `json:"pages,omitzero"`
	Tags  []string          `json:"tags,omitzero"`
	Meta  colour            `json:"meta"`
	Sizes []colour          `json:"sizes,omitzero"`
	Rest  map[string]string `json:"-"`
}

// dressed returns a multipart body with its boundary as B and its line ends as they look in a test.
func dressed(t *testing.T, p *Payload) string {
	t.Helper()
	_, params, err := mime.ParseMediaType(p.ContentType)
	if err != nil || params["boundary"] == "" {
		t.Fatalf("%q: %v", p.ContentType, err)
	}
	text := strings.ReplaceAll(read(t, p), params["boundary"], "B")
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Error("a line ends without CR")
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

func TestMultipart_Bytes(t *testing.T) {
	value := upload{
		Title: "été", Main: NewFile("a.txt", "main"),
		Cover: &File{ContentType: "image/png", Content: bytes.NewBufferString("png")},
		Pages: []File{NewFile("p\"1\r\n.txt", []byte("1")), NewFile("p2", "2")}, Tags: []string{"x", "y"},
		Meta: colourObject, Sizes: []colour{{1, 2, 3}},
	}
	b := Body{Format: Multipart, Media: "multipart/form-data",
		Parts: []Part{{Name: "pages", Media: "image/*, application/pdf"}}}
	want := `--B
Content-Disposition: form-data; name="title"

été
--B
Content-Disposition: form-data; name="main"; filename="a.txt"
Content-Type: application/octet-stream

main
--B
Content-Disposition: form-data; name="cover"; filename="cover"
Content-Type: image/png

png
--B
Content-Disposition: form-data; name="pages"; filename="p\"1%0D%0A.txt"
Content-Type: application/pdf

1
--B
Content-Disposition: form-data; name="pages"; filename="p2"
Content-Type: application/pdf

2
--B
Content-Disposition: form-data; name="tags"

x
--B
Content-Disposition: form-data; name="tags"

y
--B
Content-Disposition: form-data; name="meta"
Content-Type: application/json

{"R":100,"G":200,"B":150}
--B
Content-Disposition: form-data; name="sizes"
Content-Type: application/json

{"R":1,"G":2,"B":3}
--B--
`
	p := encode(t, b, &value)
	if got := dressed(t, p); got != want {
		t.Errorf("got\n%s", got)
	}
	if again := dressed(t, p); again != want || p.Length < 0 || p.OneShot {
		t.Errorf("opened again, length %d, one shot %v:\n%s", p.Length, p.OneShot, again)
	}
	if other := encode(t, b, &value); other.ContentType == p.ContentType {
		t.Error("two bodies share a boundary")
	}
}

func TestMultipart_Related(t *testing.T) {
	value := map[string]any{"b": strings.Repeat("x", 2), "a": 1, "c": []any{1, nil, "s"}, "d": nil, "e": true,
		"f": []int{1}}
	b := Body{Format: Multipart, Media: `multipart/related; type="text/xml"`, Parts: []Part{
		{Name: "a", Media: "application/json"}, {Name: "b", Media: "text/xml\r\nX: y"},
		{Name: "c", Media: "application/vnd.x+json"}, {Name: "d", Media: "application/json"}}}
	want := `--B
Content-Disposition: form-data; name="a"
Content-Type: application/json

1
--B
Content-Disposition: form-data; name="b"
Content-Type: text/xmlX: y

xx
--B
Content-Disposition: form-data; name="c"
Content-Type: application/vnd.x+json

1
--B
Content-Disposition: form-data; name="c"
Content-Type: application/vnd.x+json

"s"
--B
Content-Disposition: form-data; name="e"
Content-Type: text/plain; charset=utf-8

true
--B
Content-Disposition: form-data; name="f"
Content-Type: text/plain; charset=utf-8

1
--B--
`
	p := encode(t, b, value)
	if got := dressed(t, p); got != want ||
		!strings.HasPrefix(p.ContentType, "multipart/related; type=\"text/xml\"; boundary=") {
		t.Errorf("%s\n%s", p.ContentType, got)
	}
}

// open has additional properties and odd names, so that it needs JSON methods.
type open struct {
	Name                 string         `json:"name"`
	Odd                  int            `json:"-" wire:"omitzero,o\"d,d"`
	AdditionalProperties map[string]int `json:"-" wire:"*"`
	Unknown              Unknown        `json:"-"`
}

func (o open) MarshalJSON() ([]byte, error) { return MarshalStruct(&o) }

func (o *open) UnmarshalJSON(data []byte) error { return UnmarshalStruct(data, o) }

func TestMultipart_AdditionalProperties(t *testing.T) {
	p := encode(t, Body{Format: Multipart}, open{Name: "n", Odd: 7,
		AdditionalProperties: map[string]int{"z": 1, "k": 2}})
	got := names(t, p)
	if want := `name=n o"d,d=7 k=2 z=1`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	files := album{hidden: 1, F: NewFile("a", "1"), More: map[string]File{"y": NewFile("b", "2"),
		"x": NewFile("c", "3")}}
	if got, want := names(t, encode(t, Body{Format: Multipart}, &files)), "f=1 x=3 y=2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	files.Odd = "x"
	if got, want := names(t, encode(t, Body{Format: Multipart}, files)), "f=1 o,d=x x=3 y=2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// album has files, additional properties that are files, and an odd name, so that it needs JSON
// methods.
type album struct {
	F      File            `json:"f"`
	hidden int             `json:"-"`
	Odd    string          `json:"-" wire:"omitzero,o,d"`
	More   map[string]File `json:"-" wire:"*"`
}

func (a album) MarshalJSON() ([]byte, error) { return MarshalStruct(&a) }

// names reads a multipart body with the standard library and lists names and contents.
func names(t *testing.T, p *Payload) string {
	t.Helper()
	_, params, err := mime.ParseMediaType(p.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(strings.NewReader(read(t, p)), params["boundary"])
	var out []string
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			return strings.Join(out, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(part)
		out = append(out, part.FormName()+"="+string(data))
	}
}

func TestMultipart_Streams(t *testing.T) {
	p := encode(t, Body{Format: Multipart},
		map[string]any{"a": File{Content: iotest.OneByteReader(strings.NewReader("x"))}, "b": 1})
	if p.Length != -1 || !p.OneShot || names(t, p) != "a=x b=1" {
		t.Errorf("%+v", p)
	}
	if _, err := p.Open(); err != ErrConsumed {
		t.Error(err)
	}
}

func TestMultipart_Omits(t *testing.T) {
	p := encode(t, Body{Format: Multipart}, upload{Tags: []string{}, Main: File{Name: "m"}})
	if got := names(t, p); got != `title= main= meta={"R":0,"G":0,"B":0}` {
		t.Error(got)
	}
	if got := names(t, encode(t, Body{Format: Multipart}, map[string]any{"f": File{Name: "empty"}})); got != "f=" {
		t.Error(got)
	}
}

func TestMultipart_Refuses(t *testing.T) {
	b := Body{Format: Multipart, Media: "m", Parts: []Part{{Name: "j", Media: "application/json"}}}
	rows := []struct {
		value any
		want  string
	}{
		{map[string]any{"f": failing{}},
			`body as m: member "f": json: error calling MarshalJSON for type wire.failing: no JSON`},
		{map[string]any{"j": failing{}},
			`body as m: member "j": json: error calling MarshalJSON for type wire.failing: no JSON`},
		{map[int]string{1: "a"}, "body as m: a multipart body is made from a struct or a map"},
		{failing{}, "body as m: json: error calling MarshalJSON for type wire.failing: no JSON"},
		{map[string]any{"f": File{Content: &brokenSeeker{strings.NewReader(""), 3}}},
			`body as m: member "f": seek back to the start of the body: no seek`},
	}
	for _, row := range rows {
		if _, err := b.Encode(row.value); err == nil || err.Error() != row.want {
			t.Errorf("%T: got %v, want %s", row.value, err, row.want)
		}
	}
}

// In JSON a file is a string, which can be read any number of times.
func TestFile_JSON(t *testing.T) {
	var f File
	if err := Unmarshal([]byte(`"a \u00fc"`), &f); err != nil || f.Name != "" || f.ContentType != "" {
		t.Fatalf("got %+v, %v", f, err)
	}
	for range 2 {
		if got, err := Marshal(f); err != nil || string(got) != `"a ü"` {
			t.Errorf("got %s, %v", got, err)
		}
	}
	for _, row := range []struct {
		file File
		want string
	}{
		{File{}, "null"}, {File{Name: "empty"}, `""`}, {File{ContentType: "a/b"}, `""`}, {NewFile("n", "<x>"), `"<x>"`},
		{File{Content: iotest.OneByteReader(strings.NewReader("once"))}, `"once"`},
	} {
		if got, err := Marshal(&row.file); err != nil || string(got) != row.want {
			t.Errorf("got %s, %v, want %s", got, err, row.want)
		}
	}
	if err := Unmarshal([]byte("null"), &f); err != nil || !f.IsZero() {
		t.Errorf("null: got %+v, %v", f, err)
	}
	if err := Unmarshal([]byte("7"), &f); err == nil {
		t.Errorf("a number became the file %+v", f)
	}
	if got, err := Marshal(NewFile("n", "\xff")); err == nil || !strings.Contains(err.Error(), "not UTF-8") {
		t.Errorf("bytes that are no text: got %s, %v", got, err)
	}
	if _, err := Marshal(File{Content: iotest.ErrReader(io.ErrClosedPipe)}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v, want the error of the reader", err)
	}
	if _, err := marshalSent([]File{{Name: "a"}, {}}); err == nil || !strings.Contains(err.Error(), "value: 1;") {
		t.Errorf("got %v, want a refusal of the second file", err)
	}
}

// Files are found behind pointers, nullables and interfaces, and in lists of them.
func TestMultipart_Files(t *testing.T) {
	f := NewFile("n", "x")
	for _, row := range []struct {
		value any
		want  string // parts, or the error
	}{
		{&f, "n=x"}, {NullableOf(f), "n=x"}, {NullableOf([]File{f, f}), "n=x n=x"}, {new(&f), "n=x"},
		{Null[File](), ""}, {Nullable[File]{}, ""}, {(*File)(nil), ""},
		{[]any{f, "text", []byte("b"), strings.NewReader("r")}, "n=x =text m=b m=r"},
		{[]any{"a", 1}, "=a =1"}, {[]*File{&f}, "n=x"}, {[1]File{f}, "n=x"}, {NullableOf("t"), "=t"},
		{[]byte("\xff\x00"), "m=\xff\x00"}, {strings.NewReader("r"), "m=r"}, {json.RawMessage(`"j"`), "=j"},
		{File{}, "body as : required members without a value: m; set them"},
		{[]File{f, {}}, "body as : required members without a value: m.1; set them"},
		{[]*File{nil}, "body as : required members without a value: m.0; set them"},
		{Date{}, "body as : required members without a value: m; set them"},
		{[][]Date{{}, {{}}}, "body as : required members without a value: m.1.0; set them"},
	} {
		p, err := (&Body{Format: Multipart}).Encode(map[string]any{"m": row.value})
		got := fmt.Sprint(err)
		if err == nil {
			got = fileNames(t, p)
		}
		if got != row.want {
			t.Errorf("%T %v: got %q, want %q", row.value, row.value, got, row.want)
		}
	}
}

// fileNames returns the names of the files of the parts with their contents.
func fileNames(t *testing.T, p *Payload) string {
	t.Helper()
	_, params, err := mime.ParseMediaType(p.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(strings.NewReader(read(t, p)), params["boundary"])
	var out []string
	for {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return strings.Join(out, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(part)
		out = append(out, part.FileName()+"="+string(data))
	}
}
