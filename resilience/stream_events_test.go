package resilience_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// streaming returns an operation whose response is a stream.
func streaming(class policy.Class, media string) *resilience.Operation {
	op := operation("GET", class)
	op.Success = []wire.Outcome{{Status: 200, Media: media, Stream: true}}
	return op
}

// sse sends the text of a connection and then breaks it, unless it is the last one.
func sse(t *testing.T, connections ...string) (url string, ids *[]string) {
	t.Helper()
	ids = new([]string)
	url, _ = serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		*ids = append(*ids, r.Header.Get("Last-Event-ID"))
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		_, _ = io.WriteString(w, connections[min(n, len(connections))-1])
		_ = http.NewResponseController(w).Flush()
		if n < len(connections) {
			panic(http.ErrAbortHandler)
		}
	})
	return url, ids
}

// heard returns the events of an iteration as texts.
func heard[T any](ctx context.Context, c *resilience.Caller, op *resilience.Operation,
	opts ...resilience.CallOption) (list []string, err error) {
	for e, err := range resilience.ServerEvents[T](ctx, c, op, wire.Args(), opts...) {
		if err != nil {
			return list, err
		}
		list = append(list, fmt.Sprintf("%s %s %v", e.ID, e.Name, e.Data))
	}
	return list, nil
}

func TestServerEvents(t *testing.T) {
	url, _ := sse(t, "id: 1\nevent: add\ndata: {\"name\":\"a\"}\n\ndata: {\"name\":\ndata: \"b\"}\n\n"+
		"data: [DONE]\n\ndata: x\n\n")
	op := streaming(policy.Unsafe, "text/event-stream")
	var names []string
	for e, err := range resilience.ServerEvents[*item](t.Context(), client(t, url, single(), op), op, wire.Args()) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, e.ID+e.Name+e.Data.Name)
	}
	if want := []string{"1adda", "1messageb"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	got, err := heard[string](t.Context(), client(t, url, single(), op), op)
	if len(got) != 4 || got[2] != "1 message [DONE]" || got[3] != "1 message x" || err != nil {
		t.Errorf("as texts: %q, %v", got, err)
	}
}

// A broken connection is replaced by one that continues after the last event.
func TestServerEvents_Reconnection(t *testing.T) {
	const one, two = "id: 1\ndata: a\n\n", "retry: 1\nid: 2\ndata: b\n\n"
	for _, c := range []struct {
		name        string
		class       policy.Class
		connections []string
		attempts    int
		want, ids   []string
		kind        resilience.Kind
	}{
		{"twice", policy.Safe, []string{one, two, "data: c\n\n"}, 2,
			[]string{"1 message a", "2 message b", "2 message c"}, []string{"", "1", "2"}, 0},
		{"idempotent", policy.Idempotent, []string{one, two}, 2, []string{"1 message a", "2 message b"},
			[]string{"", "1"}, 0},
		{"unsafe", policy.Unsafe, []string{one, two}, 2, []string{"1 message a"}, []string{""},
			resilience.KindTransport},
		{"keyed", policy.Conditional, []string{one, two}, 2, []string{"1 message a"}, []string{""},
			resilience.KindTransport},
		{"one attempt", policy.Safe, []string{one, two}, 1, []string{"1 message a"}, []string{""},
			resilience.KindTransport},
		{"without an id", policy.Safe, []string{"data: a\n\n", two}, 2, []string{" message a"}, []string{""},
			resilience.KindTransport},
		{"nothing new", policy.Safe, []string{one, ": b\n", ": c\n", two}, 3, []string{"1 message a"},
			[]string{"", "1", "1"}, resilience.KindTransport},
		{"nothing new for a while", policy.Safe, []string{one, ": b\n", two}, 3, []string{"1 message a", "2 message b"},
			[]string{"", "1", "1"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, ids := sse(t, c.connections...)
			op := streaming(c.class, "text/event-stream")
			p := quick()
			p.Retry.Attempts = c.attempts
			got, err := heard[string](t.Context(), client(t, url, p, op), op)
			if !slices.Equal(got, c.want) || !slices.Equal(*ids, c.ids) {
				t.Errorf("got %q with ids %q", got, *ids)
			}
			if c.kind == 0 && err != nil || c.kind != 0 && failed(t, err).Kind != c.kind {
				t.Errorf("%v, want kind %v", err, c.kind)
			}
		})
	}
}

// The id that a caller continues after counts like that of an event.
func TestServerEvents_ContinuedByTheCaller(t *testing.T) {
	url, ids := sse(t, ": nothing\n", "data: a\n\nid: 8\ndata: b\n\n", "data: c\n\n")
	op := streaming(policy.Safe, "text/event-stream")
	got, err := heard[string](t.Context(), client(t, url, quick(), op), op, resilience.WithHeader("last-event-id", "7"))
	if want := []string{"7 message a", "8 message b", "8 message c"}; !slices.Equal(got, want) || err != nil ||
		!slices.Equal(*ids, []string{"7", "7", "8"}) {
		t.Errorf("got %q with ids %q, %v, want %q", got, *ids, err, want)
	}
}

// The wait before a reconnection is the one that the server sent last.
func TestServerEvents_Retry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := func(events string) faults.Step {
			s := faults.Status(200).With("Content-Type", "text/event-stream").WithBody(events + ": cut")
			s.Fault = faults.CutLength
			return s.Cut(len(events))
		}
		last := faults.Status(200).With("Content-Type", "text/event-stream").WithBody("id: 4\ndata: d\n\n")
		b := memory(t, broken("retry: 40000\nid: 1\ndata: a\n\n"), broken("retry: 10000\nid: 2\ndata: b\n\n"),
			broken("id: 3\ndata: c\n\n"), last)
		op := streaming(policy.Safe, "text/event-stream")
		begin := time.Now()
		got, err := heard[string](t.Context(), b.client(t, steady(), op), op)
		if len(got) != 4 || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		// Each wait is lengthened by up to 10 %.
		if took := time.Since(begin); took < time.Minute || took > 66*time.Second {
			t.Errorf("it took %s, want 40 s, 10 s and 10 s", took)
		}
	})
}

// A server that sets a longer wait than the policy allows ends the iteration when the connection
// breaks.
func TestServerEvents_RetryTooLong(t *testing.T) {
	for _, tt := range []struct {
		wait string
		want int // events
	}{{"60000", 2}, {"60001", 1}} {
		synctest.Test(t, func(t *testing.T) {
			s := faults.Status(200).With("Content-Type", "text/event-stream")
			first := s.WithBody("retry: " + tt.wait + "\nid: 1\ndata: a\n\n: cut")
			first.Fault = faults.CutLength
			b := memory(t, first.Cut(len(first.Body)-5), s.WithBody("data: b\n\n"))
			op := streaming(policy.Safe, "text/event-stream")
			p := steady()
			p.Retry.MaxRetryAfter = time.Minute
			begin := time.Now()
			got, err := heard[string](t.Context(), b.client(t, p, op), op)
			if len(got) != tt.want || tt.want == 2 && err != nil {
				t.Errorf("retry: %s: got %q, %v", tt.wait, got, err)
			}
			if tt.want == 1 && (failed(t, err).Kind != resilience.KindTransport || time.Since(begin) != 0) {
				t.Errorf("retry: %s: %v after %s", tt.wait, err, time.Since(begin))
			}
		})
	}
}

// Reconnections take from the retry budget.
func TestServerEvents_Budget(t *testing.T) {
	url, ids := sse(t, "id: 1\ndata: a\n\n", "data: b\n\n")
	op := streaming(policy.Safe, "text/event-stream")
	p := quick()
	p.Retry.Budget.Tokens = 1
	got, err := heard[string](t.Context(), client(t, url, p, op), op)
	if len(got) != 1 || failed(t, err).Kind != resilience.KindTransport || len(*ids) != 1 {
		t.Errorf("got %q, %v, %d connections", got, err, len(*ids))
	}
}

func TestServerEvents_Errors(t *testing.T) {
	for _, c := range []struct {
		media, body string
		kind        resilience.Kind
		want        int // events
	}{
		{"application/json", `{}`, resilience.KindContract, 0},
		{"text/event-stream", "data: {\"name\":\"a\"}\n\ndata: {\n\n", resilience.KindContract, 1},
		{"text/event-stream", "data: null\n\n", resilience.KindContract, 0},
		{"text/event-stream", "data: 12345678901234567890123456789012345678901\n\n", resilience.KindTooLarge, 0},
		{"text/event-stream", "data: {\"name\":\"a\"}\n\ndata: {\"na", 0, 1},
		{"", "data: {\"name\":\"a\"}\n\n", 0, 1},
	} {
		url, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{c.media}
			_, _ = io.WriteString(w, c.body)
		})
		op := streaming(policy.Safe, "text/event-stream")
		p := single()
		p.Response.MaxBytes = 40
		got, err := heard[*item](t.Context(), client(t, url, p, op), op)
		if len(got) != c.want || c.kind == 0 && err != nil || c.kind != 0 && failed(t, err).Kind != c.kind {
			t.Errorf("%s %q: %q, %v, want %d and %v", c.media, c.body, got, err, c.want, c.kind)
		}
	}
}

// A connection that ends within an event where nothing else ends the body was cut.
func TestServerEvents_Cut(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
	op := streaming(policy.Safe, "text/event-stream")
	got, err := heard[string](t.Context(), client(t, written(t, head+"data: a\n\ndata: b\n"), single(), op), op)
	if len(got) != 1 || failed(t, err).Kind != resilience.KindTransport {
		t.Errorf("got %q, %v", got, err)
	}
	got, err = heard[string](t.Context(), client(t, written(t, head+"data: a\n\n"), single(), op), op)
	if len(got) != 1 || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// Leaving the loop and canceling the context end the call.
func TestServerEvents_End(t *testing.T) {
	url, ids := sse(t, "id: 1\ndata: a\n\n", "id: 2\ndata: b\n\n")
	op := streaming(policy.Safe, "text/event-stream")
	c := client(t, url, quick(), op)
	for range resilience.ServerEvents[string](t.Context(), c, op, wire.Args()) {
		break
	}
	if len(*ids) != 1 {
		t.Errorf("%d connections", len(*ids))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	slow := quick()
	slow.Retry.Connection.Base, slow.Retry.Connection.Max = 3600e9, 3600e9
	url, _ = sse(t, "id: 1\ndata: a\n\n", "data: b\n\n")
	for e, err := range resilience.ServerEvents[string](ctx, client(t, url, slow, op), op, wire.Args()) {
		if err == nil && e.Data == "a" {
			cancel()
			continue
		}
		if !errors.Is(err, context.Canceled) || failed(t, err).Kind != resilience.KindCanceled {
			t.Errorf("got %v, %v", e, err)
		}
	}
}

// A call ends for its observers when its stream opens, even if a reconnection is given up later.
func TestServerEvents_EndsOnceForObservers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		step := faults.Status(200).With("Content-Type", "text/event-stream")
		step = step.WithBody("retry: 40000\nid: 1\ndata: a\n\n: cut")
		step.Fault = faults.CutLength
		ended := 0
		b := configured(t, faults.Config{Script: []faults.Step{step.Cut(len(step.Body) - 5)}},
			resilience.WithCallObserver(func(
				ctx context.Context, _ resilience.CallInfo,
			) (context.Context, func(resilience.Event)) {
				return ctx, func(e resilience.Event) {
					if e.Kind == resilience.EventCall {
						ended++
					}
				}
			}))
		op := streaming(policy.Safe, "text/event-stream")
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		var info resilience.Info
		got, err := heard[string](ctx, b.client(t, steady(), op), op, resilience.WithInfo(&info))
		if len(got) != 1 || failed(t, err).Kind != resilience.KindTimeout {
			t.Errorf("got %q, %v", got, err)
		}
		if ended != 1 || info.Status != 200 {
			t.Errorf("the call ended %d times, information %+v", ended, info)
		}
	})
}

// A server that wants no reconnection responds with 204.
func TestServerEvents_NoContent(t *testing.T) {
	url, count := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n > 1 {
			w.WriteHeader(204)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "id: 1\ndata: a\n\n")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	op := streaming(policy.Safe, "text/event-stream")
	got, err := heard[string](t.Context(), client(t, url, quick(), op), op)
	if len(got) != 1 || err != nil || count.Load() != 2 {
		t.Errorf("got %q, %v, %d requests", got, err, count.Load())
	}
}

// A stream of events that comes instead of a value is not read.
func TestCall_UndeclaredStream(t *testing.T) {
	url, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	op := operation("POST", policy.Unsafe)
	_, err := get(t, client(t, url, single(), op), op)
	const want = "items: op: status 200: text/event-stream received, want application/json; " +
		"the server may have run the request"
	if e := failed(t, err); e.Kind != resilience.KindContract || e.Error() != want {
		t.Error(err)
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		media, body string
		want        []string
		kind        resilience.Kind
	}{
		{"application/jsonl", "{\"name\":\"a\"}\n\n{\"name\":\"b\"}", []string{"a", "b"}, 0},
		{"application/json-seq", "\x1e{\"name\":\n\"a\"}\n\x1e{\"name\":\"b\"}\n", []string{"a", "b"}, 0},
		{"application/x-ndjson", "{\"name\":\"a\"}\n{\"name\":", []string{"a"}, resilience.KindContract},
		{"application/x-ndjson", "12345678901234567890123456789012345678901", nil, resilience.KindTooLarge},
		{"application/x-ndjson", "", nil, 0},
	} {
		url, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.media)
			_, _ = io.WriteString(w, c.body)
		})
		op := streaming(policy.Safe, c.media)
		p := single()
		p.Response.MaxBytes = 40
		var names []string
		var failure error
		for v, err := range resilience.Values[*item](t.Context(), client(t, url, p, op), op, wire.Args()) {
			if err != nil {
				failure = err
				continue
			}
			names = append(names, v.Name)
		}
		if !slices.Equal(names, c.want) || c.kind == 0 && failure != nil ||
			c.kind != 0 && failed(t, failure).Kind != c.kind {
			t.Errorf("%s %q: %q, %v", c.media, c.body, names, failure)
		}
	}
}
