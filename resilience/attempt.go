// This file makes one attempt: through the gate, signed, sent, read, decoded and classified, with everything given back whatever happens.

package resilience

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// transitKey is the key of a context's transit.
type transitKey struct{}

// A transit is one attempt on its way. net/http tells it from several goroutines how far it came.
type transit struct {
	call   *call
	number int
	wait   time.Duration // before it
	hedge  bool
	replay bool // net/http may send the request again by itself
	trace  httptrace.ClientTrace
	parent context.Context // the call's, or the hedge's
	ctx    context.Context // the attempt's own
	own    bool            // the time that bounds it is the caller's own
	bound  *bound

	mu        sync.Mutex
	passes    int // requests that may still be handed to the pool
	handed    bool
	asked     bool // net/http was asked for a connection: it reports what it writes
	connected bool
	reused    bool
	wrote     bool  // headers were written, as net/http reports it
	conn      *conn // in use; nil if it is not of our pool
	mark      int64 // what had been written to conn before
	writes    int   // requests written to earlier connections
	looked    bool  // … for the request under way, which redirects make anew
	unpaid    bool  // net/http wanted to send again, and the rate limit had no permit for it in time
	repeated  bool  // net/http did send again what the server may have run
	bodyErr   error // what the caller's own reader of the body returned
	refused   bool  // the server did not process the request, and net/http was kept from sending it again
	header    http.Header
	signed    *http.Request
	late      bool // time ran out while a credential was signing
}

// try makes an attempt and books it.
func (k *call) try(ctx context.Context, hedge bool) *outcome {
	t := &transit{call: k, hedge: hedge, wait: k.ledger.wait, passes: 1, replay: k.repeatable()}
	t.number = k.ledger.begin()
	begun := time.Now()
	var p pass
	if ref := p.enter(ctx, k, begun); ref != nil {
		o := k.turnedAway(t, ref)
		k.ledger.enter(o)
		return o
	}
	done := false
	defer func() {
		if !done { // a panic goes through here
			t.land()
			p.leave(verdictFailure, true)
		}
	}()
	o := t.fly(ctx)
	if o.status != 0 {
		k.route.answered(p.at)
	}
	o.attempt = t.attempt(o, begun)
	o.applied = o.applied || !o.ok() && t.twice()
	if o.stream != nil {
		o.stream.holds(t, p)
		p.permit.record(o.verdict)
	} else {
		t.land()
		p.leave(o.verdict, t.sent())
	}
	done = true
	k.ledger.enter(o)
	k.tellAttempt(o)
	return o
}

// turnedAway is the outcome of an attempt that did not pass the gate.
func (k *call) turnedAway(t *transit, ref *refused) *outcome {
	o := &outcome{call: k, fault: ref.fault, err: ref.err, retryAfter: ref.wait, turned: true}
	o.decision = classify(observation{fault: ref.fault}, &k.route.policy)
	if ref.fault == faultCanceled {
		o.kind = kindOfContext(ref.err)
	}
	o.attempt = Attempt{Number: t.number, Hedge: t.hedge, Reason: o.kind.String()}
	return o
}

// fly sends the request and reads the answer.
func (t *transit) fly(ctx context.Context) *outcome {
	k := t.call
	limit, own := k.attemptTime()
	parent := ctx
	ctx, b := bounded(parent, limit, k.route.stream)
	defer b.end()
	t.parent, t.own, t.bound = parent, own, b
	t.trace = httptrace.ClientTrace{GetConn: t.getConn, GotConn: t.gotConn, WroteHeaders: t.wroteHeaders}
	ctx = httptrace.WithClientTrace(context.WithValue(ctx, transitKey{}, t), &t.trace)
	t.ctx = ctx
	req, err := k.request.build(k.route.op.Method, t.replay)
	if err != nil {
		return t.lost(faultLocal, err)
	}
	t.decorate(req)
	if k.request.oneShot() && req.Body != nil {
		req.Body = &watchedBody{ReadCloser: req.Body, transit: t}
	}
	resp, o := t.send(req.WithContext(ctx))
	if o == nil {
		o = t.receive(resp, b)
	}
	return o
}

// attemptTime returns how long the attempt may take, 0 if no bound but that of the caller's context holds, and whether running out of it is the
// caller's own doing and says nothing about the server. Where the context ends first it has no rival timer: whatever comes then is the
// context's doing.
func (k *call) attemptTime() (limit time.Duration, own bool) {
	attempt, overall := k.route.policy.Timeout.Attempt, k.route.policy.Timeout.Overall
	if overall > 0 && (attempt <= 0 || overall < attempt) {
		attempt = overall
	}
	left, ok := k.left()
	if !ok || attempt > 0 && attempt <= left {
		return attempt, false
	}
	if k.contextual {
		return 0, true
	}
	return max(left, 1), k.own || attempt > 0 && left < attempt && k.ledger.counted > 0
}

// decorate adds what differs from attempt to attempt.
func (t *transit) decorate(r *http.Request) {
	k := t.call
	if name := k.route.policy.Retry.AttemptHeader; name != "" {
		r.Header.Set(name, strconv.Itoa(t.number))
	}
	if jar := k.route.caller.jar; jar != nil {
		for _, c := range jar.Cookies(r.URL) {
			r.AddCookie(c)
		}
	}
	t.header = r.Header
}

// pass reports whether the request may be handed to the pool: once, and again only where a repeat is allowed or a redirect leads on.
func (t *transit) pass() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.passes == 0 && !t.replay {
		return false
	}
	t.passes = max(0, t.passes-1)
	t.handed = true
	return true
}

// sign has the credentials sign a request.
func (t *transit) sign(r *http.Request) error {
	t.signed = r
	for _, s := range t.call.route.signatures {
		if err := s.credential.Sign(r.Context(), r, s.scheme); err != nil {
			t.late = r.Context().Err() != nil
			return &signError{err}
		}
	}
	return nil
}

// A signError tells a credential's error from the network's.
type signError struct{ err error }

func (e *signError) Error() string { return "the credential cannot sign: " + e.err.Error() }
func (e *signError) Unwrap() error { return e.err }

// getConn is called before a connection is looked for. If a request was written before, net/http is about to send it again by itself,
// which takes permits of the rate limits like any request that the server sees.
func (t *transit) getConn(string) {
	t.mu.Lock()
	again := t.looked && t.replay && t.connWritten()
	t.asked, t.looked = true, true
	t.mu.Unlock()
	if again && !t.pay() {
		t.mu.Lock()
		t.unpaid = true
		t.mu.Unlock()
		t.bound.cancel()
	}
}

// pay takes the permits for a request that net/http sends by itself. They do not come back: what was written may be counted.
func (t *transit) pay() bool {
	p := pass{route: t.call.route}
	if ref := p.takePermits(t.ctx, t.call); ref != nil {
		p.giveBack()
		return false
	}
	return true
}

// gotConn is called with the connection that a request is about to be written to. If it is not the first, net/http sends again by itself.
func (t *transit) gotConn(info httptrace.GotConnInfo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	again := t.settleConn()
	t.repeated = t.repeated || again && !speaksHTTP2(info.Conn)
	t.connected, t.reused, t.wrote = true, info.Reused, false
	t.conn = pooled(info.Conn)
	if again && !t.replay {
		t.refused = true // net/http repeats a request without a body that an HTTP/2 server did not process; that is ours to do
		t.bound.cancel()
	}
	if t.conn == nil {
		return
	}
	if t.conn.use() && t.header != nil {
		t.header["Connection"] = []string{"close"} // it is past its age
	}
	t.mark = t.conn.writes.Load()
}

// twice reports whether the server may have run an earlier copy of the request, though the answer is about the last one.
func (t *transit) twice() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.repeated
}

// speaksHTTP2 reports whether a connection speaks HTTP/2, over which net/http sends again only what the server did not process.
func speaksHTTP2(c net.Conn) bool {
	secure, ok := c.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}

// wroteHeaders is called when the headers were handed to the connection.
func (t *transit) wroteHeaders() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wrote = true
}

// settleConn counts what was written to the connection so far and gives it back. It reports whether anything was. The lock is held.
func (t *transit) settleConn() bool {
	written := t.connWritten()
	if written {
		t.writes++
	}
	if t.conn != nil {
		t.conn.release()
		t.conn = nil
	}
	t.wrote = false
	return written
}

// connWritten reports whether anything was written to the connection at hand. On one of our own the bytes are counted; elsewhere net/http's word
// that it wrote the headers has to do. The lock is held.
func (t *transit) connWritten() bool {
	if t.conn != nil {
		return t.conn.writes.Load() != t.mark
	}
	return t.wrote
}

// land ends the transit: its connection is given back.
func (t *transit) land() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settleConn()
}

// passage returns how far the request came. A round tripper that is not net/http's reports nothing; then it may have sent everything.
func (t *transit) passage() passage {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.handed && !t.asked {
		return passage{connected: true, written: true}
	}
	return passage{connected: t.connected, reused: t.reused, written: t.writes > 0 || t.connWritten()}
}

// sent reports whether anything of the request may have reached the server.
func (t *transit) sent() bool { return t.passage().written }

// attempt sums the transit up.
func (t *transit) attempt(o *outcome, begun time.Time) Attempt {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := Attempt{Number: t.number, Status: o.status, Wait: t.wait, Latency: time.Since(begun), Writes: t.writes, Reused: t.reused, Hedge: t.hedge}
	if t.connWritten() || t.handed && !t.asked {
		a.Writes++
	}
	if !o.ok() {
		a.Reason = o.reason()
	}
	return a
}

// secrets returns the values that signing put on the request, those of cookies one by one: a page may show any of them alone.
func (t *transit) secrets() []string {
	if t.signed == nil {
		return nil
	}
	var found []string
	for name, values := range t.signed.Header {
		for _, v := range added(t.call.request.header[name], values) {
			found = append(found, v)
			found = append(found, strings.Fields(v)...) // the token after the word Bearer
		}
	}
	sent := &http.Request{Header: t.call.request.header}
	for _, c := range t.signed.Cookies() {
		if _, err := sent.Cookie(c.Name); err != nil {
			found = append(found, c.Value)
		}
	}
	before := t.call.request.url.Query()
	for name, values := range t.signed.URL.Query() {
		found = append(found, added(before[name], values)...)
	}
	return found
}

// added returns the values that were not there before.
func added(before, values []string) (found []string) {
	for _, v := range values {
		if !slices.Contains(before, v) {
			found = append(found, v)
		}
	}
	return found
}

// signedURL returns where the request went.
func (t *transit) signedURL() *url.URL {
	if t.signed != nil {
		return t.signed.URL
	}
	return &t.call.request.url
}
