package faults

// A Fault is what goes wrong with an answer. The zero value is nothing.
type Fault string

// The faults. Those that say HTTP/2 close the connection on HTTP/1.1, which has nothing like them.
const (
	None  Fault = ""
	Reset Fault = "reset" // the connection is reset (RST) instead of an answer
	// the connection is closed (FIN) instead of an answer, as in the race with an idle connection's
	// end
	Close        Fault = "close"
	ResetHeaders Fault = "reset-headers" // reset within the headers
	ResetBody    Fault = "reset-body"    // reset within the body
	CutLength    Fault = "cut-length"    // the body ends before its Content-Length
	CutChunked   Fault = "cut-chunked"   // the body ends before its last chunk
	CutClose     Fault = "cut-close"     // a body without Content-Length ends early, which no client can see
	ExtraBody    Fault = "extra-body"    // more bytes follow than Content-Length says
	Hang         Fault = "hang"          // no answer until the client gives up
	HangBody     Fault = "hang-body"     // headers, a part of the body, then nothing until the client gives up
	Garbage      Fault = "garbage"       // not an HTTP answer
	TwoLengths   Fault = "two-lengths"   // two Content-Lengths that differ
	HugeHeaders  Fault = "huge-headers"  // 11 MB of headers
	Flood        Fault = "flood"         // 103 Early Hints without end
	BadGzip      Fault = "bad-gzip"      // a compressed body whose checksum is wrong
	PlainGzip    Fault = "plain-gzip"    // a body that is not compressed but says so
	GoAway       Fault = "goaway"        // HTTP/2: GOAWAY that says that the request was not processed
	Refuse       Fault = "refused"       // HTTP/2: RST_STREAM with REFUSED_STREAM
	ResetStream  Fault = "reset-stream"  // HTTP/2: RST_STREAM with INTERNAL_ERROR, the connection stays
	// HTTP/2: from here on nothing is read from or written to the connection, though it stays open
	BlackHole Fault = "black-hole"
)

// answered reports whether a request with this fault gets at least the headers of its answer: by
// then its work is done.
func (f Fault) answered() bool {
	switch f {
	case ResetBody, CutLength, CutChunked, CutClose, ExtraBody, HangBody, TwoLengths, HugeHeaders, BadGzip, PlainGzip:
		return true
	}
	return false
}
