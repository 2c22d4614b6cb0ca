package consumer_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"example.com/consumer/internal/feed"
	"github.com/resgen/resgen/resilience"
)

// newClient returns a client of a server whose events begin after the one that the client received
// last. Its first connection breaks.
func newClient(t *testing.T) *feed.Client {
	t.Helper()
	var broken atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/orders/events" {
			w.Header().Set("Content-Type", "application/jsonl")
			_, _ = io.WriteString(w, "{\"id\":\"a\",\"total\":2.5}\n{\"id\":\"b\"}\n")
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		if r.Header.Get("Last-Event-ID") == "" {
			_, _ = io.WriteString(w, "retry: 1\nid: 1\nevent: change\ndata: {\"order\":\"a\",\"status\":\"paid\"}\n\n")
		}
		if broken.CompareAndSwap(false, true) {
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, ": nothing new\n\n"+
			"id: 2\nevent: change\ndata: {\"order\":\"a\",\"status\":\"sent\"}\n\n")
	}))
	t.Cleanup(server.Close)
	client, err := feed.New(resilience.WithBaseURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}
