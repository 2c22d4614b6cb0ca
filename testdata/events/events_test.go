package events_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	events "github.com/resgen/resgen/testdata/events/want"
)

// A server sends one text for each connection, and breaks the connection after all but the last.
type server struct {
	connections []string
	media       string   // empty: text/event-stream
	seen        []string // of each request: method, URI, Accept, Last-Event-ID and body
}

func (s *server) client(t *testing.T) *events.Client {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.seen = append(s.seen, fmt.Sprintf("%s %s %s %q %s", r.Method, r.URL.RequestURI(), r.Header.Get("Accept"),
			r.Header.Get("Last-Event-ID"), body))
		w.Header().Set("Content-Type", "text/event-stream")
		if s.media != "" {
			w.Header().Set("Content-Type", s.media)
		}
		n := len(s.seen)
		_, _ = io.WriteString(w, s.connections[min(n, len(s.connections))-1])
		if n < len(s.connections) {
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(web.Close)
	var quick policy.Policy
	quick.Retry.Connection.Base = 1
	c, err := events.New(resilience.WithBaseURL(web.URL), resilience.WithConfig(&policy.Config{
		APIs: []policy.APIConfig{{Name: "events", Defaults: policy.Layer{Policy: quick}}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// heard returns the events as texts, and the error that ended them.
func heard[T any](seq iter.Seq2[resilience.ServerEvent[T], error], text func(T) string) (list []string, err error) {
	for e, err := range seq {
		if err != nil {
			return list, err
		}
		list = append(list, fmt.Sprintf("%s/%s/%s", e.ID, e.Name, text(e.Data)))
	}
	return list, nil
}

// order describes an event by its type.
func order(e *events.OrderEvent) string {
	switch v, err := e.Value(); v := v.(type) {
	case events.Created:
		return fmt.Sprintf("created %s for %v", v.Order, *v.Total)
	case events.Deleted:
		return "deleted " + v.Order
	default:
		return fmt.Sprintf("%s, %v", e, err)
	}
}

// Events have the type that their discriminator selects. After a broken connection the call is
// repeated with the id of the last event, which replaces the one that the caller gave.
func TestWatchOrders(t *testing.T) {
	s := &server{connections: []string{
		"retry: 1\n\nid: 7\nevent: order\ndata: {\"type\":\"created\",\n: comment\n" +
			"data: \"order\":\"a\",\"total\":2.5}\n\n",
		"id: 8\ndata: {\"type\":\"deleted\",\"order\":\"a\"}\n\nid: 9\ndata: {\"type\":\"del",
		"data: {\"type\":\"moved\",\"order\":\"b\"}\r\n\r\n",
	}}
	start := "5"
	got, err := heard(s.client(t).WatchOrdersStream(t.Context(),
		events.WatchOrdersParams{Shop: "main", LastEventID: &start}), order)
	want := []string{
		"7/order/created a for 2.5", "8/message/deleted a",
		`8/message/{"type":"moved","order":"b"}, member type selects none of the 2 types of the union; use Raw`,
	}
	seen := []string{
		`GET /orders/events?shop=main text/event-stream, application/problem+json "5" `,
		`GET /orders/events?shop=main text/event-stream, application/problem+json "7" `,
		`GET /orders/events?shop=main text/event-stream, application/problem+json "8" `,
	}
	if err != nil || !slices.Equal(got, want) || !slices.Equal(s.seen, seen) {
		t.Errorf("%v\ngot  %q\nwant %q\nseen %q", err, got, want, s.seen)
	}
}

// A loop that ends early ends the connection, and nothing is sent afterwards.
func TestWatchOrders_Stop(t *testing.T) {
	const data = "id: 1\ndata: {\"type\":\"deleted\",\"order\":\"a\"}\n\n"
	s := &server{connections: []string{data + data, data}}
	for e, err := range s.client(t).WatchOrdersStream(t.Context(), events.WatchOrdersParams{Shop: "main"}) {
		if err != nil || e.ID != "1" {
			t.Errorf("got %v, %v", e, err)
		}
		break
	}
	if len(s.seen) != 1 {
		t.Errorf("got %q", s.seen)
	}
	s = &server{connections: []string{data, data}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range s.client(t).WatchOrdersStream(ctx, events.WatchOrdersParams{Shop: "main"}) {
		cancel()
		last = err
	}
	if last == nil || len(s.seen) != 1 {
		t.Errorf("canceled: got %v, %q, want an error and no reconnection", last, s.seen)
	}
}

// The same values come at once as JSON, or one by one.
func TestGetHistory(t *testing.T) {
	s := &server{media: "application/json", connections: []string{`[{"type":"deleted","order":"a"}]`}}
	list, err := s.client(t).GetHistory(t.Context())
	if err != nil || len(list) != 1 || order(&list[0]) != "deleted a" ||
		s.seen[0] != `GET /orders/history application/json "" ` {
		t.Errorf("got %v, %v, %q", list, err, s.seen)
	}
	s = &server{connections: []string{"data: {\"type\":\"deleted\",\"order\":\"a\"}\n\ndata: {\"type\":\"created\"," +
		"\"order\":\"b\",\"total\":1}\n\ndata: [DONE]\n\n"}}
	got, err := heard(s.client(t).GetHistoryStream(t.Context()), order)
	if want := []string{"/message/deleted a", "/message/created b for 1"}; err != nil || !slices.Equal(got, want) ||
		s.seen[0] != `GET /orders/history text/event-stream "" ` {
		t.Errorf("got %q, %v, %q", got, err, s.seen)
	}
}

// Data without a schema for JSON is text. A POST is not repeated.
func TestImportOrders(t *testing.T) {
	s := &server{connections: []string{"id: 1\ndata: 10 %\ndata: of 20\n\n", "id: 2\ndata: 20 %\n\n"}}
	source := "old"
	got, err := heard(s.client(t).ImportOrdersStream(t.Context(), events.ImportOrdersBody{Source: &source}),
		func(text string) string { return text })
	want := []string{"1/message/10 %\nof 20"}
	if !slices.Equal(got, want) || !errors.Is(err, resilience.ErrTransport) ||
		!slices.Equal(s.seen, []string{`POST /orders/import text/event-stream "" {"source":"old"}`}) {
		t.Errorf("got %q, %v, %q", got, err, s.seen)
	}
}
