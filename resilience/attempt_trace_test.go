package resilience_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
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

// Only the first stale connection of a call is free; further ones count and are waited for.
func TestStale_OnceInACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const warm = 3
		script := slices.Concat(faults.Repeat(warm, faults.OK(good).In(time.Second)),
			faults.Repeat(warm, faults.Fail(faults.Close)), []faults.Step{faults.OK(good)})
		b := memory(t, script...)
		op := operation("PUT", policy.Idempotent)
		p := policy.Default()
		p.Retry.Jitter = policy.NoJitter
		c := b.client(t, p, op)
		var wait sync.WaitGroup
		for range warm {
			wait.Go(func() { _, _ = get(t, c, op) })
		}
		wait.Wait()
		synctest.Wait()
		before := b.runtime.Snapshot().Gates[0].Budget.Tokens
		begin := time.Now()
		var info resilience.Info
		_, err := get(t, c, op, resilience.WithInfo(&info))
		var got []string
		for _, a := range info.Attempts {
			got = append(got, a.Wait.String()+" "+a.Reason)
		}
		want := []string{"0s stale connection", "0s connection reset", "200ms connection reset", "400ms "}
		if err != nil || !slices.Equal(got, want) ||
			time.Since(begin).Truncate(time.Millisecond) != 600*time.Millisecond {
			t.Errorf("after %s: %v, %q, want %q", time.Since(begin), err, got, want)
		}
		if s := b.circuit(); s.Failures != 2 || s.Successes != warm+1 {
			t.Errorf("%d failures and %d successes", s.Failures, s.Successes)
		}
		if after := b.runtime.Snapshot().Gates[0].Budget.Tokens; after >= before {
			t.Errorf("the budget has %v tokens, and had %v before", after, before)
		}
	})
}

// An HTTP/2 connection that several calls share is not stale when it breaks, also for the call that
// found it idle.
func TestStale_SharedConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := configured(t, faults.Config{TLS: true, HTTP2: true, Script: []faults.Step{
			faults.OK(good), faults.OK(good).In(time.Minute), faults.OK(good).In(time.Minute),
			faults.Fail(faults.Close), faults.OK(good)}})
		op := operation("GET", policy.Safe)
		p := policy.Default()
		p.Timeout.Attempt, p.Timeout.Overall = time.Hour, time.Hour
		c := b.client(t, p, op)
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				if _, err := get(t, c, op); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		wait.Wait()
		if s := b.circuit(); s.Failures != 3 || b.Count() != 1+3+3 {
			t.Errorf("%d failures, %d requests; want 3 and 7", s.Failures, b.Count())
		}
	})
}

// A response that ends within its head is a broken connection; a complete one that is not HTTP is
// not repeated.
func TestIncompleteResponse(t *testing.T) {
	for _, f := range []faults.Fault{faults.CutStatus, faults.CutHeader} {
		for _, secure := range []bool{false, true} {
			s, err := faults.Config{TLS: secure, Script: []faults.Step{faults.Fail(f), faults.OK(good)}}.Start()
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			runtime := resilience.NewRuntime(resilience.WithTLS(&tls.Config{RootCAs: s.CertPool()}))
			defer runtime.Close()
			op := operation("GET", policy.Safe)
			var info resilience.Info
			c := client(t, s.URL, quick(), op, resilience.WithRuntime(runtime))
			_, err = get(t, c, op, resilience.WithInfo(&info))
			if err != nil || s.Count() != 2 || info.Attempts[0].Reason != "connection reset" {
				t.Errorf("%s, TLS %v: %d requests, %v, %+v", f, secure, s.Count(), err, info.Attempts)
			}
		}
	}
}

func TestPlainServer_NamesTheScheme(t *testing.T) {
	url, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { reply(w, 200, good) })
	op := operation("GET", policy.Safe)
	_, err := get(t, client(t, strings.Replace(url, "http:", "https:", 1), quick(), op), op)
	if e := failed(t, err); e.Kind != resilience.KindTransport ||
		!strings.Contains(err.Error(), "the server does not speak TLS; use http in the base URL") {
		t.Errorf("got %v", err)
	}
}

// A request without a body has none on the wire and none that middleware could find.
func TestNoBody(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, method := range []string{"GET", "HEAD", "DELETE", "OPTIONS", "POST", "PUT", "PATCH", "TRACE"} {
			for _, attempts := range []int{1, 3} {
				type seen struct {
					proto   int
					length  int64
					chunked bool
				}
				var got seen
				s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					got = seen{r.ProtoMajor, r.ContentLength, len(r.TransferEncoding) > 0}
					reply(w, 200, good)
				}))
				s.EnableHTTP2 = http2
				s.StartTLS()
				defer s.Close()
				roots := x509.NewCertPool()
				roots.AddCert(s.Certificate())
				runtime := resilience.NewRuntime(resilience.WithTLS(&tls.Config{RootCAs: roots}))
				defer runtime.Close()
				look := func(next http.RoundTripper) http.RoundTripper {
					return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
						if r.Body != http.NoBody || r.ContentLength != 0 {
							t.Errorf("%s: middleware sees the body %T", method, r.Body)
						}
						return next.RoundTrip(r)
					})
				}
				op := operation(method, policy.Unsafe)
				op.Success[0].Decode = nil
				c := client(t, s.URL, quick(), op, resilience.WithRuntime(runtime), resilience.WithMiddleware(look))
				err := resilience.Do(t.Context(), c, op, wire.Args(), resilience.WithAttempts(attempts))
				if err != nil {
					t.Fatal(err)
				}
				if want := (seen{proto: 1}); http2 && got != (seen{proto: 2}) || !http2 && got != want {
					t.Errorf("%s, %d attempts, HTTP/2 %v: the server got %+v", method, attempts, http2, got)
				}
			}
		}
	}
}

// A wait for a connection that other calls use is bounded like a wait for a place, is no failure of
// the server, and takes no permit.
func TestPoolWait(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(p *policy.Policy)
		opts    []resilience.CallOption
		wait    time.Duration // of the call that gets no connection
		kind    resilience.Kind
		retryAt time.Duration
	}{
		{"max-wait", func(*policy.Policy) {}, nil, time.Second, resilience.KindBulkheadFull, time.Second},
		{"attempt timeout", func(p *policy.Policy) {
			p.Timeout.Attempt, p.Bulkhead.MaxWait = 30*time.Second, time.Hour
		}, nil, 30 * time.Second, resilience.KindBulkheadFull, time.Hour},
		{"timeout of the call", func(p *policy.Policy) { p.Bulkhead.MaxWait = time.Hour },
			[]resilience.CallOption{resilience.WithTimeout(7 * time.Second)},
			7*time.Second - 1, resilience.KindBulkheadFull, time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, faults.OK(good).In(40*time.Second), faults.OK(good))
				p := policy.Default()
				p.Timeout.Attempt = time.Minute
				p.Rate.PerSecond, p.Rate.Burst = 0.001, 10
				p.Transport.MaxConns = 1
				c.change(&p)
				long := p
				long.Timeout.Attempt = time.Minute
				op := operation("POST", policy.Unsafe)
				first := b.client(t, long, op)
				var wait sync.WaitGroup
				wait.Go(func() { _, _ = get(t, first, op) })
				synctest.Wait()
				second := b.client(t, p, op)
				tokens := b.runtime.Snapshot().Gates[0].Buckets[0].Tokens
				begin := time.Now()
				_, err := get(t, second, op, c.opts...)
				e := failed(t, err)
				if e.Kind != c.kind || time.Since(begin) != c.wait || e.RetryAfter != c.retryAt || e.MayHaveApplied ||
					len(e.Attempts) != 0 || !errors.Is(err, resilience.ErrBulkheadFull) ||
					!strings.Contains(err.Error(), "raise transport.max-conns") {
					t.Errorf("after %s: %v, %+v", time.Since(begin), err, e)
				}
				if now := b.runtime.Snapshot().Gates[0].Buckets[0].Tokens; now < tokens {
					t.Errorf("%v permits are left of %v", now, tokens)
				}
				wait.Wait()
				if s := b.circuit(); s.Failures != 0 || b.Count() != 1 {
					t.Errorf("%d failures, %d requests", s.Failures, b.Count())
				}
			})
		})
	}
}

// A call that waited for a connection says nothing about the server if less than half of its time
// was left.
func TestPoolWait_LeavesTooLittleTime(t *testing.T) {
	for held, counted := range map[time.Duration]int{4 * time.Second: 1, 6 * time.Second: 0} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(good).In(held), faults.Fail(faults.Hang))
			p := policy.Default()
			p.Timeout.Attempt, p.Bulkhead.MaxWait, p.Transport.MaxConns = 10*time.Second, time.Hour, 1
			op := operation("POST", policy.Unsafe)
			c := b.client(t, p, op)
			var wait sync.WaitGroup
			wait.Go(func() {
				if _, err := get(t, c, op); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
			_, err := get(t, c, op)
			wait.Wait()
			expect{kind: resilience.KindTimeout}.check(t, nil, failed(t, err))
			if s := b.circuit(); s.Failures != counted || b.Count() != 2 {
				t.Errorf("held for %s: %d failures, want %d; %d requests", held, s.Failures, counted, b.Count())
			}
		})
	}
}

// Requests share an HTTP/2 connection and need not wait for it, and a slow dial is no such wait.
func TestPoolWait_NotNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := configured(t, faults.Config{TLS: true, HTTP2: true, Script: []faults.Step{
			faults.OK(good), faults.OK(good).In(20 * time.Second)}})
		p := policy.Default()
		p.Transport.MaxConns = 1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for range 5 {
			wait.Go(func() {
				if _, err := get(t, c, op); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if made, _ := b.Connections(); made != 1 {
			t.Errorf("%d connections", made)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		b.FailDials(faults.DialHang, faults.DialHang)
		p := policy.Default()
		p.Transport.MaxConns, p.Retry.Attempts = 1, 1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		_, err := get(t, c, op)
		expect{kind: resilience.KindTimeout}.check(t, nil, failed(t, err))
		if s := b.circuit(); s.Failures != 1 {
			t.Errorf("%d failures", s.Failures)
		}
	})
}
