package forms_test

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
	forms "github.com/resgen/resgen/testdata/forms/want"
)

// A server answers with a text and keeps the last request as lines: its parts, or its body.
type server struct {
	answer string
	got    []string
}

func start(t *testing.T) (*forms.Client, *server) {
	t.Helper()
	s := &server{}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.got = lines(r)
		if s.answer == "" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = io.WriteString(w, s.answer)
	}))
	t.Cleanup(h.Close)
	c, err := forms.New(resilience.WithBaseURL(h.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, s
}

// lines writes each part as "name|file name|media type|content".
func lines(r *http.Request) []string {
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if params["boundary"] == "" {
		data, _ := io.ReadAll(r.Body)
		return []string{media + "|" + string(data)}
	}
	var out []string
	for parts := multipart.NewReader(r.Body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err != nil {
			return out
		}
		data, _ := io.ReadAll(part)
		line := part.FormName() + "|" + part.FileName() + "|" + part.Header.Get("Content-Type") + "|" + string(data)
		out = append(out, line+part.Header.Get("Content-Transfer-Encoding"))
	}
}

func check(t *testing.T, err error, got []string, want ...string) {
	t.Helper()
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\ngot  %q\nwant %q", err, got, want)
	}
}

func ptr[T any](v T) *T { return &v }

// A schema that is both has files in multipart and strings in JSON.
func TestShared(t *testing.T) {
	c, s := start(t)
	ctx := context.Background()
	s.answer = `{"title":"t","data":"https://a.test/x","many":["a","b"],"new":1}`
	r, err := c.AddRecord(ctx, forms.Record{Title: "t", Data: ptr(wire.NewFile("f", "x"))})
	check(t, err, s.got, "title|||t", "data|f|application/octet-stream|x")
	back, _ := json.Marshal(r)
	check(t, err, []string{string(back)}, s.answer)
	s.answer = "[" + s.answer + "]"
	list, err := c.ListRecords(ctx)
	back, _ = json.Marshal(list)
	check(t, err, []string{string(back)}, s.answer)
	s.answer = ""
	check(t, c.PutRecord(ctx, *r), s.got,
		`application/json|{"title":"t","data":"https://a.test/x","many":["a","b"],"new":1}`)
}

func TestFiles(t *testing.T) {
	c, s := start(t)
	f := func(name string) wire.File { return wire.NewFile(name, "x") }
	err := c.AddFiles(context.Background(), forms.Files{
		Nullable: wire.NullableOf(f("1")), Typed: wire.NullableOf(f("2")), All: ptr(f("3")),
		Blobs: []wire.File{f("4"), f("5")}, Several: []wire.File{f("6")}, Either: f("7"), Png: ptr(f("8")),
		Named: ptr(f("9")), HTML: ptr("<p>"), JSON: ptr(`{"a":1}`), Encoded: []byte{1}, Free: []byte{0xff},
		AdditionalProperties: map[string]wire.File{"z": f("10"), "y": {Name: "11", ContentType: "a/b"}},
	})
	const bytes = "application/octet-stream"
	check(t, err, s.got, "nullable|1|"+bytes+"|x", "typed|2|"+bytes+"|x", "all|3|"+bytes+"|x", "blobs|4|"+bytes+"|x",
		"blobs|5|"+bytes+"|x", "several|6|"+bytes+"|x", "either|7|"+bytes+"|x", "png|8|image/png|x",
		"named|9|image/webp|x", "html||text/html|<p>", `json|||{"a":1}`, "encoded||"+bytes+"|AQ==base64",
		"free|free|"+bytes+"|\xff", "y|11|a/b|", "z|10|"+bytes+"|x")
	err = c.AddFiles(context.Background(), forms.Files{
		Nullable: wire.Null[wire.File](), Either: "https://a.test", Free: map[string]int{"a": 1},
	})
	check(t, err, s.got, "either|||https://a.test", `free||application/json|{"a":1}`)
	check(t, c.AddMap(context.Background(), map[string][]wire.File{"b": {f("1"), f("2")}, "a": nil}), s.got,
		"b|1|"+bytes+"|x", "b|2|"+bytes+"|x")
	check(t, c.AddOpen(context.Background(), map[string]any{"f": f("1"), "n": 7, "l": []any{"a", f("2")}}), s.got,
		"f|1|"+bytes+"|x", "l|||a", "l|2|"+bytes+"|x", "n|||7")
}

func TestStyles(t *testing.T) {
	c, s := start(t)
	body := forms.Styles{Joined: []string{"a", "b c"}, Piped: []string{"c/d", "e"}, Plain: ptr("x/y z"),
		Deep: &forms.StylesDeep{A: ptr("p"), B: []int64{1, 2}}}
	check(t, c.AddStyles(context.Background(), body), s.got, "joined|||a,b c", "piped|||c/d|e",
		"deep[a]|||p", "deep[b][0]|||1", "deep[b][1]|||2", "plain|||x/y z")
	check(t, c.AddStylesForm(context.Background(), body), s.got, "application/x-www-form-urlencoded|joined=a,b+c&"+
		"piped=c/d%7Ce&deep%5Ba%5D=p&deep%5Bb%5D%5B0%5D=1&deep%5Bb%5D%5B1%5D=2&plain=x/y+z")
}

// A file of a media range states its type.
func TestMediaRange(t *testing.T) {
	c, s := start(t)
	png := wire.NewFile("p", "x")
	png.ContentType = "image/png"
	check(t, c.PutImage(context.Background(), png), s.got, "image/png|x")
	s.got = nil
	header := resilience.WithHeader("Content-Type", "image/png")
	check(t, c.PutImage(context.Background(), strings.NewReader("y"), header), s.got, "image/png|y")
	s.got = nil
	err := c.PutImage(context.Background(), wire.NewFile("p", "x"))
	if err == nil || !strings.Contains(err.Error(), "set its ContentType to one of image/*") || s.got != nil {
		t.Errorf("got %v and %q, want a refusal", err, s.got)
	}
	if err := c.PutImage(context.Background(), wire.File{}); err == nil || s.got != nil {
		t.Errorf("no file: got %v and %q", err, s.got)
	}
}
