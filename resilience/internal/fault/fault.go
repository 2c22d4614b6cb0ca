package fault

// A Fault is what went wrong with an attempt, apart from the status of the response.
type Fault uint8

// The faults.
const (
	None          Fault = iota // there is a response: its status decides
	Dial                       // no connection: refused, no route, timeout
	DNS                        // the host does not exist
	Proxy                      // the proxy refuses the connection by its rules or wants credentials
	TLS                        // certificate or protocol of the server is wrong
	Unsent                     // connected, but no byte was written
	Idle                       // the same on a connection that was idle: it was closed meanwhile
	Refused                    // HTTP/2: the server did not process the request (REFUSED_STREAM, GOAWAY)
	Reset                      // the connection broke before the headers of a response
	Stale                      // the same on a connection that was idle: it was probably closed meanwhile
	Timeout                    // no response within the attempt's timeout
	Protocol                   // the response is not valid HTTP
	BodyCut                    // the body ended early
	BodyTimeout                // the body did not end within the attempt's timeout
	Encoding                   // the content coding is corrupt
	TooLarge                   // the body is larger than the policy allows
	HTML                       // HTML instead of data, from a proxy or a sign-in
	Contract                   // the body does not match the document
	Empty                      // no body although one is declared
	Declared                   // a 2xx that is a failure by the policy's success rule
	Throttled                  // the same, because there were too many requests
	Items                      // a 2xx with failed items
	SomeThrottled              // the same, and some were throttled and can be retried
	AllThrottled               // the same, and all items were throttled: nothing was done
	Redirects                  // more redirects than the policy allows
	Canceled                   // the caller canceled, or its own deadline passed
	Local                      // a mistake in this program, for example a middleware that sent twice
	Invalid                    // a header of the request is not valid; nothing was sent
	Credential                 // the request could not be signed
	Circuit                    // the circuit denied the attempt
	RateLimited                // the rate limit denied the attempt
	Bulkhead                   // the bulkhead denied the attempt
	Closed                     // the runtime is closed
	Panic                      // a middleware, credential or decoder panicked
	Count                      // how many faults there are
)

// A Set is a set of faults. The zero Set is empty.
type Set uint64

// Add adds f.
func (s *Set) Add(f Fault) { *s |= 1 << f }

// Has reports whether f is in the set.
func (s Set) Has(f Fault) bool { return s&(1<<f) != 0 }

// CutShort reports whether the fault may be due to a cancellation by the caller: the
// response is not complete.
func (f Fault) CutShort() bool {
	switch f {
	case None, TooLarge, HTML, Contract, Empty, Declared, Throttled:
		return false
	}
	return !f.OfItems()
}

// Again returns the fault that f is if the call has already met a stale connection: an ordinary
// failure, which counts and is followed by a wait.
func Again(f Fault) Fault {
	switch f {
	case Idle:
		return Unsent
	case Stale:
		return Reset
	}
	return f
}

// OfItems reports whether the response has a value and some of its items failed.
func (f Fault) OfItems() bool {
	return f == Items || f == SomeThrottled || f == AllThrottled
}

// Ruled reports whether rules of the policy may say something about the fault: it is one of the
// server or the network, and not of some items of a response alone.
func (f Fault) Ruled() bool {
	switch f {
	case Canceled, Local, Invalid, Credential, Circuit, RateLimited, Bulkhead, Closed, Panic:
		return false
	}
	return !f.OfItems()
}

// texts are the words for faults.
var texts = [Count]string{
	Dial:          "no connection",
	DNS:           "unknown host",
	Proxy:         "refused by the proxy",
	TLS:           "TLS",
	Unsent:        "connection closed before sending",
	Idle:          "idle connection closed",
	Refused:       "refused by HTTP/2",
	Reset:         "connection reset",
	Stale:         "stale connection",
	Timeout:       "timeout",
	Protocol:      "protocol",
	BodyCut:       "body cut",
	BodyTimeout:   "body timeout",
	Encoding:      "content coding",
	TooLarge:      "too large",
	HTML:          "page instead of data",
	Contract:      "contract",
	Empty:         "empty body",
	Declared:      "failure by rule",
	Throttled:     "throttled by rule",
	Items:         "failed items",
	SomeThrottled: "throttled items",
	AllThrottled:  "throttled items",
	Redirects:     "redirects",
	Canceled:      "canceled",
	Local:         "round tripper",
	Invalid:       "invalid request",
	Credential:    "credential",
	Circuit:       "circuit open",
	RateLimited:   "rate limit",
	Bulkhead:      "bulkhead full",
	Closed:        "closed",
	Panic:         "panic",
}

// String returns a word or two for the fault, for example "connection reset", or "" for None.
func (f Fault) String() string { return texts[f] }
