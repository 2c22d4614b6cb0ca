package resilience_test

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// replays are operations on a reused connection that the server closes when the second request
// arrives. net/http would send some of them again by itself; the call does it instead.
var replays = []struct {
	name   string
	method string
	class  policy.Class
	body   any
	opts   []resilience.CallOption
	arrive int // requests after the first one
}{
	{"safe GET", "GET", policy.Safe, nil, nil, 2},
	{"idempotent PUT", "PUT", policy.Idempotent, item{"b"}, nil, 2},
	{"idempotent DELETE", "DELETE", policy.Idempotent, nil, nil, 2},
	{"idempotent POST", "POST", policy.Idempotent, item{"b"}, nil, 2},
	{"keyed POST", "POST", policy.Keyed, item{"b"}, nil, 2},
	{"unsafe GET", "GET", policy.Unsafe, nil, nil, 1},
	{"unsafe HEAD", "HEAD", policy.Unsafe, nil, nil, 1},
	{"unsafe OPTIONS", "OPTIONS", policy.Unsafe, nil, nil, 1},
	{"unsafe DELETE", "DELETE", policy.Unsafe, nil, nil, 1},
	{"unsafe PUT", "PUT", policy.Unsafe, item{"b"}, nil, 1},
	{"unsafe POST", "POST", policy.Unsafe, item{"b"}, nil, 1},
	{"unsafe POST without body", "POST", policy.Unsafe, nil, nil, 1},
	{"unsafe GET with key", "GET", policy.Unsafe, nil, []resilience.CallOption{resilience.WithIdempotencyKey("k")}, 1},
	{"unsafe POST with key", "POST", policy.Unsafe, item{"b"},
		[]resilience.CallOption{resilience.WithIdempotencyKey("k")}, 1},
	{"unsafe POST without body with key", "POST", policy.Unsafe, nil,
		[]resilience.CallOption{resilience.WithIdempotencyKey("k")}, 1},
	{"unsafe POST with the other key header", "POST", policy.Unsafe, nil,
		[]resilience.CallOption{resilience.WithHeader("x-idempotency-key", "k")}, 1},
	{"safe GET, one attempt", "GET", policy.Safe, nil, []resilience.CallOption{resilience.WithAttempts(1)}, 1},
	{"idempotent PUT, one attempt", "PUT", policy.Idempotent, item{"b"},
		[]resilience.CallOption{resilience.WithAttempts(1)}, 1},
	{"keyed POST, one attempt", "POST", policy.Keyed, nil, []resilience.CallOption{resilience.WithAttempts(1)}, 1},
	{"conditional POST without condition", "POST", policy.Conditional, item{"b"}, nil, 1},
	{"conditional POST with condition", "POST", policy.Conditional, item{"b"},
		[]resilience.CallOption{resilience.WithHeader("If-Match", `"1"`)}, 2},
	{"one-shot body", "PUT", policy.Idempotent, io.Reader(strings.NewReader(`{}`)), nil, 1},
}

func TestReplay_ConnectionClosedByServer(t *testing.T) {
	for _, r := range replays {
		t.Run(r.name, func(t *testing.T) {
			s := faults.New(faults.OK(good), faults.Fail(faults.Close), faults.OK(good))
			defer s.Close()
			op := operation(r.method, r.class)
			if reader, ok := r.body.(io.Reader); ok {
				op.Body = &wire.Body{Media: "application/octet-stream", Format: wire.Binary}
				r.body = struct{ io.Reader }{reader} // hides Seek
			}
			warm := operation("GET", policy.Safe)
			c := client(t, s.URL, quick(), warm)
			if _, err := get(t, c, warm); err != nil {
				t.Fatal(err)
			}
			var info resilience.Info
			_, err := resilience.Call[*item](t.Context(), c, op, wire.Args().With(r.body),
				append(r.opts, resilience.WithInfo(&info))...)
			records := s.Records()
			if len(records)-1 != r.arrive || !records[1].Reused {
				t.Fatalf("%d requests arrived, want %d; the first one reused: %v; %v", len(records)-1, r.arrive,
					records[1].Reused, err)
			}
			if r.arrive == 1 {
				expect{kind: resilience.KindTransport}.check(t, nil, failed(t, err))
				if e := failed(t, err); !e.MayHaveApplied || len(e.Attempts) != 1 || e.Attempts[0].Writes != 1 {
					t.Errorf("got %+v", e)
				}
			} else if r.method != "HEAD" && (err != nil || len(info.Attempts) != 2 || info.Attempts[0].Writes != 1 ||
				info.Attempts[0].Reason != "stale connection" || info.Attempts[1].Writes != 1) {
				t.Errorf("got %v, %+v", err, info.Attempts)
			}
			for _, h := range records[1:] {
				if h.Header.Get("Transfer-Encoding") != "" || len(h.Header["X-Idempotency-Key"]) == 1 &&
					h.Header.Get("X-Idempotency-Key") == "" {
					t.Errorf("on the wire: %v", h.Header)
				}
			}
		})
	}
}

func TestReplay_KeyHeader(t *testing.T) {
	s := faults.New(faults.OK(good))
	defer s.Close()
	op := operation("POST", policy.Unsafe)
	c := client(t, s.URL, quick(), op)
	if _, err := get(t, c, op, resilience.WithIdempotencyKey("k1")); err != nil {
		t.Fatal(err)
	}
	if got := s.Records()[0].Header.Get("Idempotency-Key"); got != "k1" {
		t.Errorf("got %q, want k1", got)
	}
}

// net/http retries any method if an HTTP/2 server refuses the stream, because the request was not
// processed. A call that is limited to one attempt sends one request nevertheless.
func TestReplay_HTTP2(t *testing.T) {
	for _, r := range []struct {
		name   string
		method string
		class  policy.Class
		body   any
		limit  int
		arrive int
	}{
		{"GET", "GET", policy.Safe, nil, 4, 2},
		{"GET, one attempt", "GET", policy.Safe, nil, 1, 1},
		{"POST", "POST", policy.Unsafe, item{"b"}, 4, 2},
		{"POST, one attempt", "POST", policy.Unsafe, item{"b"}, 1, 1},
		{"POST without body", "POST", policy.Unsafe, nil, 4, 2},
		{"POST without body, one attempt", "POST", policy.Unsafe, nil, 1, 1},
	} {
		for _, fault := range []faults.Fault{faults.Refuse, faults.GoAway} {
			t.Run(r.name+"/"+string(fault), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := configured(t, faults.Config{TLS: true, HTTP2: true,
						Script: []faults.Step{faults.Fail(fault), faults.OK(good)}})
					op := operation(r.method, r.class)
					c := b.client(t, policy.Default(), op)
					_, err := resilience.Call[*item](t.Context(), c, op, wire.Args().With(r.body),
						resilience.WithAttempts(r.limit))
					if b.Count() != r.arrive {
						t.Errorf("%d requests, want %d", b.Count(), r.arrive)
					}
					if r.arrive == 2 && err != nil {
						t.Error(err)
					}
					if r.arrive == 1 {
						expect{kind: resilience.KindTransport}.check(t, nil, failed(t, err))
						if e := failed(t, err); e.MayHaveApplied {
							t.Errorf("got %+v", e)
						}
					}
				})
			})
		}
	}
}

// A retry after a stale connection counts against the quota, and the request before it may have
// been executed.
func TestReplay_CountsAgainstQuota(t *testing.T) {
	s := faults.New(faults.OK(good), faults.Fail(faults.Close), faults.Status(404))
	defer s.Close()
	p := quick()
	p.Rate = policy.Rate{Enabled: policy.On, PerSecond: 0.001, Burst: 3, MaxWait: time.Millisecond}
	op := operation("DELETE", policy.Idempotent)
	c := client(t, s.URL, p, op)
	if _, err := get(t, c, op); err != nil {
		t.Fatal(err)
	}
	var info resilience.Info
	_, err := get(t, c, op, resilience.WithInfo(&info))
	expect{status: 404}.check(t, nil, failed(t, err))
	if e := failed(t, err); !e.MayHaveApplied || len(e.Attempts) != 2 || e.Attempts[1].Writes != 1 {
		t.Errorf("got %+v", e)
	}
	if left := info.Quota.Tokens; left >= 1 {
		t.Errorf("%v of 3 permits are left after three requests", left)
	}
}

func TestReplay_DoesNotOverdrawQuota(t *testing.T) {
	s := faults.New(faults.OK(good), faults.Fail(faults.Close), faults.OK(good))
	defer s.Close()
	p := quick()
	p.Rate = policy.Rate{Enabled: policy.On, PerSecond: 0.001, Burst: 2, MaxWait: time.Millisecond}
	op := operation("DELETE", policy.Idempotent)
	c := client(t, s.URL, p, op)
	if _, err := get(t, c, op); err != nil {
		t.Fatal(err)
	}
	_, err := get(t, c, op)
	if e := failed(t, err); !e.MayHaveApplied || len(e.Attempts) != 1 || e.Attempts[0].Writes != 1 {
		t.Errorf("got %+v", e)
	}
	if s.Count() != 2 {
		t.Errorf("%d requests arrived, want 2", s.Count())
	}
}
