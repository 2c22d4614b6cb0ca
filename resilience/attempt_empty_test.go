package resilience_test

import (
	"errors"
	"net/http"
	"reflect"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// written returns a server that writes the bytes of a response and closes the connection.
func written(t *testing.T, response string) string {
	t.Helper()
	url, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = conn.Write([]byte(response))
		conn.Close()
	})
	return url
}

// single returns a policy with one attempt.
func single() policy.Policy {
	p := quick()
	p.Retry.Attempts = 1
	return p
}

// drifts collects what a client reports as drift.
type drifts struct{ list []wire.Drift }

func (d *drifts) option() resilience.RuntimeOption {
	return resilience.WithObserver(func(e resilience.Event) {
		if e.Kind == resilience.EventDrift {
			d.list = append(d.list, e.Drifts...)
		}
	})
}

const emptyJSON = "Content-Type: application/json\r\nContent-Length: 0\r\n\r\n"

func TestCall_NoContent(t *testing.T) {
	missing := []wire.Drift{{Kind: wire.DriftMissing, Count: 1}}
	for _, c := range []struct {
		response string
		kind     resilience.Kind // 0: success
		drifts   []wire.Drift
	}{
		{"204 No Content\r\n\r\n", 0, missing},
		{"205 Reset Content\r\nContent-Length: 0\r\n\r\n", 0, missing},
		{"201 Created\r\n" + emptyJSON, 0, missing},
		{"202 Accepted\r\n" + emptyJSON, 0, missing},
		{"200 OK\r\n" + emptyJSON, resilience.KindEmptyBody, nil},
		{"203 OK\r\n" + emptyJSON, resilience.KindEmptyBody, nil},
		{"200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n", resilience.KindTransport, nil},
		{"201 Created\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n", resilience.KindTransport, nil},
		{"201 Created\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n ", 0, []wire.Drift{{
			Kind: wire.DriftType, Count: 1, Reason: "the body of an undeclared status fits no declared one"}}},
		{"200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n ", resilience.KindEmptyBody, nil},
	} {
		var seen drifts
		r := resilience.NewRuntime(resilience.WithRuntimeLogger(quiet), seen.option())
		op := operation("POST", policy.Unsafe)
		api := client(t, written(t, "HTTP/1.1 "+c.response), single(), op, resilience.WithRuntime(r))
		var info resilience.Info
		got, err := get(t, api, op, resilience.WithInfo(&info))
		r.Close()
		if c.kind == 0 {
			if err != nil || got == nil || *got != (item{}) {
				t.Errorf("%q: got %v, %v, want the zero item", c.response, got, err)
			}
		} else if got != nil || failed(t, err).Kind != c.kind {
			t.Errorf("%q: got %v, %v, want %v", c.response, got, err, c.kind)
		}
		if !reflect.DeepEqual(seen.list, c.drifts) {
			t.Errorf("%q: drifts %+v, want %+v", c.response, seen.list, c.drifts)
		}
		if c.kind == 0 && len(info.Attempts) != 1 {
			t.Errorf("%q: %d attempts", c.response, len(info.Attempts))
		}
	}
}

// Strict clients do not accept a response without content.
func TestCall_NoContent_Strict(t *testing.T) {
	for _, response := range []string{"204 No Content\r\n\r\n", "201 Created\r\n" + emptyJSON} {
		op := operation("GET", policy.Safe)
		c := client(t, written(t, "HTTP/1.1 "+response), single(), op, resilience.WithStrictAnswers())
		got, err := get(t, c, op)
		if got != nil || failed(t, err).Kind != resilience.KindEmptyBody || !errors.Is(err, resilience.ErrEmptyBody) {
			t.Errorf("%q: got %v, %v", response, got, err)
		}
	}
}

// The zero value is that of the type that the call returns.
func TestCall_NoContent_Types(t *testing.T) {
	url := written(t, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
	op := operation("GET", policy.Safe)
	c := client(t, url, single(), op)
	ctx, in := t.Context(), wire.Args()
	if got, err := resilience.Call[[]item](ctx, c, op, in); got != nil || err != nil {
		t.Errorf("slice: %v, %v", got, err)
	}
	if got, err := resilience.Call[int](ctx, c, op, in); got != 0 || err != nil {
		t.Errorf("int: %v, %v", got, err)
	}
	if got, err := resilience.Call[any](ctx, c, op, in); got != nil || err != nil {
		t.Errorf("any: %v, %v", got, err)
	}
	build := func(status int, body any) [2]any { return [2]any{status, body} }
	if got, err := resilience.CallResult(ctx, c, op, in, build); got != [2]any{204, nil} || err != nil {
		t.Errorf("result: %v, %v", got, err)
	}
	op.Success[0] = wire.Outcome{Status: 200, Media: "application/pdf", Stream: true}
	s, err := resilience.Call[*resilience.Stream](ctx, c, op, in)
	if err != nil || s.Status != 204 {
		t.Fatalf("stream: %v, %v", s, err)
	}
	s.Close()
}

// The body of an undeclared status is read as that of a declared one if it fits, and kept
// otherwise.
func TestCall_UndeclaredStatus(t *testing.T) {
	body := func(status, media, text string) string {
		return "HTTP/1.1 " + status + "\r\nContent-Type: " + media + "\r\nConnection: close\r\n\r\n" + text
	}
	for _, c := range []struct {
		response, name, raw string
		kind                resilience.Kind
	}{
		{body("202 Accepted", "application/json", good), "a", "", 0},
		{body("202 Accepted", "", good), "a", "", 0},
		{body("202 Accepted", "text/plain", "queued"), "", "queued", 0},
		{body("202 Accepted", "application/json", "null"), "", "null", 0},
		{body("202 Accepted", "application/json", "[1]"), "", "[1]", 0},
		{body("202 Accepted", "application/json", `{"name":1}`), "", `{"name":1}`, 0},
		{body("202 Accepted", "application/json", `{"name":`), "", "", resilience.KindTransport},
		{body("202 Accepted", "text/html", "<html>"), "", "", resilience.KindContract},
		{body("201 Created", "text/plain", "done"), "", "", resilience.KindContract},
	} {
		op := operation("GET", policy.Safe)
		op.Success = []wire.Outcome{{Status: 204}, {Status: 201, Media: "application/json", Decode: wire.JSONAs[*item]}}
		api := client(t, written(t, c.response), single(), op)
		var info resilience.Info
		got, err := get(t, api, op, resilience.WithInfo(&info))
		if string(info.Body) != c.raw {
			t.Errorf("%q: raw body %q, want %q", c.response, info.Body, c.raw)
		}
		if c.kind != 0 {
			if failed(t, err).Kind != c.kind {
				t.Errorf("%q: %v, want %v", c.response, err, c.kind)
			}
			continue
		}
		if err != nil || got == nil || got.Name != c.name {
			t.Errorf("%q: got %v, %v, want %q", c.response, got, err, c.name)
		}
	}
}

// Without a declared body, that of an undeclared status is read only if the caller wants to know.
func TestDo_UndeclaredStatus(t *testing.T) {
	for _, c := range []struct {
		status   int
		declared int
		raw      string
	}{{200, 204, "text"}, {204, 201, ""}, {200, 200, ""}, {200, 2, ""}, {202, 0, ""}} {
		url, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			if c.status != 204 {
				_, _ = w.Write([]byte("text"))
			}
		})
		op := operation("DELETE", policy.Idempotent)
		op.Success = []wire.Outcome{{Status: c.declared}}
		var info resilience.Info
		err := resilience.Do(t.Context(), client(t, url, single(), op), op, wire.Args(), resilience.WithInfo(&info))
		if err != nil || string(info.Body) != c.raw {
			t.Errorf("%d where %d is declared: body %q, %v, want %q", c.status, c.declared, info.Body, err, c.raw)
		}
	}
}

// A listing of which a page has no content has no more pages.
func TestItems_NoContent(t *testing.T) {
	op := operation("GET", policy.Safe)
	op.Policy.Pagination = policy.Pagination{Style: "token", Items: "items", Request: "token", Response: "next"}
	c := client(t, written(t, "HTTP/1.1 204 No Content\r\n\r\n"), single(), op)
	var cursor resilience.Cursor
	for item, err := range resilience.Items[*item](t.Context(), c, op, wire.Args(), resilience.WithCursor(&cursor)) {
		t.Errorf("got %v, %v", item, err)
	}
	if !cursor.Done() {
		t.Error("the cursor is not at the end")
	}
}
