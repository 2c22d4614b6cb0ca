// This file reads an answer: to its end, within bounds, as what the document declares for its status.

package resilience

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"
	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/internal/success"
	"github.com/resgen/resgen/resilience/wire"
)

const (
	keptBody  = 64 << 10 // of a failure's body, in bytes
	drainBody = 64 << 10 // read beyond what is of use, so that the connection can serve again
	bigBuffer = 1 << 20  // larger buffers are not kept for the next answer
)

// lost is the outcome of an attempt without an answer.
func (t *transit) lost(f fault, err error) *outcome {
	o := &outcome{call: t.call, fault: f, secrets: t.secrets()}
	o.err = redact.Error(err, o.secrets)
	t.judge(o)
	return o
}

// judge classifies an outcome. What broke because the caller gave up is the caller's doing.
func (t *transit) judge(o *outcome) {
	k := t.call
	p := t.passage()
	if err := t.parent.Err(); err != nil && o.fault.cutShort() {
		o.fault, o.err = faultCanceled, err
	}
	o.decision = classify(observation{
		fault: o.fault, status: o.status, failed: o.failed, written: p.written || o.status != 0, repeatable: k.repeatable(),
		noRetry: strings.EqualFold(o.header.Get("X-Should-Retry"), "false"), retryAfter: o.retryAfter > 0,
	}, &k.route.policy)
	switch {
	case o.expiry == Expired, o.fault.ofItems() && o.refused:
		o.applied = false
	case o.expiry == ExpiredInDoubt && o.verdict == verdictFailure:
		o.verdict = verdictIgnored // a page in place of data because the session ended is no sign of ill health
	}
	switch {
	case o.fault == faultCanceled:
		o.kind = kindOfContext(o.err)
	case o.fault == faultDial && isTimeout(o.err), o.fault == faultCredential && t.late:
		o.kind = KindTimeout
	}
	if t.own && o.kind == KindTimeout {
		o.verdict = verdictIgnored
	}
}

// receive reads the answer and gives back its connection, whatever comes.
func (t *transit) receive(resp *http.Response, b *bound) *outcome {
	o := &outcome{call: t.call, status: resp.StatusCode, header: resp.Header}
	if o.header == nil {
		o.header = http.Header{}
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	defer func() {
		if o.stream == nil {
			drain(resp.Body)
		}
	}()
	t.listen(o)
	if want, ok := t.success(o); ok {
		t.take(o, resp, want, b)
	} else {
		o.failed = true
		t.refusal(o, resp)
	}
	t.examine(o)
	t.judge(o)
	if o.status == http.StatusTooManyRequests || o.throttled {
		t.call.route.throttled(o.retryAfter)
	}
	return o
}

// listen takes what the headers say: cookies, quotas, when to come back.
func (t *transit) listen(o *outcome) {
	r := t.call.route
	if r.caller.jar != nil {
		if cookies := (&http.Response{Header: o.header}).Cookies(); len(cookies) > 0 {
			r.caller.jar.SetCookies(t.signedURL(), cookies)
		}
	}
	now := time.Now()
	if o.status >= 300 {
		o.retryAfter, _ = advice.RetryAfter(o.header, now)
	}
	r.observe(advice.ReadQuota(o.header, now))
}

// success returns the declared answer that a status and content type belong to; ok is false if the status is none of success.
// A 2xx that the document forgot is a success, read as the declared one that fits its content type best.
func (t *transit) success(o *outcome) (*wire.Outcome, bool) {
	list := t.call.route.op.Success
	if want := match(list, o.status, o.header.Get("Content-Type")); want != nil && (want.Status != 0 || o.status/100 == 2) {
		return want, true
	}
	if o.status/100 != 2 {
		return nil, false
	}
	return closest(list, o.header.Get("Content-Type")), true
}

// match returns the outcome for a status: that of the status itself, else of its hundred, else the default; among several the one whose media type
// fits best. It returns nil if there is none.
func match(list []wire.Outcome, status int, contentType string) *wire.Outcome {
	for _, want := range []int{status, status / 100, 0} {
		var best *wire.Outcome
		for i := range list {
			if list[i].Status == want && (best == nil || wire.MatchMedia(list[i].Media, contentType) > wire.MatchMedia(best.Media, contentType)) {
				best = &list[i]
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// closest returns the outcome whose media type fits best, or nil.
func closest(list []wire.Outcome, contentType string) *wire.Outcome {
	var best *wire.Outcome
	for i := range list {
		if best == nil || wire.MatchMedia(list[i].Media, contentType) > wire.MatchMedia(best.Media, contentType) {
			best = &list[i]
		}
	}
	return best
}

// take reads a success.
func (t *transit) take(o *outcome, resp *http.Response, want *wire.Outcome, b *bound) {
	op := t.call.route.op
	switch {
	case op.Method == http.MethodHead || want == nil || want.Decode == nil && !want.Stream:
		return
	case want.Stream && !strayPage(want.Media, o.header):
		b.keep()
		o.stream = newStream(t, resp, b)
		o.value = o.stream
		return
	}
	r := t.call.route.caller.runtime
	buf := r.buffer()
	defer r.recycle(buf)
	if err := t.read(o, resp, buf, t.call.route.policy.Response.MaxBytes); err != nil {
		return
	}
	t.decode(o, resp, want, buf.Bytes())
}

// strayPage reports whether a page came where something else is due.
func strayPage(declared string, h http.Header) bool {
	return wire.MediaType(h.Get("Content-Type")) == "text/html" && wire.MatchMedia(declared, "text/html") == 0
}

// read reads a body whole, most bytes at most (0: no bound), and notes the fault if it does not work.
func (t *transit) read(o *outcome, resp *http.Response, buf *bytes.Buffer, most int64) error {
	body := io.Reader(resp.Body)
	if most > 0 {
		body = io.LimitReader(body, most+1)
	}
	_, err := buf.ReadFrom(body)
	if err == nil && most > 0 && int64(buf.Len()) > most {
		o.fault, o.note = faultTooLarge, fmt.Sprintf("more than %d bytes", most)
		return ErrTooLarge
	}
	if err != nil {
		o.secrets = t.secrets()
		o.fault, o.err = bodyFault(err), redact.Error(err, o.secrets)
		o.body = kept(buf.Bytes())
	}
	return err
}

// decode turns a body into the value of the call.
func (t *transit) decode(o *outcome, resp *http.Response, want *wire.Outcome, data []byte) {
	if page(want.Media, o.header, data) {
		o.secrets = t.secrets()
		o.fault, o.body = faultHTML, kept(data)
		o.note = "a page came where " + want.Media + " is due: " + redact.Snippet(data, o.secrets)
		return
	}
	data, fits := t.call.batch.merged(data, t.call.route.policy.Success.Items)
	if !fits {
		o.fault, o.note = faultContract, "the answer to a part of the batch has another number of items"
		return
	}
	var report wire.Report
	value, err := want.Decode(data, &report)
	t.call.tellDrift(o.status, report.Drifts)
	if err == nil {
		err = t.call.refusedDrift(&report)
	}
	if err == nil {
		o.value = value
		t.weigh(o, data)
		return
	}
	o.body = kept(data)
	o.err = contractCause(err)
	switch {
	case errors.Is(err, wire.ErrEmptyBody):
		o.fault = faultEmpty
	case errors.Is(err, io.ErrUnexpectedEOF) && untilClose(resp):
		o.fault = faultBodyCut
	default:
		o.fault = faultContract
	}
}

// weigh asks the policy's success rule about an answer that was read well.
func (t *transit) weigh(o *outcome, data []byte) {
	k := t.call
	v := success.Apply(&k.route.policy.Success, data)
	o.fault, o.note, o.throttled = ruleFaults[v.Outcome], v.Note, v.Throttled
	o.items, o.refused = failedItems(v.Items), success.AllRefused(v.Items, v.Total)
	switch {
	case o.fault == faultNone:
		if k.route.caller.stale.wants(k) {
			o.body = bytes.Clone(data)
		}
	case !o.fault.ofItems():
		o.detail, o.value, o.body = o.value, nil, kept(data)
	case o.fault == faultSomeThrottled && !k.narrow(data, v.Items):
		o.fault = faultItems
	}
}

// page reports whether a page for people came where JSON is due. A content type alone does not make one: some servers call all they send text/html.
func page(declared string, h http.Header, data []byte) bool {
	if !wire.IsJSON(declared) {
		return strayPage(declared, h)
	}
	if wire.LooksLikeHTML(data) {
		return true
	}
	head := bytes.TrimLeft(data, " \t\r\n")
	return len(head) > 0 && strayPage(declared, h) && head[0] != '{' && head[0] != '['
}

// untilClose reports whether nothing but the end of the connection told where the body ends, so that a cut cannot be seen.
func untilClose(r *http.Response) bool {
	return r.ProtoMajor == 1 && r.ContentLength < 0 && len(r.TransferEncoding) == 0 && !r.Uncompressed
}

// contractCause keeps of a decoder's error what holds no data.
func contractCause(err error) error {
	var d *wire.DecodeError
	if errors.As(err, &d) {
		bare := *d
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			bare.Err = nil
		}
		return &bare
	}
	return redact.Error(err, nil)
}

// refusal reads what the server says about a failure. Whatever becomes of the body, the status stands.
func (t *transit) refusal(o *outcome, resp *http.Response) {
	r := t.call.route.caller.runtime
	buf := r.buffer()
	defer r.recycle(buf)
	_, err := buf.ReadFrom(io.LimitReader(resp.Body, keptBody))
	o.body = kept(buf.Bytes())
	if err != nil {
		o.secrets = t.secrets()
		o.err = redact.Error(err, o.secrets)
	}
	if o.status == http.StatusBadRequest && wantsTLS(o.body) {
		o.fault, o.note = faultTLS, "the server speaks https there; use https in the base URL"
	}
	switch o.status {
	case http.StatusMisdirectedRequest:
		t.retire(true)
	case http.StatusRequestTimeout:
		t.retire(false)
	}
	want := match(t.call.route.op.Failure, o.status, o.header.Get("Content-Type"))
	if err != nil || want == nil || want.Decode == nil || page(want.Media, o.header, o.body) {
		return
	}
	var report wire.Report
	if detail, err := want.Decode(o.body, &report); err == nil {
		o.detail = detail
	}
	t.call.tellDrift(o.status, report.Drifts)
}

// examine asks the credentials what the answer says about them.
func (t *transit) examine(o *outcome) {
	if t.signed == nil {
		return // middleware answered
	}
	for _, r := range t.call.route.renewers {
		a := &Rejection{Request: t.signed, Status: o.status, Header: o.header, Schemes: r.schemes}
		if !o.ok() {
			a.Body = o.body
		}
		if expiry := r.examine(a); expiry != NotExpired {
			o.expiry = max(o.expiry, expiry)
			o.rejected = append(o.rejected, rejected{renewable: r, rejection: a})
		}
	}
	if o.expiry != NotExpired {
		o.secrets = t.secrets()
	}
}

// retire lets the connection serve no further request. If that must not happen on any other that stands idle either, all of those are closed.
func (t *transit) retire(all bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conn != nil {
		t.conn.retire()
	}
	if p, ok := t.call.route.pool.(*pool); ok && all {
		p.CloseIdleConnections()
	}
}

// wantsTLS reports whether a server says that it was spoken to in plain HTTP on its TLS port, in the words of Go, nginx or Apache.
func wantsTLS(body []byte) bool {
	for _, text := range []string{"HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port", "speaking plain HTTP to an SSL-enabled server port"} {
		if bytes.Contains(body, []byte(text)) {
			return true
		}
	}
	return false
}

// drain reads a little further, so that the connection can serve again, and closes the body.
func drain(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, drainBody)
	_ = body.Close()
}

// kept returns a copy of the beginning of a body.
func kept(data []byte) []byte {
	if len(data) == 0 {
		return nil
	}
	return bytes.Clone(data[:min(len(data), keptBody)])
}
