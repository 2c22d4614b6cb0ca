package resilience_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// kilobyte is a response of about 1 KB.
type kilobyte struct {
	Name  string   `json:"name"`
	Items []string `json:"items"`
}

var kilobyteJSON, _ = json.Marshal(kilobyte{Name: "a", Items: strings.Split(strings.Repeat("0123456789abcdef,", 55),
	",")})

// instant responds in memory, so that only the client is measured.
var instant = resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(kilobyteJSON)),
		Request: r,
		Header:  http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(kilobyteJSON)),
	}, nil
})

// raw makes the same call with net/http alone.
func raw(b *testing.B, c *http.Client, url string) {
	for b.Loop() {
		req, err := http.NewRequestWithContext(b.Context(), "GET", url+"/items/1?a=b", nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Accept", "application/json")
		resp, err := c.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			b.Fatal(err)
		}
		resp.Body.Close()
		var v kilobyte
		if err := wire.Unmarshal(data, &v); err != nil || len(v.Items) == 0 {
			b.Fatal(err, resp.Status)
		}
	}
}

// ours makes the call with this package.
func ours(b *testing.B, url string, opts ...resilience.Option) {
	op := &resilience.Operation{
		ID: "op", Method: "GET", Path: "/items/{id}",
		Params:  []wire.Param{{Name: "id", In: wire.Path, Required: true}, {Name: "a", In: wire.Query}},
		Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*kilobyte]}},
		Policy:  policy.Policy{Idempotency: policy.Safe, Rate: policy.Rate{PerSecond: 1e9, Burst: 1 << 30}},
	}
	api := &resilience.API{Name: "items", Defaults: policy.Default(), Operations: []*resilience.Operation{op}}
	c, err := resilience.NewCaller(api, append(opts, resilience.WithBaseURL(url))...)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for b.Loop() {
		v, err := resilience.Call[*kilobyte](b.Context(), c, op, wire.Args("1", "b"))
		if err != nil || len(v.Items) == 0 {
			b.Fatal(err)
		}
	}
}

// BenchmarkCall compares a call through the whole pipeline with net/http alone: in memory, where
// nothing else takes time, and over a socket.
func BenchmarkCall(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(kilobyteJSON)
	}))
	defer s.Close()
	b.Run("memory/raw", func(b *testing.B) {
		b.ReportAllocs()
		raw(b, &http.Client{Transport: instant},
			"http://in.test")
	})
	b.Run("memory/ours", func(b *testing.B) {
		b.ReportAllocs()
		ours(b, "http://in.test",
			resilience.WithTransport(instant))
	})
	b.Run("socket/raw", func(b *testing.B) { b.ReportAllocs(); raw(b, s.Client(), s.URL) })
	b.Run("socket/ours", func(b *testing.B) { b.ReportAllocs(); ours(b, s.URL) })
}

func TestCall_AllocationsAndGoroutines(t *testing.T) {
	op := operation("GET", policy.Safe)
	goroutines := 0
	answer := resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		goroutines = max(goroutines, runtime.NumGoroutine())
		return instant(r)
	})
	op.Success[0].Decode = func([]byte, *wire.Report) (any, error) { return (*item)(nil), nil }
	c := client(t, "http://in.test", policy.Default(), op, resilience.WithTransport(answer))
	before := runtime.NumGoroutine()
	ours := testing.AllocsPerRun(200, func() {
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
	})
	plain := &http.Client{Transport: answer}
	raw := testing.AllocsPerRun(200, func() {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://in.test/items", nil)
		req.Header.Set("Accept", "application/json")
		resp, err := plain.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.ReadAll(resp.Body)
		resp.Body.Close()
	})
	if ours-raw > 30 || goroutines > before {
		t.Errorf("%v allocations, %v by net/http alone; %d goroutines, %d before", ours, raw, goroutines, before)
	}
	t.Logf("%v allocations, %v by net/http alone", ours, raw)
}
