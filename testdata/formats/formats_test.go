package formats_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	formats "github.com/resgen/resgen/testdata/formats/want"
)

// An operation has one method for all text formats and all kinds of multipart; an option sends the
// others.
func TestFormats(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = r.Header.Get("Content-Type") + " " + string(body)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	c, err := formats.New(resilience.WithBaseURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, note := t.Context(), formats.Note{Text: "a"}
	for _, row := range []struct {
		call func() error
		want string
	}{
		{func() error { return c.AddNote(ctx, note) }, `application/json {"text":"a"}`},
		{func() error {
			return c.AddNote(ctx, note, resilience.WithBody("application/xml", []byte("<note/>")))
		}, "application/xml <note/>"},
		{func() error { return c.SendMailPng(ctx, strings.NewReader("png")) }, "image/png png"},
	} {
		if err := row.call(); err != nil || got != row.want {
			t.Errorf("got %s, %v, want %s", got, err, row.want)
		}
	}
}
