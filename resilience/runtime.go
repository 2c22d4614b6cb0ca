package resilience

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"sync"
	"sync/atomic"
	"weak"

	"github.com/resgen/resgen/resilience/internal/pool"
	"github.com/resgen/resgen/resilience/policy"
)

// mostGates is how many gates a runtime holds before it drops idle ones.
const mostGates = 4096

// A Runtime owns what clients share: connections, circuits, quotas, budgets, cookies. Clients of one runtime share each of these where API, host
// and account are the same. It is safe for concurrent use, and must be closed. Clients made without one have a runtime of their own.
type Runtime struct {
	log       *slog.Logger
	dial      pool.Dialer
	tls       *tls.Config
	observers []func(Event)
	loops     *loops
	buffers   sync.Pool // of *bytes.Buffer: decoders keep nothing of what they are given

	closed   atomic.Bool
	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	inFlight atomic.Int64 // calls under way and streams not yet closed

	applying sync.Mutex // guards the next two, and that one configuration is applied at a time
	config   *policy.Config
	callers  []weak.Pointer[Caller]

	mu    sync.Mutex
	gates map[gateKey]*gate
	pools map[policy.Transport]*pool.Pool
	jars  map[jarKey]http.CookieJar
}

// jarKey is whose cookies a jar holds.
type jarKey struct{ api, account string }

// A RuntimeOption settles something about a [Runtime].
type RuntimeOption func(*Runtime)

// WithRuntimeLogger sets the logger of all clients that have none of their own. The default is slog.Default.
func WithRuntimeLogger(l *slog.Logger) RuntimeOption { return func(r *Runtime) { r.log = l } }

// WithDial sets how connections are opened, in place of TCP. The context that d gets ends with the policy's dial timeout.
func WithDial(d func(ctx context.Context, network, address string) (net.Conn, error)) RuntimeOption {
	return func(r *Runtime) { r.dial = d }
}

// WithTLS sets certificates and roots. Without a MinVersion, TLS 1.2 is the least; without a ClientSessionCache, sessions are resumed from one
// of the pool's own.
func WithTLS(c *tls.Config) RuntimeOption { return func(r *Runtime) { r.tls = c } }

// WithObserver calls f for each event: attempts, calls, repeats, changes of circuits. f is called on the goroutine of a call, from many at a time,
// and must be quick.
func WithObserver(f func(Event)) RuntimeOption {
	return func(r *Runtime) { r.observers = append(r.observers, f) }
}

// NewRuntime returns a runtime.
func NewRuntime(opts ...RuntimeOption) *Runtime {
	r := &Runtime{
		loops: newLoops(),
		gates: map[gateKey]*gate{}, pools: map[policy.Transport]*pool.Pool{}, jars: map[jarKey]http.CookieJar{},
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	for _, o := range opts {
		o(r)
	}
	return r
}

// Close refuses further calls with [KindClosed], ends waits for a repeat, and closes all connections as soon as the calls under way and the open
// streams have ended; if there are none, before it returns. It always returns nil and may be called more than once.
func (r *Runtime) Close() error {
	r.closed.Store(true)
	r.cancel()
	if r.inFlight.Load() == 0 {
		r.closePools()
	}
	return nil
}

// enter counts a call in. It is false if the runtime is closed.
func (r *Runtime) enter() bool {
	r.inFlight.Add(1)
	if r.closed.Load() {
		r.leave()
		return false
	}
	return true
}

// leave counts a call out; the last one after Close turns off the light.
func (r *Runtime) leave() {
	if r.inFlight.Add(-1) == 0 && r.closed.Load() {
		r.closePools()
	}
}

func (r *Runtime) closePools() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.pools {
		p.Close()
	}
}

// pool returns the connection pool for these settings.
func (r *Runtime) pool(p policy.Transport) *pool.Pool {
	r.mu.Lock()
	defer r.mu.Unlock()
	pl := r.pools[p]
	if pl == nil {
		pl = pool.New(p, r.dial, r.tls)
		r.pools[p] = pl
	}
	return pl
}

// jar returns the cookies of an API and account.
func (r *Runtime) jar(api, account string) http.CookieJar {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := jarKey{api, account}
	if r.jars[key] == nil {
		r.jars[key], _ = cookiejar.New(nil) // it has no way to fail without options
	}
	return r.jars[key]
}

// gate returns the gate of a key, a new one if there is none. Beyond mostGates the idle ones that were used longest ago are dropped.
func (r *Runtime) gate(key gateKey) *gate {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.gates[key]
	if g == nil {
		if len(r.gates) >= mostGates {
			r.dropIdle()
		}
		g = newGate(key, r.circuitChanged)
		r.gates[key] = g
	}
	return g
}

// dropIdle drops an eighth of all gates, those idle for longest, so that it is not needed again at once. The lock is held.
func (r *Runtime) dropIdle() {
	idle := make([]*gate, 0, len(r.gates))
	for _, g := range r.gates {
		if g.users.Load() == 0 {
			idle = append(idle, g)
		}
	}
	slices.SortFunc(idle, func(a, b *gate) int { return int(a.used.Load() - b.used.Load()) })
	for _, g := range idle[:min(len(idle), mostGates/8)] {
		g.dropped.Store(true)
		delete(r.gates, g.key)
	}
}

// buffer returns an empty buffer to read an answer into.
func (r *Runtime) buffer() *bytes.Buffer {
	if b, ok := r.buffers.Get().(*bytes.Buffer); ok {
		return b
	}
	return new(bytes.Buffer)
}

// recycle takes a buffer back for the next answer.
func (r *Runtime) recycle(b *bytes.Buffer) {
	if b.Cap() <= bigBuffer {
		b.Reset()
		r.buffers.Put(b)
	}
}
