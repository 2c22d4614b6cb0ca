package wire

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

// read opens a payload and returns all of it.
func read(t *testing.T, p *Payload) string {
	t.Helper()
	r, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if p.Length >= 0 && p.Length != int64(len(data)) {
		t.Errorf("length %d, but %d bytes", p.Length, len(data))
	}
	return string(data)
}

func encode(t *testing.T, b Body, v any) *Payload {
	t.Helper()
	p, err := b.Encode(v)
	if err != nil {
		t.Fatalf("%+v of %T: %v", b, v, err)
	}
	return p
}

func TestBody_Encode(t *testing.T) {
	text := "a"
	rows := []struct {
		body        Body
		value       any
		media, want string
	}{
		{Body{Format: JSON, Media: "application/vnd.x+json"}, colourObject, "application/vnd.x+json",
			`{"R":100,"G":200,"B":150}`},
		{Body{Format: JSON}, map[string]any{"b": "<&>", "a": nil}, "application/json", `{"a":null,"b":"<&>"}`},
		{Body{Format: JSON, Media: "*/*"}, []int{}, "application/json", `[]`},
		{Body{Format: JSON}, 1, "application/json", `1`},
		{Body{Format: JSON}, &text, "application/json", `"a"`},
		{Body{Format: Text}, "é\n", "text/plain; charset=utf-8", "é\n"},
		{Body{Format: Text, Media: "text/csv"}, &text, "text/csv", "a"},
		{Body{Format: Text, Media: "text/plain"}, []byte("b"), "text/plain", "b"},
		{Body{Format: Text, Media: "text/plain"}, condition("c"), "text/plain", "c"},
		{Body{Format: Text, Media: "text/plain"}, 12, "text/plain", "12"},
		{Body{Format: Text, Media: "text/plain"}, "", "text/plain", ""},
		{Body{Format: Binary}, []byte{0, 255}, "application/octet-stream", "\x00\xff"},
		{Body{Format: Binary, Media: "image/*"}, "x", "application/octet-stream", "x"},
		{Body{Format: Binary, Media: "image/png"}, bytes.NewBufferString("x"), "image/png", "x"},
		{Body{Format: Binary, Media: "application/xml"}, condition("<x/>"), "application/xml", "<x/>"},
		{Body{Format: Binary, Media: "*/*"}, NewFile("n", "x"), "application/octet-stream", "x"},
		{Body{Format: Binary, Media: "application/*"}, NewFile("n", "x"), "application/octet-stream", "x"},
		{Body{Format: Binary}, NewFile("n", "x"), "application/octet-stream", "x"},
		{Body{Format: Binary, Media: "*/*"}, strings.NewReader("x"), "application/octet-stream", "x"},
		{Body{Format: Binary, Media: "application/*"}, strings.NewReader("x"), "application/octet-stream", "x"},
		{Body{Format: Binary, Media: "image/png"}, strings.NewReader("x"), "image/png", "x"},
		{Body{Format: Binary, Media: "image/*"}, File{ContentType: "image/gif", Content: strings.NewReader("x")},
			"image/gif", "x"},
		{Body{Format: Binary, Media: "image/png"}, &File{ContentType: "image/gif", Content: strings.NewReader("x")},
			"image/png", "x"},
	}
	for _, row := range rows {
		p := encode(t, row.body, row.value)
		for range 2 {
			if got := read(t, p); got != row.want || p.ContentType != row.media || p.OneShot ||
				p.Length != int64(len(row.want)) {
				t.Errorf("%+v of %T: got %q as %q, length %d", row.body, row.value, got, p.ContentType, p.Length)
			}
		}
	}
}

// A reader has no media type, which a range demands.
func TestBody_EncodeReaderOfARange(t *testing.T) {
	const want = "body as image/*: the reader has no media type; pass a wire.File whose ContentType is one of " +
		"image/*, or set the header Content-Type"
	b := Body{Format: Binary, Media: "image/*"}
	if p, err := b.Encode(strings.NewReader("x")); p != nil || err == nil || err.Error() != want {
		t.Errorf("got %v, %v, want %s", p, err, want)
	}
}

func TestFile_Read(t *testing.T) {
	for _, f := range []File{NewFile("n", "abc"), {Content: bytes.NewBufferString("abc")}, {Name: "empty"}} {
		want := "abc"
		if f.Content == nil {
			want = ""
		}
		if data, err := io.ReadAll(f); err != nil || string(data) != want {
			t.Errorf("%s: got %q, %v, want %q", f.Name, data, err, want)
		}
	}
}

func TestBody_EncodeAbsent(t *testing.T) {
	for _, v := range []any{nil, (*colour)(nil), []byte(nil), map[string]int(nil), (*strings.Reader)(nil)} {
		if p, err := (&Body{Format: JSON}).Encode(v); p != nil || err != nil {
			t.Errorf("%T: %v, %v", v, p, err)
		}
		if _, err := (&Body{Format: JSON, Required: true}).Encode(v); err != ErrNoBody {
			t.Errorf("%T: %v", v, err)
		}
	}
}

func TestBody_EncodeRefuses(t *testing.T) {
	rows := []struct {
		body  Body
		value any
		want  string
	}{
		{Body{Format: JSON, Media: "application/json"}, func() {},
			"body as application/json: json: unsupported type: func()"},
		{Body{Format: Text, Media: "text/plain"}, []int{1},
			"body as text/plain: a list or object is not text; pass a string"},
		{Body{Format: Binary, Media: "a/b"}, []int{1},
			"body as a/b: []int cannot be sent; pass []byte, string or io.Reader"},
		{Body{Format: FormURL, Media: "f"}, "x", "body as f: a form is made from a struct or a map"},
		{Body{Format: FormURL, Media: "f"}, failing{},
			"body as f: json: error calling MarshalJSON for type wire.failing: no JSON"},
		{Body{Format: Multipart, Media: "m"}, "x", "body as m: a multipart body is made from a struct or a map"},
		{Body{Format: Multipart, Media: "m"}, NewFile("a", "b"),
			"body as m: a multipart body is made from a struct or a map"},
		{Body{Format: 9, Media: "m"}, 1, "body as m: unknown format 9"},
	}
	for _, row := range rows {
		if p, err := row.body.Encode(row.value); err == nil || err.Error() != row.want || p != nil {
			t.Errorf("%+v of %T: got %v, %v, want %s", row.body, row.value, p, err, row.want)
		}
	}
}

// onlySeeker hides that a reader can be read at an offset.
type onlySeeker struct{ io.ReadSeeker }

func TestBody_ReadersStartWhereTheyStand(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString("head,tail"); err != nil {
		t.Fatal(err)
	}
	readers := []io.ReadSeeker{strings.NewReader("head,tail"), bytes.NewReader([]byte("head,tail")), file,
		onlySeeker{strings.NewReader("head,tail")}}
	for _, r := range readers {
		if _, err := r.Seek(5, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		p := encode(t, Body{Format: Binary}, r)
		if p.OneShot || p.Length != 4 || read(t, p) != "tail" || read(t, p) != "tail" {
			t.Errorf("%T: %+v", r, p)
		}
	}
}

func TestBody_OpeningsAreIndependent(t *testing.T) {
	for _, p := range []*Payload{
		encode(t, Body{Format: Binary}, strings.NewReader("abcd")), encode(t, Body{Format: Text}, "abcd"),
	} {
		first, _ := p.Open()
		half := make([]byte, 2)
		if _, err := io.ReadFull(first, half); err != nil {
			t.Fatal(err)
		}
		second, third := read(t, p), read(t, p)
		rest, _ := io.ReadAll(first)
		if second != "abcd" || third != "abcd" || string(rest) != "cd" {
			t.Errorf("%q, %q, %q", second, third, rest)
		}
	}
}

// The first uses of a body in memory may be at the same time. net/http writes a body together with
// the headers only if it knows its type.
func TestBody_InMemory(t *testing.T) {
	known := reflect.TypeOf(io.NopCloser(bytes.NewReader(nil)))
	p := encode(t, Body{Format: JSON}, "abcd")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			r, err := p.Open()
			if err != nil || reflect.TypeOf(r) != known {
				t.Errorf("got a %T, %v, want a %v", r, err, known)
				return
			}
			if data, err := io.ReadAll(r); string(data) != `"abcd"` || err != nil {
				t.Errorf("got %s, %v", data, err)
			}
		})
	}
	group.Wait()
}

// Members without a value are looked for without reading a file: there would be nothing to send
// when they are set.
func TestBody_UnsetNextToFile(t *testing.T) {
	type upload struct {
		File    File    `json:"file"`
		At      Time    `json:"at"`
		Unknown Unknown `json:"-"`
	}
	reads := 0
	v := upload{File: File{Content: readFunc(func([]byte) (int, error) { reads++; return 0, io.EOF })}}
	_, err := (&Body{Format: JSON, Required: true}).Encode(v)
	var unset *UnsetError
	if !errors.As(err, &unset) || len(unset.Members) != 1 || unset.Members[0] != "at" || reads != 1 {
		t.Errorf("got %v after %d reads, want that of the member at after 1", err, reads)
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }

// A body of a struct and maps takes the allocations of its text, of the payload, of the method that
// opens it and of what the method returns.
func TestBody_Allocations(t *testing.T) {
	type change struct {
		Place   string           `json:"place"`
		Values  []map[string]any `json:"values,omitzero"`
		Unknown Unknown          `json:"-"`
	}
	var v any = []change{{"a", []map[string]any{{"b": 1.5, "c": map[string]any{"d": true}}}, Unknown{}}, {Place: "e"}}
	body := Body{Media: "application/json", Format: JSON}
	least := math.Inf(1)
	for range 50 { // a pool loses entries at random under the race detector
		least = min(least, testing.AllocsPerRun(1, func() {
			if p, err := body.Encode(v); err == nil {
				_, _ = p.Open()
			}
		}))
	}
	if least > 4 {
		t.Errorf("a body takes %v allocations, want 4", least)
	}
}

func TestBody_StreamsAreSentOnce(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if _, err := writer.WriteString("x"); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	for _, r := range []io.Reader{iotest.OneByteReader(strings.NewReader("x")), reader} {
		p := encode(t, Body{Format: Binary}, r)
		if !p.OneShot || p.Length != -1 || read(t, p) != "x" {
			t.Errorf("%T: %+v", r, p)
		}
		if _, err := p.Open(); err != ErrConsumed {
			t.Errorf("%T: %v", r, err)
		}
	}
}

// closable records whether it was closed.
type closable struct {
	io.Reader
	closed bool
}

func (c *closable) Close() error { c.closed = true; return nil }

func TestBody_CallerKeepsReader(t *testing.T) {
	c := &closable{Reader: strings.NewReader("x")}
	if read(t, encode(t, Body{Format: Binary}, c)); c.closed {
		t.Error("the reader of the caller was closed")
	}
}

// brokenSeeker fails at its nth Seek.
type brokenSeeker struct {
	io.ReadSeeker
	failAt int
}

var errSeek = errors.New("no seek")

func (b *brokenSeeker) Seek(offset int64, whence int) (int64, error) {
	if b.failAt--; b.failAt == 0 {
		return 0, errSeek
	}
	return b.ReadSeeker.Seek(offset, whence)
}

func TestBody_SeekersThatFail(t *testing.T) {
	for failAt := 1; failAt <= 2; failAt++ {
		p := encode(t, Body{Format: Binary}, &brokenSeeker{strings.NewReader("x"), failAt})
		if !p.OneShot {
			t.Errorf("seek %d fails, but the body can be replayed", failAt)
		}
	}
	if _, err := (&Body{Format: Binary}).Encode(&brokenSeeker{strings.NewReader("x"), 3}); !errors.Is(err, errSeek) {
		t.Error(err)
	}
	p := encode(t, Body{Format: Binary}, &brokenSeeker{strings.NewReader("x"), 4})
	if got := read(t, p); got != "x" {
		t.Errorf("got %q", got)
	}
	again, _ := p.Open()
	if _, err := io.ReadAll(again); !errors.Is(err, errSeek) {
		t.Errorf("the second reading: %v", err)
	}
	if got := read(t, p); got != "x" {
		t.Errorf("after an error: %q", got)
	}
}

func TestBody_Form(t *testing.T) {
	type form struct {
		Name   string            `json:"na me"`
		Age    *int              `json:"age,omitzero"`
		Tags   []string          `json:"tags,omitzero"`
		Colour colour            `json:"colour"`
		When   Time              `json:"when,omitzero"`
		Maybe  Nullable[int]     `json:"maybe,omitzero"`
		Meta   map[string]string `json:"meta,omitzero"`
		Flag   bool              `json:"flag"`
	}
	full := form{Name: "a b&=é~*", Age: ptr(3), Tags: []string{"x,y", "z"}, Colour: colourObject, Maybe: Null[int](),
		Meta: map[string]string{"k": "v"}}
	rows := []struct {
		parts []Part
		value any
		want  string
	}{
		{nil, full, "na+me=a+b%26%3D%C3%A9~%2A&age=3&tags=x%2Cy&tags=z&colour=%7B%22R%22%3A100%2C%22G%22%3A200%2C%22B%22%3A150%7D&meta=%7B%22k%22%3A%22v%22%7D&flag=false"},
		{nil, &form{Meta: map[string]string{}},
			"na+me=&colour=%7B%22R%22%3A0%2C%22G%22%3A0%2C%22B%22%3A0%7D&flag=false"},
		{nil, map[string]any{"b": 1, "a": []any{"x", nil, map[string]int{"y": 1}}}, "a=x&a=%7B%22y%22%3A1%7D&b=1"},
		{nil, map[string]any{}, ""},
		{[]Part{{Name: "tags", Style: Form}}, map[string]any{"tags": []string{"a b", "c"}}, "tags=a+b,c"},
		{[]Part{{Name: "tags", Style: Form, Explode: true}}, map[string]any{"tags": []string{"a", "b"}},
			"tags=a&tags=b"},
		{[]Part{{Name: "tags", Style: SpaceDelimited}}, map[string]any{"tags": []string{"a", "b"}}, "tags=a%20b"},
		{[]Part{{Name: "m", Style: DeepObject, Explode: true}},
			map[string]any{"l": 1, "m": map[string]any{"k": []int{1}, "e": "a b"}, "n": 2},
			"l=1&m%5Be%5D=a+b&m%5Bk%5D%5B0%5D=1&n=2"},
		{[]Part{{Name: "m", Style: Form, Explode: true}}, map[string]any{"m": colourObject}, "R=100&G=200&B=150"},
		{[]Part{{Name: "m", Media: "application/json"}}, map[string]any{"m": []int{1, 2}}, "m=%5B1%2C2%5D"},
		{[]Part{{Name: "m", Media: "text/plain"}}, map[string]any{"m": []int{1, 2}}, "m=1&m=2"},
	}
	for _, row := range rows {
		p := encode(t, Body{Format: FormURL, Parts: row.parts}, row.value)
		if got := read(t, p); got != row.want || p.ContentType != "application/x-www-form-urlencoded" {
			t.Errorf("%+v:\n got %s as %s\nwant %s", row.value, got, p.ContentType, row.want)
		}
	}
	b := Body{Format: FormURL, Parts: []Part{{Name: "m", Style: PipeDelimited}}}
	if _, err := b.Encode(map[string][]string{"m": {"a|b"}}); err == nil {
		t.Error("a value with the delimiter was sent")
	}
}
