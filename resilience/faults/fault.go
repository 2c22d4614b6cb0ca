package faults

// A Fault is a defect of a response. The zero value means none.
type Fault string

// The faults. Those marked HTTP/2 close the connection on HTTP/1.1, which has no equivalent.
const (
	None  Fault = ""
	Reset Fault = "reset" // the connection is reset (RST) instead of a response
	// the connection is closed (FIN) instead of a response, as when a request meets the closing of
	// an idle connection
	Close        Fault = "close"
	ResetHeaders Fault = "reset-headers" // reset within the headers
	CutStatus    Fault = "cut-status"    // closed within the status line
	CutHeader    Fault = "cut-header"    // closed within the name of a header
	ResetBody    Fault = "reset-body"    // reset within the body
	CutLength    Fault = "cut-length"    // the body ends before its Content-Length
	CutChunked   Fault = "cut-chunked"   // the body ends before its last chunk
	CutClose     Fault = "cut-close"     // a body without Content-Length ends early, which a client cannot detect
	ExtraBody    Fault = "extra-body"    // more bytes follow than Content-Length says
	Hang         Fault = "hang"          // no response until the client cancels
	HangBody     Fault = "hang-body"     // headers and a part of the body, then nothing until the client cancels
	Garbage      Fault = "garbage"       // not an HTTP response
	TwoLengths   Fault = "two-lengths"   // two Content-Lengths that differ
	HugeHeaders  Fault = "huge-headers"  // 11 MB of headers
	Flood        Fault = "flood"         // endless 103 Early Hints
	BadGzip      Fault = "bad-gzip"      // a compressed body whose checksum is wrong
	PlainGzip    Fault = "plain-gzip"    // a body that is declared as gzip but not compressed
	GoAway       Fault = "goaway"        // HTTP/2: GOAWAY, the request was not processed
	Refuse       Fault = "refused"       // HTTP/2: RST_STREAM with REFUSED_STREAM
	ResetStream  Fault = "reset-stream"  // HTTP/2: RST_STREAM with INTERNAL_ERROR, the connection stays open
	// HTTP/2: from now on the connection is neither read nor written, though it stays open
	BlackHole Fault = "black-hole"
)

// answered reports whether a request with this fault receives at least response headers, in which
// case its work is done.
func (f Fault) answered() bool {
	switch f {
	case ResetBody, CutLength, CutChunked, CutClose, ExtraBody, HangBody, TwoLengths, HugeHeaders, BadGzip, PlainGzip:
		return true
	}
	return false
}
