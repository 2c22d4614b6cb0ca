package chaos

import (
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
)

// Header is the header of injected responses, which those of servers lack.
const Header = "Resgen-Chaos"

// An Injector injects faults into attempts. It is safe for concurrent use.
type Injector struct {
	mu     sync.Mutex // guards what follows
	config Config
	counts map[string]uint64 // attempts by API and operation
	struck map[string]uint64 // those with a fault
}

// New returns an injector that injects nothing.
func New() *Injector { return &Injector{} }

// Inject replaces the faults that are injected from now on. An error names a fault that cannot
// happen or has no effect; nothing has changed then.
func (i *Injector) Inject(c Config) error {
	for n := range c.Faults {
		if err := c.Faults[n].check(); err != nil {
			return fmt.Errorf("fault %d: %w", n+1, err)
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.config, i.counts, i.struck = c, map[string]uint64{}, map[string]uint64{}
	return nil
}

// Stop ends the injection of faults.
func (i *Injector) Stop() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.config = Config{}
}

// Injected returns how many faults were injected since [Injector.Inject], by API and operation:
// "listings.deleteItem".
func (i *Injector) Injected() map[string]uint64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	return maps.Clone(i.struck)
}

// Middleware is the middleware to pass to [resilience.WithRuntimeMiddleware] or
// [resilience.WithMiddleware].
func (i *Injector) Middleware(next http.RoundTripper) http.RoundTripper {
	return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		f, latency, ok := i.draw(r)
		if !ok {
			return next.RoundTrip(r)
		}
		return f.inject(next, r, latency)
	})
}

// draw returns the fault of an attempt and its latency.
func (i *Injector) draw(r *http.Request) (f Fault, latency time.Duration, ok bool) {
	call, known := resilience.OperationFrom(r.Context())
	if !known {
		return f, 0, false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.config.Faults) == 0 {
		return f, 0, false
	}
	name := call.API + "." + call.Operation.ID
	i.counts[name]++
	dice := i.config.dice(name, i.counts[name])
	for _, f := range i.config.Faults {
		if f.matches(call) && dice.Float64()*100 < f.Percent {
			i.struck[name]++
			latency = f.Latency
			if f.Jitter > 0 {
				latency += time.Duration(dice.Int64N(int64(f.Jitter)))
			}
			return f, latency, true
		}
	}
	return f, 0, false
}

// dice returns the source of chance for the nth attempt of an operation. With a seed, it does not
// depend on what other operations do.
func (c *Config) dice(name string, n uint64) *rand.Rand {
	if c.Seed == 0 {
		return rand.New(rand.NewPCG(rand.Uint64(), n))
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, name)
	return rand.New(rand.NewPCG(c.Seed^h.Sum64(), n))
}

// matches reports whether the fault is one of the operation's.
func (f *Fault) matches(c resilience.CallInfo) bool {
	if f.API != "" && !policy.MatchGlob(f.API, c.API) {
		return false
	}
	op := c.Operation
	return f.Operation == (policy.Selector{}) || f.Operation.Matches(op.ID, op.Method, op.Path)
}

// inject makes the fault happen to a request.
func (f *Fault) inject(next http.RoundTripper, r *http.Request, latency time.Duration) (*http.Response, error) {
	if latency > 0 {
		timer := time.NewTimer(latency)
		defer timer.Stop()
		select {
		case <-r.Context().Done():
			closeBody(r)
			return nil, r.Context().Err()
		case <-timer.C:
		}
	}
	switch {
	case f.Reset == ResetBefore:
		closeBody(r)
		return nil, errReset
	case f.Reset == ResetAfter:
		resp, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		_ = resp.Body.Close()
		return nil, errReset
	case f.Status != 0:
		closeBody(r)
		return f.response(r), nil
	}
	return next.RoundTrip(r)
}

// errReset is what a connection that breaks returns.
var errReset = fmt.Errorf("injected by chaos: %w", syscall.ECONNRESET)

// response returns the response of a fault with a status.
func (f *Fault) response(r *http.Request) *http.Response {
	const body = `{"title":"injected by chaos"}`
	h := http.Header{"Content-Type": {"application/problem+json"}, Header: {"injected"}}
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((f.RetryAfter+time.Second-1)/time.Second)))
	}
	return &http.Response{
		Status: strconv.Itoa(f.Status) + " " + http.StatusText(f.Status), StatusCode: f.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}
