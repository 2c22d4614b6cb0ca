package resilience

// This file makes one attempt, from admission by the gate to its outcome: see call.try. The other
// attempt files hold its steps: attempt_send.go, attempt_response.go and attempt_stream.go.

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/resgen/resgen/resilience/internal/body"
	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/conntrace"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/wire"
)

// exchange is one attempt in progress: what is sent, and within which time. What net/http reports
// about it is in trace; what the server sent is in the outcome.
type exchange struct {
	call    *call
	number  int           // of the attempt, from 1
	wait    time.Duration // before the attempt
	earlier int           // attempts before that count
	ctx     attemptContext
	url     url.URL       // of the first request
	outcome outcome       // memory of its outcome
	attempt Attempt       // memory of its summary
	report  wire.Report   // where the response differs from the document
	limit   time.Duration // of the attempt; 0: that of the context
	trace   conntrace.Trace
	connecting
	built    io.ReadCloser   // body of the last request that was built
	sent     *conntrace.Body // the same, if it is read from a reader of the caller
	heeding  io.ReadCloser   // body of the last response as it was received; its reads end with ctx
	body     body.Body       // of the response
	signed   *http.Request   // the last request that was signed
	before   unsigned        // the request before it was signed
	signTook time.Duration

	hedge    bool
	ownTime  bool // the attempt ends with a deadline that the caller chose
	signLate bool // time ran out while a credential was signing
}

// outcome is the complete result of an attempt. Nothing of it remains to be read.
type outcome struct {
	response
	cause
	call       *call
	attempt    *Attempt  // nil: the call ended before or between attempts
	at         time.Time // when the attempt ended; zero: it was not made
	auth       authCheck
	observed   fault.Observation
	decision   decision // what the above means
	origin     origin
	last       bool          // no other copy of the attempt is awaited
	retryAfter time.Duration // wait that the server, a circuit or a limit requires; 0: none
	ended      Stop          // why the attempt was not made although the gate admits it; empty: it was made
	panicked   any           // value of a panic on the goroutine of a hedge
	plan       retryPlan     // whether another attempt follows
	failure    *Error        // nil until the call ends with this outcome
	fallback   *fallbackInfo // nil: it is not the result of a fallback
}

// response is a response as it was read. The zero response means that none came.
type response struct {
	status    int
	failed    bool // the status is a failure
	absent    bool // there is no value although one is declared; the caller gets the zero value
	refused   bool // all items were refused before anything was done
	throttled bool // the body says that there were too many requests
	varies    bool // it depends on headers that middleware added
	header    http.Header
	body      []byte // of a failure, at most keptBody bytes
	value     any    // of a success, or of a response with failed items
	raw       []byte // body of a success with an undeclared status, if it is not the value
	stream    *Stream
	detail    any // decoded body of a failure
	items     []FailedItem
	requestID string      // the server's id of the request
	shown     http.Header // the headers without secrets, for WithInfo
}

// cause is why an attempt failed, apart from its status.
type cause struct {
	fault fault.Fault
	err   error  // without secrets
	note  string // for the text of the error
}

// authCheck is what the credentials found in a response.
type authCheck struct {
	expiry   Expiry // the most serious one
	rejected []rejected
	secrets  []string // values that signed the request; they must not appear in texts
}

// fallbackInfo describes the result of a fallback.
type fallbackInfo struct {
	replaced *outcome      // the failure in its place
	age      time.Duration // of a kept response
}

// origin is where an outcome comes from.
type origin uint8

const (
	fromExchange origin = iota // the server or the network
	fromGate                   // the gate denied the attempt
	fromHedge                  // a hedge that was not sent
)

// real reports whether the outcome comes from the server or the network.
func (o *outcome) real() bool { return o.origin == fromExchange }

// ok reports whether the attempt succeeded.
func (o *outcome) ok() bool { return o.fault == fault.None && !o.failed }

// health returns what the circuit counts. The times in which credentials sign and a connection is
// used by others say nothing about the server.
func (x *exchange) health(o *outcome) breaker.Outcome {
	h := breaker.Outcome{Verdict: o.decision.Verdict, Waited: x.signTook + x.connecting.waited, At: o.at}
	if h.Verdict == breaker.Failure {
		h.RetryAfter = o.retryAfter
	}
	return h
}

// reason describes in a word or two why the attempt failed. It returns "" if it succeeded.
func (o *outcome) reason() string {
	switch {
	case o.fault != fault.None:
		return o.fault.String()
	case o.failed:
		return "status " + strconv.Itoa(o.status)
	}
	return ""
}

// try makes an attempt and adds its outcome to the ledger.
func (k *call) try(ctx context.Context, hedge bool) *outcome {
	x := k.newExchange(hedge)
	if o := x.awaitPause(ctx); o != nil {
		k.ledger.add(o)
		return o
	}
	start := k.start
	if x.number > 1 || hedge || !k.prompt() {
		start = time.Now()
	}
	var p gate.Admission
	limit := k.waitLimit()
	if hedge { // a copy waits while the first request runs
		limit.Deadline, _ = k.deadline.next()
	}
	ref := k.route.admit(ctx, &p, limit, start)
	if !hedge {
		k.deadline.putOff(p.Waited())
	}
	if ref != nil {
		k.reportOverrun(p.Observed())
		o := x.denied(ctx, ref)
		k.ledger.add(o)
		return o
	}
	left := false
	defer func() {
		if !left { // panicking
			x.trace.Release()
			p.Leave(breaker.Outcome{Verdict: breaker.Failure}, true)
		}
	}()
	k.reportOverrun(p.Observed())
	k.reportOpen(p.ObservedOpen())
	o := x.roundTrip(ctx, p.At)
	if o.status != 0 {
		k.route.Answered(p.At)
		k.correctCost(&p, o)
	}
	o.at = time.Now()
	x.summarize(o, o.at.Sub(start))
	o.decision.Applied = o.decision.Applied || !o.ok() && x.trace.WasResent()
	if o.stream != nil {
		o.stream.hold(p)
		left = true
		p.Record(x.health(o))
	} else {
		x.trace.Release()
		x.before.release(&k.route.caller.runtime.unsigned)
		p.Leave(x.health(o), x.trace.Progress().Written)
		left = true
	}
	k.ledger.add(o)
	k.reportDrift(o.status, x.report.Drifts)
	k.reportAttempt(o)
	k.reportScope(o, &p)
	return o
}

// newExchange returns a new attempt. The first one is in the memory of the call.
func (k *call) newExchange(hedge bool) (x *exchange) {
	number, wait, earlier := k.ledger.begin()
	if x = &k.first; number > 1 {
		x = new(exchange)
	}
	x.call, x.hedge, x.number, x.wait, x.earlier = k, hedge, number, wait, earlier
	x.trace.Start(k.repeatable())
	return x
}

// prompt reports whether nothing precedes the first attempt that may take long: then it begins with
// the call, and the clock need not be read again. What takes long may be a body that is encoded or
// a function of the program.
func (k *call) prompt() bool {
	c := k.route.caller
	return k.request.payload == nil && c.set.cost == nil && len(c.runtime.callObservers) == 0
}

// newOutcome returns the outcome of the attempt, which has only one.
func (x *exchange) newOutcome() *outcome {
	x.outcome.call, x.outcome.attempt = x.call, &x.attempt
	return &x.outcome
}

// denied returns the outcome of an attempt that the gate denied.
func (x *exchange) denied(ctx context.Context, ref *gate.Denial) *outcome {
	o := x.newOutcome()
	o.cause, o.retryAfter, o.origin = cause{fault: ref.Fault, err: ref.Err}, ref.Wait, fromGate
	o.decision = x.call.route.decide(fault.Observation{Fault: ref.Fault})
	if ref.Fault == fault.Canceled {
		o.decision.kind, o.err = kindOfContext(ref.Err), redact.Error(x.call.ended(ctx), nil)
	}
	x.attempt = Attempt{Number: x.number, Hedge: x.hedge, Reason: o.decision.kind.String()}
	return o
}

// roundTrip sends the request and reads the response.
func (x *exchange) roundTrip(ctx context.Context, now time.Time) *outcome {
	k := x.call
	x.limit, x.ownTime = k.deadline.attemptLimit(now, &k.route.policy.Timeout, x.earlier)
	x.begin(ctx, now)
	defer x.ctx.End()
	k.request.setURL(&x.url)
	req, err := k.request.build(&x.ctx, k.route.op.Method, &x.url)
	if err != nil {
		return x.lost(fault.Local, err)
	}
	x.decorate(req)
	x.watchBody(req)
	defer x.closeSent()
	resp, o := x.send(req)
	if o == nil {
		o = x.receive(resp)
	}
	return o
}

// decorate adds the headers that differ from attempt to attempt.
func (x *exchange) decorate(r *http.Request) {
	route := x.call.route
	if name := route.policy.Retry.AttemptHeader; name != "" {
		r.Header.Set(name, strconv.Itoa(x.number))
	}
	x.built = r.Body
	if jar := route.caller.jar; jar != nil {
		params := r.Cookies()
		for _, c := range jar.Cookies(r.URL) {
			if !slices.ContainsFunc(params, func(p *http.Cookie) bool { return p.Name == c.Name }) {
				r.AddCookie(c)
			}
		}
	}
}

// lost returns the outcome of an attempt without a response.
func (x *exchange) lost(f fault.Fault, err error) *outcome {
	o := x.newOutcome()
	o.auth.secrets = x.secrets()
	o.fail(f, err, "")
	if f == fault.Credential {
		o.retryAfter = retryAfterOf(err)
	}
	x.classify(o)
	return o
}

// classify sets the decision. If the attempt broke because the caller canceled it, the outcome is
// the cancellation.
func (x *exchange) classify(o *outcome) {
	if x.ctx.Parent().Err() != nil && o.fault.CutShort() {
		o.fault, o.err = fault.Canceled, redact.Error(x.call.ended(x.ctx.Parent()), x.secrets())
	}
	ruled := o.ruled(&x.call.route.policy)
	o.throttled = o.throttled || ruled.Throttled
	o.observed = fault.Observation{
		Fault: o.fault, Status: o.status, Failed: o.failed, Repeatable: x.call.repeatable(),
		Written: o.status != 0 || x.trace.Progress().Written,
		NoRetry: !o.ok() && o.forbidsRetry(), RetryAfter: o.retryAfter > 0,
		Ruled: ruled,
	}
	o.decision = x.call.route.decide(o.observed)
	d := &o.decision
	switch {
	case o.auth.expiry == Expired, o.fault.OfItems() && o.refused:
		d.Applied = false
	case o.auth.expiry == ExpiredInDoubt && d.Verdict == breaker.Failure:
		d.Verdict = breaker.Ignored // the HTML page of an ended session says nothing about the server's health
	}
	switch {
	case o.fault == fault.Canceled:
		d.kind = kindOfContext(x.ctx.Parent().Err())
	case o.baseKind() == KindTimeout, o.fault == fault.Credential && x.signLate:
		d.kind = KindTimeout
	}
	if d.kind == KindTimeout && (x.ownTime || x.starved()) {
		d.Verdict = breaker.Ignored
	}
}

// summarize describes the attempt as callers see it.
func (x *exchange) summarize(o *outcome, took time.Duration) {
	a := &x.attempt
	*a = Attempt{Number: x.number, Status: o.status, Wait: x.wait, Latency: took, Hedge: x.hedge}
	a.Writes, a.Reused = x.trace.Counts()
	if !o.ok() {
		a.Reason = o.reason()
	}
}

// signedURL returns the URL that the request was sent to.
func (x *exchange) signedURL() *url.URL {
	if x.signed != nil {
		return x.signed.URL
	}
	return x.call.request.url()
}
