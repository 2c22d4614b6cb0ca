package resilience

// This file has what attempts share about bodies: that of the request, which may come from a reader
// of the caller, and that of the response with its codings and its charset.

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/resgen/resgen/resilience/internal/body"
	"github.com/resgen/resgen/resilience/internal/charset"
	"github.com/resgen/resgen/resilience/internal/conntrace"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/media"
	"github.com/resgen/resgen/resilience/wire"
)

// watchBody notes the failures of a reader of the caller from which the body is sent.
func (x *exchange) watchBody(r *http.Request) {
	if p := x.call.request.payload; p != nil && p.FromReader && r.Body != nil {
		x.sent = &conntrace.Body{ReadCloser: r.Body, Trace: &x.trace}
		r.Body, r.GetBody = x.sent, nil
	}
}

// closeSent ends the use of a reader that the caller passed, except if the response is a stream:
// the server may send it while it reads the request.
func (x *exchange) closeSent() {
	if x.sent != nil && !x.ctx.Kept() {
		_ = x.sent.Close()
	}
}

// accept takes over the body of a response. Bodies that middleware made may not heed a context.
func (x *exchange) accept(resp *http.Response) {
	rc := resp.Body
	if rc != x.heeding && !body.Immediate(rc) {
		rc = body.Bind(&x.ctx, rc)
	}
	x.body = body.Of(rc)
}

// decodeContent makes reads of the body return it without its content codings, and removes what the
// headers say about them.
func (x *exchange) decodeContent(o *outcome) error {
	codings := o.header["Content-Encoding"]
	if len(codings) == 0 || x.call.route.op.Method == http.MethodHead {
		return nil
	}
	coded, err := x.body.Decode(codings)
	if coded {
		o.header = o.header.Clone()
		o.header.Del("Content-Encoding")
		o.header.Del("Content-Length")
	}
	return err
}

// readBody reads the whole body, at most limit bytes; 0: no limit. It returns false after setting
// the fault if that fails.
func (x *exchange) readBody(o *outcome, buf *bytes.Buffer, limit int64) bool {
	tooLarge, err := x.body.ReadAll(buf, limit)
	switch {
	case err != nil:
		o.auth.secrets = x.secrets()
		o.fail(faultOfBody(err), err, "")
		o.body = kept(buf.Bytes())
		return false
	case tooLarge:
		o.fail(fault.TooLarge, nil, fmt.Sprintf("more than %d bytes", limit))
		return false
	}
	return true
}

// contentType returns the Content-Type of a header, "" if there is none.
func contentType(h http.Header) string {
	if v := h["Content-Type"]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// faultOfBody returns the fault of an error that came instead of the end of a body.
func faultOfBody(err error) fault.Fault {
	var coding *body.CodingError
	if errors.As(err, &coding) {
		return fault.Encoding
	}
	return fault.OfBody(err)
}

// utf8Text returns a body as UTF-8, if it is declared as JSON or text. A body that is not in its
// charset is a drift.
func utf8Text(want *wire.Outcome, h http.Header, data []byte, report *wire.Report) ([]byte, error) {
	received := contentType(h)
	switch {
	case media.IsJSON(want.Media), strings.HasPrefix(media.Base(want.Media), "text/"):
	case media.IsRange(want.Media) && media.IsJSON(received):
	default:
		return data, nil
	}
	text, doubt, err := charset.Decode(data, charset.Of(received))
	if doubt != "" {
		report.Drifts = append(report.Drifts, wire.Drift{Kind: wire.DriftType, Reason: doubt, Count: 1})
	}
	return text, err
}
