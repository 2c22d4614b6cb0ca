package resilience_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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

// ambiguousResponses do not show whether the request was executed. The server decides at random.
var ambiguousResponses = []faults.Step{
	faults.Fail(faults.Reset), faults.Fail(faults.Close), faults.Fail(faults.ResetHeaders),
	faults.Fail(faults.ResetStream),
	faults.Fail(faults.Hang), faults.Fail(faults.BlackHole), faults.Fail(faults.Garbage),
	faults.Status(500), faults.Status(502), faults.Status(503), faults.Status(504), faults.HTML(500),
	faults.Status(529),
	faults.Status(503).With("Retry-After", "1"), faults.Fail(faults.Hang),
}

// definiteResponses show whether the request was executed.
var definiteResponses = []faults.Step{
	faults.OK(good), faults.OK(good).Trickle(2, time.Second), faults.OK(good).In(10 * time.Second),
	faults.OK(good).Gzip(),
	faults.Fail(faults.ResetBody), faults.Fail(faults.CutLength), faults.Fail(faults.CutClose),
	faults.Fail(faults.HangBody), faults.Fail(faults.BadGzip),
	faults.OK(`{"name":`), faults.OK(""), faults.Status(204),
	faults.Status(400), faults.Status(401), faults.Status(404), faults.Status(408), faults.Status(409),
	faults.Status(421), faults.Status(422),
	faults.Status(425), faults.Status(429), faults.Status(429).With("Retry-After", "2"), faults.Status(501),
	faults.Fail(faults.Refuse), faults.Fail(faults.GoAway),
}

// randomResponse returns a random response. Each one contains a secret.
func randomResponse(r *rand.Rand, proto string) faults.Step {
	s := definiteResponses[r.IntN(len(definiteResponses))]
	if r.IntN(2) == 0 {
		s = ambiguousResponses[r.IntN(len(ambiguousResponses))]
		s.Applied = r.IntN(2) == 0
	}
	if proto == "h1" && (s.Fault == faults.Refuse || s.Fault == faults.GoAway) {
		s = faults.OK(good) // HTTP/1.1 has no such fault
	}
	return s.With("Set-Cookie", "session=hush")
}

// For any sequence of responses, an unsafe request is executed at most once, an error never denies
// an execution, the limit of attempts holds, no error contains a secret, and no connection is left
// open.
func TestCall_AnySequenceOfFaults(t *testing.T) {
	for seed := range uint64(400) {
		proto := []string{"h1", "h2"}[seed%2]
		class := classes[seed/2%4]
		t.Run(fmt.Sprintf("%d/%s/%s", seed, proto, class.class), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				anySequence(t, rand.New(rand.NewPCG(seed, 7)), proto, class.class,
					class.method)
			})
		})
	}
}

func anySequence(t *testing.T, r *rand.Rand, proto string, class policy.Class, method string) {
	var mu sync.Mutex
	b := configured(t, faults.Config{TLS: proto == "h2", HTTP2: proto == "h2",
		Handle: func(*faults.Request) faults.Step {
			mu.Lock()
			defer mu.Unlock()
			return randomResponse(r, proto)
		}})
	p := policy.Default()
	p.Retry.Attempts = 3
	p.Breaker.Enabled = policy.Off
	op := operation(method, class)
	c := b.client(t, p, op)
	for range 8 {
		before := b.Count()
		_, err := get(t, c, op)
		compareWithServer(t, b.Records()[before:], err, class)
	}
	b.runtime.Close()
	synctest.Wait()
	if _, open := b.Connections(); open != 0 {
		t.Errorf("%d connections are open after Close", open)
	}
}

// compareWithServer compares the result of a call with what the server did.
func compareWithServer(t *testing.T, records []faults.Record, err error, class policy.Class) {
	t.Helper()
	applied := 0
	var story []string
	for _, r := range records {
		if r.Applied {
			applied++
		}
		story = append(story, fmt.Sprintf("%d%s applied=%v", r.Status, r.Fault, r.Applied))
	}
	report := func(format string, args ...any) {
		t.Errorf("%s\n  server: %s\n  error: %v", fmt.Sprintf(format, args...), strings.Join(story, ", "), err)
	}
	if class == policy.Unsafe && applied > 1 {
		report("an unsafe request was applied %d times", applied)
	}
	if err == nil {
		if applied == 0 {
			report("success, but nothing was applied")
		}
		return
	}
	var e *resilience.Error
	if !errors.As(err, &e) {
		report("not an *Error")
		return
	}
	if applied > 0 && !e.MayHaveApplied {
		report("the error denies that the request was applied")
	}
	if len(records) == 0 && e.MayHaveApplied {
		report("the error claims that nothing was sent and applied")
	}
	if len(e.Attempts) > 3 {
		report("%d attempts of 3", len(e.Attempts))
	}
	for u := error(e); u != nil; u = errors.Unwrap(u) {
		if strings.Contains(u.Error(), "hush") {
			report("a secret in the text %q", u)
		}
	}
}

// A call with one attempt sends one request for all responses and all classes.
func TestCall_OneAttemptIsOneRequest(t *testing.T) {
	for i, s := range slices.Concat(ambiguousResponses, definiteResponses) {
		for _, proto := range []string{"h1", "h2"} {
			for _, class := range classes {
				synctest.Test(t, func(t *testing.T) {
					b := configured(t, faults.Config{TLS: true, HTTP2: proto == "h2",
						Script: []faults.Step{faults.OK(good), s, faults.OK(good)}})
					p := policy.Default()
					p.Retry.Attempts = 1
					op := operation(class.method, class.class)
					c := b.client(t, p, op)
					get(t, c, op) // so that the connection is reused
					get(t, c, op)
					if b.Count() != 2 {
						t.Errorf("step %d (%d%s), %s, %s: %d requests, want 1 after the first", i, s.Status, s.Fault,
							proto, class.class, b.Count()-1)
					}
				})
			}
		}
	}
}

// A call that is canceled at any time returns at once with the error of the context or a response.
func TestCall_CancelAtAnyMoment(t *testing.T) {
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 9))
			proto := []string{"h1", "h2"}[seed%2]
			script := []faults.Step{randomResponse(r, proto), randomResponse(r, proto), randomResponse(r, proto)}
			b := configured(t, faults.Config{TLS: proto == "h2", HTTP2: proto == "h2", Script: script})
			op := operation("GET", policy.Safe)
			c := b.client(t, policy.Default(), op)
			limit := time.Duration(r.IntN(20_000)) * time.Millisecond
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			time.AfterFunc(limit, cancel)
			begin := time.Now()
			_, err := resilience.Call[*item](ctx, c, op, wire.Args())
			if took := time.Since(begin); took > limit {
				t.Errorf("seed %d: returned %v after it was cancelled: %v", seed, took-limit, err)
			}
			if ctx.Err() != nil && err != nil && !errors.Is(err, context.Canceled) && time.Since(begin) == limit {
				t.Errorf("seed %d: %v at the moment of the cancellation", seed, err)
			}
		})
	}
}
