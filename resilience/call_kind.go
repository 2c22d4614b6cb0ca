package resilience

import "errors"

// Kind classifies the errors of calls by what a caller can do about them. The zero Kind is none.
type Kind uint8

// The kinds of errors. Each has a sentinel error for errors.Is.
const (
	// No response: the connection could not be opened, broke, or did not speak HTTP.
	KindTransport Kind = iota + 1
	// The attempt, the call or the caller's context ran out of time.
	KindTimeout
	// The response is a failure.
	KindAPI
	// The response of the last attempt is 429, or says in another way that there were too many
	// requests.
	KindThrottled
	// The response is not what the document declares.
	KindContract
	// The response has no body although one is declared.
	KindEmptyBody
	// The response is larger than the policy allows.
	KindTooLarge
	// The circuit is open; nothing was sent.
	KindCircuitOpen
	// The rate limit had no permit in time; nothing was sent.
	KindRateLimited
	// Too many calls are in flight; nothing was sent.
	KindBulkheadFull
	// The caller's context was canceled.
	KindCanceled
	// The arguments or options are invalid; nothing was sent.
	KindInvalidRequest
	// No credential is set, or it could not sign: see [ErrSignInUnavailable],
	// [ErrCredentialRefused], [ErrSignInRequired] and [ErrBlocked].
	KindCredential
	// The client or its runtime is closed.
	KindClosed
	// The next page of a listing cannot be requested.
	KindPages
	// The response is a 2xx, but some items of the request failed: [Error.Items].
	// The call returns the response too.
	KindPartial
)

// The sentinel errors of the kinds, for errors.Is. Two belong to no single kind: [ErrBudget]
// reports that another attempt would have followed if the retry budget had paid for it,
// [ErrPageTokenExpired] that an iteration over pages must start again; see [WithRestart].
//
// ErrPartial is the only error with which a call also returns its response: its status is 2xx, but
// by the success rule of the policy some items of the request failed. [Error.Items] lists them; all
// others succeeded. Throttled items were retried first if the operation may be repeated.
var (
	ErrTransport      = errors.New("no response")
	ErrTimeout        = errors.New("out of time")
	ErrAPI            = errors.New("the server reported a failure")
	ErrThrottled      = errors.New("throttled by the server")
	ErrContract       = errors.New("response does not match the document")
	ErrEmptyBody      = errors.New("empty response, want a body")
	ErrTooLarge       = errors.New("response is too large; raise response.max-bytes in the policy")
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

	ErrPageTokenExpired = errors.New("the page token has expired; start again with the first page")
)

const unusable = "The response of the service behind this one cannot be used."

// kinds lists the name and sentinel of each kind, the status that [HTTPStatus] returns for it, and
// what [WriteError] says about it.
var kinds = [...]struct {
	name     string
	sentinel error
	status   int
	detail   string
}{
	KindTransport: {"transport", ErrTransport, 502, "The service behind this one does not respond."},
	KindTimeout:   {"timeout", ErrTimeout, 504, "The service behind this one did not respond in time."},
	KindAPI:       {"api", ErrAPI, 502, "The service behind this one reported a failure."},
	KindThrottled: {"throttled", ErrThrottled, 503, "The service behind this one got too many requests."},
	KindContract:  {"contract", ErrContract, 502, unusable},
	KindEmptyBody: {"empty-body", ErrEmptyBody, 502, unusable},
	KindTooLarge:  {"too-large", ErrTooLarge, 502, unusable},
	KindCircuitOpen: {
		"circuit-open", ErrCircuitOpen, 503,
		"The service behind this one has failed too often and is not called for now.",
	},
	KindRateLimited: {
		"rate-limited", ErrRateLimited, 503,
		"The service behind this one may not be called more often for now.",
	},
	KindBulkheadFull: {
		"bulkhead-full", ErrBulkheadFull, 503,
		"Too many requests to the service behind this one are in progress.",
	},
	KindCanceled: {"canceled", ErrCanceled, 499, "The request was canceled."},
	KindInvalidRequest: {
		"invalid-request", ErrInvalidRequest, 500,
		"The request to the service behind this one is not valid.",
	},
	KindCredential: {"credential", ErrCredential, 502, "This service has no credential for the service behind it."},
	KindClosed:     {"closed", ErrClosed, 503, "This service is shutting down."},
	KindPages:      {"pages", ErrPages, 502, unusable},
	KindPartial:    {"partial", ErrPartial, 502, "The service behind this one refused a part of the request."},
}

// String returns the name of the kind, for example "circuit-open". The zero Kind is "none".
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
