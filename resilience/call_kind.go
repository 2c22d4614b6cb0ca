package resilience

import "errors"

// Kind sorts the errors of calls by what a caller can do about them.
type Kind uint8

// The kinds. Each has a sentinel for errors.Is.
const (
	KindTransport      Kind = iota + 1 // no answer: the connection did not come about, broke, or spoke something else
	KindTimeout                        // the attempt, the call or the caller's context ran out of time
	KindAPI                            // the server answered with a failure
	KindThrottled                      // the server answered 429 to the end
	KindContract                       // the server answered something that the document does not declare
	KindEmptyBody                      // the server answered nothing where a body is due
	KindTooLarge                       // the answer is larger than the policy allows
	KindCircuitOpen                    // the circuit is open; nothing was sent
	KindRateLimited                    // no permit of the rate limit in time; nothing was sent
	KindBulkheadFull                   // too many calls in flight; nothing was sent
	KindCanceled                       // the caller's context was cancelled
	KindInvalidRequest                 // the arguments cannot be sent
	KindCredential                     // no credential, or it could not sign
	KindClosed                         // the runtime is closed
	KindPages                          // the pages of a listing cannot be walked on
	KindPartial                        // the server answered 2xx, and some items of the request failed: [Error.Items]; the call returns the answer too
)

// The sentinels of the kinds, for errors.Is. Two go with any kind: ErrBudget tells that a further attempt would have followed
// if the retry budget had paid for it, ErrPageTokenExpired that a walk over pages has to begin anew; see [WithRestart].
//
// With ErrPartial, and with no other, the call returns its answer beside the error: the server answered 2xx, and by the policy's success rule some
// items of the request failed. [Error.Items] names them; all others were done. Throttled items were asked for again first, where the operation
// may be repeated.
var (
	ErrTransport      = errors.New("no answer")
	ErrTimeout        = errors.New("out of time")
	ErrAPI            = errors.New("the server answered with a failure")
	ErrThrottled      = errors.New("throttled by the server")
	ErrContract       = errors.New("the answer is not what the document declares")
	ErrEmptyBody      = errors.New("empty answer where a body is due")
	ErrTooLarge       = errors.New("the answer is too large; raise response.max-bytes in the policy")
	ErrCircuitOpen    = errors.New("circuit open")
	ErrRateLimited    = errors.New("no permit of the rate limit in time")
	ErrBulkheadFull   = errors.New("too many calls in flight")
	ErrCanceled       = errors.New("canceled by the caller")
	ErrInvalidRequest = errors.New("invalid request")
	ErrCredential     = errors.New("no usable credential")
	ErrClosed         = errors.New("the runtime is closed")
	ErrPages          = errors.New("no way to the next page")
	ErrPartial        = errors.New("some items of the request failed")
	ErrBudget         = errors.New("the retry budget is spent")

	ErrPageTokenExpired = errors.New("the page token has expired; begin again with the first page")
)

// kinds is the one table of kinds: name, sentinel and the status to answer with when a handler of one's own fails because of it.
var kinds = [...]struct {
	name     string
	sentinel error
	status   int
}{
	KindTransport:      {"transport", ErrTransport, 502},
	KindTimeout:        {"timeout", ErrTimeout, 504},
	KindAPI:            {"api", ErrAPI, 502},
	KindThrottled:      {"throttled", ErrThrottled, 503},
	KindContract:       {"contract", ErrContract, 502},
	KindEmptyBody:      {"empty-body", ErrEmptyBody, 502},
	KindTooLarge:       {"too-large", ErrTooLarge, 502},
	KindCircuitOpen:    {"circuit-open", ErrCircuitOpen, 503},
	KindRateLimited:    {"rate-limited", ErrRateLimited, 503},
	KindBulkheadFull:   {"bulkhead-full", ErrBulkheadFull, 503},
	KindCanceled:       {"canceled", ErrCanceled, 499},
	KindInvalidRequest: {"invalid-request", ErrInvalidRequest, 500},
	KindCredential:     {"credential", ErrCredential, 500},
	KindClosed:         {"closed", ErrClosed, 503},
	KindPages:          {"pages", ErrPages, 502},
	KindPartial:        {"partial", ErrPartial, 502},
}

// String returns the kind's name: "circuit-open". The zero Kind is "none".
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kinds) {
		return "none"
	}
	return kinds[k].name
}

func (k Kind) sentinel() error {
	if k == 0 || int(k) >= len(kinds) {
		return nil
	}
	return kinds[k].sentinel
}

func (k Kind) text() string {
	if err := k.sentinel(); err != nil {
		return err.Error()
	}
	return k.String()
}
