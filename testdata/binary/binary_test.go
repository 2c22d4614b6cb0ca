package binary_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/resgen/resgen/resilience"
	binary "github.com/resgen/resgen/testdata/binary/want"
)

// A server records a request and sends one response.
type server struct {
	media, body  string
	status       int
	path, accept string
}

func (s *server) client(t *testing.T) *binary.Client {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.path, s.accept = r.Method+" "+r.URL.Path, r.Header.Get("Accept")
		if s.media != "" {
			w.Header().Set("Content-Type", s.media)
		}
		w.WriteHeader(s.status)
		_, _ = io.WriteString(w, s.body)
	}))
	t.Cleanup(web.Close)
	c, err := binary.New(resilience.WithBaseURL(web.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// read returns the bytes of a stream, or "-" for none.
func read(t *testing.T, s *resilience.Stream) string {
	t.Helper()
	if s == nil {
		return "-"
	}
	defer s.Close()
	data, err := io.ReadAll(s)
	if err != nil {
		t.Error(err)
	}
	return string(data)
}

const zeros = "\x00\xff\x00"

// A response is a stream if its operation produces bytes only: without a schema, with the type
// file, and with a schema for which the media type has no use.
func TestStreams(t *testing.T) {
	type method func(*binary.Client, context.Context, ...resilience.CallOption) (*resilience.Stream, error)
	for _, c := range []struct {
		call         method
		path, accept string
	}{
		{(*binary.Client).GetArchive, "GET /archive", "application/zip"},
		{(*binary.Client).GetFile, "GET /file", "application/octet-stream"},
		{(*binary.Client).GetLabel, "GET /label", "image/png"},
		{(*binary.Client).GetTable, "GET /table", "text/csv"},
	} {
		for _, media := range []string{c.accept, "application/octet-stream", "application/json"} {
			s := &server{status: 200, media: media, body: zeros}
			stream, err := c.call(s.client(t), t.Context())
			if err != nil {
				t.Errorf("%s as %s: %v", c.path, media, err)
				continue
			}
			if got := read(t, stream); got != zeros || s.path != c.path || s.accept != c.accept ||
				stream.ContentType != media {
				t.Errorf("%s as %s: got %q of %s, asked for %s", c.path, media, got, stream.ContentType, s.accept)
			}
		}
	}
}

// A schema next to bytes is that of JSON which the server may send instead: the response says which
// of the two it is.
func TestJSONInstead(t *testing.T) {
	for _, c := range []struct{ media, body, stream, title string }{
		{"application/pdf", "%PDF" + zeros, "%PDF" + zeros, "-"},
		{"application/json", `{"title":"Sales"}`, "-", "Sales"},
		{"application/json; charset=utf-8", `{"title":"Sales"}`, "-", "Sales"},
		{"application/problem+json", `{"title":"Sales"}`, "-", "Sales"},
		{"application/octet-stream", zeros, zeros, "-"},
	} {
		s := &server{status: 200, media: c.media, body: c.body}
		title := func(r *binary.Report) string {
			if r == nil {
				return "-"
			}
			return r.Title
		}
		report, err := s.client(t).GetReport(t.Context())
		if err != nil {
			t.Errorf("report as %s: %v", c.media, err)
			continue
		}
		if got, name := read(t, report.OK), title(report.OKJSON); got != c.stream || name != c.title ||
			s.accept != "application/pdf" {
			t.Errorf("report as %s: got %q and %s, asked for %s", c.media, got, name, s.accept)
		}
		if c.media == "application/octet-stream" {
			continue // neither of the two media types
		}
		either, err := s.client(t).GetEither(t.Context())
		if err != nil {
			t.Errorf("either as %s: %v", c.media, err)
			continue
		}
		if got, name := read(t, either.OKPDF), title(either.OK); got != c.stream || name != c.title ||
			s.accept != "application/json, application/pdf" {
			t.Errorf("either as %s: got %q and %s, asked for %s", c.media, got, name, s.accept)
		}
	}
}

// Statuses without content and failures have no stream.
func TestOtherStatuses(t *testing.T) {
	s := &server{status: 204}
	if err := s.client(t).Purge(t.Context()); err != nil || s.path != "POST /purge" {
		t.Errorf("204: %v, %s", err, s.path)
	}
	s = &server{status: 404, media: "application/json", body: `{"reason":"gone"}`}
	stream, err := s.client(t).GetLabel(t.Context())
	var failure *resilience.Error
	if stream != nil || !errors.As(err, &failure) || failure.Status != 404 {
		t.Fatalf("404: %v, %v", stream, err)
	}
	if fault, ok := resilience.Detail[binary.Fault](err); !ok || fault.Reason == nil || *fault.Reason != "gone" {
		t.Errorf("404: got %+v of %v", fault, err)
	}
}
