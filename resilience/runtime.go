package resilience

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"sync"
	"time"
	"weak"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/cookies"
	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/internal/lastgood"
	"github.com/resgen/resgen/resilience/internal/loop"
	"github.com/resgen/resgen/resilience/internal/pool"
	"github.com/resgen/resgen/resilience/policy"
)

// A Runtime owns what clients share: connections, circuits, quotas, budgets and cookies. Clients of
// one runtime share each of these where API, host and account are the same. A Runtime is safe for
// concurrent use and must be closed. A client that is made without one has a separate runtime.
type Runtime struct {
	runtimeSettings
	lifecycle
	observers observers
	retries   loop.Executor
	buffers   sync.Pool // of *bytes.Buffer: decoders do not retain their input

	unsigned sync.Pool // of http.Header: requests before they were signed

	applying sync.Mutex // guards what follows; held while a configuration is applied
	config   *policy.Config
	callers  []weak.Pointer[Caller]
	variants map[variantKey]weak.Pointer[variant]

	gates *gate.Store
	pools *pool.Store
	jars  *cookies.Store[jarKey]
	stale lastgood.Store[decodeFunc]

	leaveStore func() // nil without a store
}

// runtimeSettings are the values that options set.
type runtimeSettings struct {
	log  *slog.Logger
	dial pool.Dialer
	tls  *tls.Config

	store     fleet.Store
	storeWait time.Duration
	joinStore func(*Runtime) (leave func())

	callObservers []CallObserver
	middleware    []Middleware
}

// A RuntimeOption configures a [Runtime].
type RuntimeOption func(*Runtime)

// WithRuntimeLogger sets the logger of clients without [WithLogger]. It also logs at WARN when a
// circuit changes. The default is slog.Default.
func WithRuntimeLogger(l *slog.Logger) RuntimeOption { return func(r *Runtime) { r.log = l } }

// WithDial sets the function that opens connections. The default opens TCP connections. The context
// passed to d ends with the policy's dial timeout.
func WithDial(d func(ctx context.Context, network, address string) (net.Conn, error)) RuntimeOption {
	return func(r *Runtime) { r.dial = d }
}

// WithTLS sets the TLS configuration of connections. Without a MinVersion, the minimum is TLS 1.2;
// without a ClientSessionCache, each connection pool has one.
func WithTLS(c *tls.Config) RuntimeOption { return func(r *Runtime) { r.tls = c } }

// WithObserver calls f for each [Event], for example the end of an attempt or a change of a
// circuit. f is called on the goroutine of the call, concurrently for concurrent calls, and must
// return quickly.
func WithObserver(f func(Event)) RuntimeOption {
	return func(r *Runtime) { r.Observe(f) }
}

// NewRuntime returns a runtime.
func NewRuntime(opts ...RuntimeOption) *Runtime {
	r := &Runtime{
		retries: loop.New(), variants: map[variantKey]weak.Pointer[variant]{},
		jars: cookies.NewStore[jarKey](),
	}
	r.gates, r.storeWait = gate.NewStore(r.circuitChanged), storeWait
	r.lifecycle.init()
	for _, o := range opts {
		o(r)
	}
	r.pools = pool.NewStore(pool.Dialing{Dial: r.dial, Began: dialing}, r.tls)
	if r.store != nil {
		r.leaveStore = r.joinStore(r)
	}
	return r
}

// Close makes further calls fail with [KindClosed] and ends all waits: for permits, places, retries
// and credentials. Such calls end with [ErrClosed]. Requests that were sent continue. Close returns
// when no call is in flight, and after a second at the latest; with a store, it also returns the
// permits of the process, see [WithStoreWait]. Connections are closed as soon as the calls in
// flight and the open streams have ended; if there are none, before Close returns. Close always
// returns nil and may be called more than once.
func (r *Runtime) Close() error {
	r.lifecycle.shut()
	if r.inFlight.Load() == 0 {
		r.pools.Close()
	}
	if r.leaveStore != nil {
		r.leaveStore()
	}
	return nil
}

// enter marks the beginning of a call. It returns false if the runtime is closed.
func (r *Runtime) enter() bool {
	r.inFlight.Add(1)
	if r.closed.Load() {
		r.leave()
		return false
	}
	return true
}

// leave marks the end of a call. The last call after Close closes the pools.
func (r *Runtime) leave() {
	last := r.inFlight.Add(-1) == 0
	r.notice()
	if last && r.closed.Load() {
		r.pools.Close()
	}
}

// buffer returns an empty buffer for a response body.
func (r *Runtime) buffer() *bytes.Buffer {
	if b, ok := r.buffers.Get().(*bytes.Buffer); ok {
		return b
	}
	return new(bytes.Buffer)
}

// bigBuffer is the size in bytes above which a buffer is not kept.
const bigBuffer = 1 << 20

// recycle makes a buffer available for the next response.
func (r *Runtime) recycle(b *bytes.Buffer) {
	if b.Cap() <= bigBuffer {
		b.Reset()
		r.buffers.Put(b)
	}
}
