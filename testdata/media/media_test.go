package media_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/resgen/resgen/resilience"
	media "github.com/resgen/resgen/testdata/media/want"
)

// served is a response of the server, and the Accept header that it got.
type served struct {
	status       int
	media, body  string
	accept, path string
}

// client returns a client of a server that always sends the same response.
func client(t *testing.T, s *served) *media.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.accept, s.path = r.Header.Get("Accept"), r.URL.Path
		w.Header()["Content-Type"] = []string{s.media}
		if s.media == "" {
			w.Header()["Content-Type"] = nil
		}
		w.WriteHeader(s.status)
		_, _ = io.WriteString(w, s.body)
	}))
	t.Cleanup(server.Close)
	c, err := media.New(resilience.WithBaseURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// read returns the content of a stream, or "" for none.
func read(t *testing.T, s *resilience.Stream) string {
	t.Helper()
	if s == nil {
		return ""
	}
	defer s.Close()
	data, err := io.ReadAll(s)
	if err != nil {
		t.Error(err)
	}
	return string(data)
}

// The Content-Type of the response decides which field is set.
func TestSeveralTypes(t *testing.T) {
	for _, c := range []struct {
		media, body string
		number      *int64
		text, pdf   string
	}{
		{"application/json; charset=utf-8", `{"number":7}`, new(int64(7)), "", ""},
		{"application/hal+json", `{"number":8}`, new(int64(8)), "", ""},
		{"text/plain", `{"number":7}`, nil, `{"number":7}`, ""},
		{"application/pdf", "%PDF-1.7", nil, "", "%PDF-1.7"},
		{"", `{"number":9}`, new(int64(9)), "", ""},
	} {
		s := &served{status: 200, media: c.media, body: c.body}
		got, err := client(t, s).GetInvoice(t.Context(), resilience.WithHeader("Accept", "application/pdf"))
		if err != nil {
			t.Errorf("%q: %v", c.media, err)
			continue
		}
		if got.Status != 200 || (got.OK == nil) != (c.number == nil) || c.number != nil && *got.OK.Number != *c.number ||
			got.OKText != c.text || read(t, got.OKPDF) != c.pdf || s.accept != "application/pdf" {
			t.Errorf("%q: got %+v, accept %q", c.media, got, s.accept)
		}
	}
}

// The client asks for every media type whose value differs, and of failures for the first.
func TestAccept(t *testing.T) {
	for want, call := range map[string]func(context.Context, *media.Client) error{
		"application/json, text/plain, application/pdf, application/problem+json": func(ctx context.Context,
			c *media.Client) error {
			_, err := c.GetInvoice(ctx)
			return err
		},
		"application/json": func(ctx context.Context, c *media.Client) error {
			_, err := c.GetNotations(ctx)
			return err
		},
		"application/vnd.shop.v1+json, application/vnd.shop.v2+json": func(ctx context.Context, c *media.Client) error {
			_, err := c.GetVersions(ctx)
			return err
		},
		"*/*": func(ctx context.Context, c *media.Client) error {
			_, err := c.AnySize(ctx)
			return err
		},
		"text/*": func(ctx context.Context, c *media.Client) error {
			_, err := c.AnyDay(ctx)
			return err
		},
	} {
		s := &served{status: 400}
		if err := call(t.Context(), client(t, s)); err == nil || s.accept != want {
			t.Errorf("accept %q, want %q (%v)", s.accept, want, err)
		}
	}
}

func TestVersions(t *testing.T) {
	s := &served{status: 200, media: "application/vnd.shop.v2+json", body: `[{"number":1},{"number":2}]`}
	got, err := client(t, s).GetVersions(t.Context())
	if err != nil || got.OK != nil || len(got.OKVndShopV2JSON) != 2 || *got.OKVndShopV2JSON[1].Number != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	s.media, s.body = "application/vnd.shop.v1+json", `{"number":3}`
	got, err = client(t, s).GetVersions(t.Context())
	if err != nil || *got.OK.Number != 3 || got.OKVndShopV2JSON != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Notations of one schema are one type. JSON under the name of text is read.
func TestNotations(t *testing.T) {
	for _, name := range []string{"application/json", "text/json", "text/plain"} {
		got, err := client(t, &served{status: 200, media: name, body: `{"number":7}`}).GetNotations(t.Context())
		if err != nil || *got.Number != 7 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	_, err := client(t, &served{status: 200, media: "application/xml", body: "<invoice/>"}).GetNotations(t.Context())
	if !errors.Is(err, resilience.ErrContract) {
		t.Errorf("XML: %v", err)
	}
}

func TestTexts(t *testing.T) {
	for _, name := range []string{"text/csv", "text/markdown"} {
		s := &served{status: 200, media: name, body: "a,b"}
		if got, err := client(t, s).GetTexts(t.Context()); got != "a,b" || err != nil || s.accept != "text/csv, text/markdown" {
			t.Errorf("%s: %q, %v, accept %q", name, got, err, s.accept)
		}
	}
	for name, body := range map[string]string{"application/json": `"a b"`, "text/plain": "a b"} {
		s := &served{status: 200, media: name, body: body}
		if got, err := client(t, s).GetLabel(t.Context()); got != "a b" || err != nil || s.accept != "application/json" {
			t.Errorf("%s: %q, %v, accept %q", name, got, err, s.accept)
		}
	}
}

// Under a range, the Content-Type of the response says whether it is JSON.
func TestRanges(t *testing.T) {
	for _, c := range []struct {
		media, body string
		want        any
	}{
		{"application/json", `"quoted"`, "quoted"},
		{"text/plain", `"quoted"`, `"quoted"`},
		{"", "plain", "plain"},
		{"application/json", `"M"`, media.SizeM},
		{"text/plain", "M\n", media.SizeM},
		{"text/plain", "1", media.Size1},
		{"", `"M"`, media.SizeM},
		{"application/json", `"2026-02-03"`, "2026-02-03"},
		{"text/plain", "2026-02-03", "2026-02-03"},
		{"application/json", `"AQI="`, []byte{1, 2}},
		{"application/x-base64", "AQI=", []byte{1, 2}},
		{"application/json", "42", int64(42)},
		{"text/plain", "42", int64(42)},
	} {
		api := client(t, &served{status: 200, media: c.media, body: c.body})
		var got any
		var err error
		switch want := c.want.(type) {
		case media.Size:
			got, err = api.AnySize(t.Context())
		case []byte:
			got, err = api.AnyBytes(t.Context())
		case int64:
			got, err = api.AnyNumber(t.Context())
		case string:
			got, err = api.AnyString(t.Context())
			if want == "2026-02-03" {
				day, dayErr := api.AnyDay(t.Context())
				got, err = day.String(), dayErr
			}
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q %q: got %#v, %v, want %#v", c.media, c.body, got, err, c.want)
		}
	}
	o, err := client(t, &served{status: 200, media: "application/json", body: `{"number":1}`}).AnyObject(t.Context())
	if err != nil || *o.Number != 1 {
		t.Errorf("object: %v, %v", o, err)
	}
	picture, err := client(t, &served{status: 200, media: "image/gif", body: "GIF89a"}).AnyPicture(t.Context())
	if err != nil || read(t, picture) != "GIF89a" || picture.ContentType != "image/gif" {
		t.Errorf("picture: %v", err)
	}
}

// Failures have the type that is declared for their status and media type.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		status      int
		media, body string
		want        any
	}{
		{404, "application/problem+json", `{"title":"no"}`, &media.Problem{Title: new("no")}},
		{404, "application/json", `{"title":"no"}`, &media.Problem{Title: new("no")}},
		{404, "text/html", "<html>", nil},
		{500, "application/json", `{"code":1}`, &media.Fault{Code: new(int64(1))}},
		{500, "text/html; charset=utf-8", "<html>down</html>", "<html>down</html>"},
		{500, "application/octet-stream", "\x00\x01", []byte{0, 1}},
		{500, "", "", nil},
	} {
		s := &served{status: c.status, media: c.media, body: c.body}
		_, err := client(t, s).GetInvoice(t.Context(), resilience.WithAttempts(1))
		var e *resilience.Error
		if !errors.As(err, &e) || !reflect.DeepEqual(e.Detail, c.want) || string(e.Body) != c.body {
			t.Errorf("%d %q: %v with %#v, want %#v", c.status, c.media, err, e.Detail, c.want)
		}
	}
}

// A status that is not declared has the value of a declared one, and none has no content.
func TestUndeclaredStatus(t *testing.T) {
	s := &served{status: 200, media: "application/json", body: `{"number":7}`}
	var info resilience.Info
	got, err := client(t, s).PutInvoice(t.Context(), resilience.WithInfo(&info))
	if err != nil || got.Status != 200 || *got.Created.Number != 7 || info.Body != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	s.media, s.body = "text/plain", "done"
	got, err = client(t, s).PutInvoice(t.Context(), resilience.WithInfo(&info))
	if err != nil || got.Status != 200 || got.Created != nil || string(info.Body) != "done" {
		t.Errorf("got %+v, %v, body %q", got, err, info.Body)
	}
	s.status, s.body = 204, ""
	got, err = client(t, s).PutInvoice(t.Context())
	if err != nil || got.Status != 204 || got.Created != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A stream next to JSON has a method for itself, which asks for it.
func TestStream_NextToJSON(t *testing.T) {
	s := &served{status: 200, media: "application/json", body: `{"number":7}`}
	api := client(t, s)
	got, err := api.Chat(t.Context(), nil)
	if err != nil || *got.Number != 7 || s.accept != "application/json" {
		t.Errorf("got %v, %v, accept %q", got, err, s.accept)
	}
	s.media, s.body = "text/event-stream", "data: {\"text\":\"a\"}\n\ndata: {\"text\":\"b\"}\n\ndata: [DONE]\n\n"
	var texts string
	for part, err := range api.ChatStream(t.Context(), &media.ChatBody{Stream: new(true)}) {
		if err != nil {
			t.Fatal(err)
		}
		texts += *part.Data.Text
	}
	if texts != "ab" || s.accept != "text/event-stream, application/json" {
		t.Errorf("got %q, accept %q", texts, s.accept)
	}
	if _, err := api.Chat(t.Context(), nil); !errors.Is(err, resilience.ErrContract) {
		t.Errorf("the stream instead of JSON: %v", err)
	}
}

// The schema of an event describes its fields; its data may be JSON or text.
func TestStream_ItemSchema(t *testing.T) {
	s := &served{status: 200, media: "text/event-stream", body: "event: a\nid: 1\ndata: {\"title\":\"x\"}\n\n"}
	n := 0
	for e, err := range client(t, s).GetNewsStream(t.Context()) {
		if n++; err != nil || e.ID != "1" || e.Name != "a" || *e.Data.Title != "x" {
			t.Errorf("got %+v, %v", e, err)
		}
	}
	for e, err := range client(t, s).TicksStream(t.Context()) {
		if n++; err != nil || e.Data != `{"title":"x"}` {
			t.Errorf("got %+v, %v", e, err)
		}
	}
	raw, err := client(t, s).GetNews(t.Context())
	if err != nil || read(t, raw) != s.body || n != 2 {
		t.Errorf("%d events, raw: %v", n, err)
	}
}

func TestStream_Values(t *testing.T) {
	s := &served{status: 200, media: "application/x-ndjson", body: "{\"number\":1}\n{\"number\":2}\n"}
	var sum int64
	for row, err := range client(t, s).GetRowsStream(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		sum = 10*sum + *row.Number
	}
	if sum != 12 || s.accept != "application/x-ndjson" {
		t.Errorf("got %d, accept %q", sum, s.accept)
	}
	s.media, s.body, sum = "application/json", `[{"number":3}]`, 0
	rows, err := client(t, s).GetRows(t.Context())
	if err != nil || len(rows) != 1 || *rows[0].Number != 3 || s.accept != "application/json" {
		t.Errorf("got %v, %v, accept %q", rows, err, s.accept)
	}
	s.media, s.body = "application/json-seq", "\x1e4\n\x1e5\n"
	for n, err := range client(t, s).GetLogStream(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		sum = 10*sum + n
	}
	if sum != 45 {
		t.Errorf("got %d", sum)
	}
}
