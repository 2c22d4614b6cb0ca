package policy

// This file is the schema of policies: every key that a policy can have, its unit and what its zero
// value means. defaults.go has the values that apply unless a layer sets another.

import "time"

// A Policy says how one operation, or all operations of an API, are called. It is decoded from an
// x-resgen extension, a policy file and the configuration that a program reads when it runs, and it
// is what generated code carries as data.
//
// The zero value of every field means: inherit from the weaker layer.
type Policy struct {
	Idempotency Class      `yaml:"idempotency"` // may the request be sent twice?
	Why         string     `yaml:"why"`         // the effect of a repeat on this operation, in words
	Key         Key        `yaml:"key"`         // the idempotency key of a keyed operation
	Retry       Retry      `yaml:"retry"`
	Timeout     Timeout    `yaml:"timeout"`
	Breaker     Breaker    `yaml:"breaker"`
	Rate        Rate       `yaml:"rate"`
	Bulkhead    Bulkhead   `yaml:"bulkhead"`
	Hedge       Hedge      `yaml:"hedge"`
	Fallback    Fallback   `yaml:"fallback"`
	Redirects   Redirects  `yaml:"redirects"`
	Response    Response   `yaml:"response"`
	RequestID   []string   `yaml:"request-id"` // response headers with the id of a request, the first one first
	Pagination  Pagination `yaml:"pagination"`
	Auth        Auth       `yaml:"auth"`
	Success     Success    `yaml:"success"`
	// failures that mean too many requests, in addition to 429: [{status: [403], code: …}]
	Throttled []Rule    `yaml:"throttled"`
	Transport Transport `yaml:"transport"` // of a whole API: ignored on an operation, and lint says so
}

// A Class decides whether a request may be sent again after a failure that does not prove that it
// was not run.
type Class string

// The classes. Safe and idempotent are RFC 9110, sections 9.2.1 and 9.2.2.
const (
	Safe        Class = "safe"        // reads only: may be repeated and hedged
	Idempotent  Class = "idempotent"  // a repeat has no further effect
	Keyed       Class = "keyed"       // may be repeated with the same idempotency key
	Conditional Class = "conditional" // may be repeated if it carries If-Match, If-None-Match or If-Unmodified-Since
	Unsafe      Class = "unsafe"      // may be repeated only if it provably was not run
)

// A Switch is a bool that can also be left to the weaker layer.
type Switch uint8

const (
	Inherit Switch = iota
	On
	Off
)

// Key describes the idempotency key of a keyed operation.
type Key struct {
	Header string `yaml:"header"` // the request header that carries it: Idempotency-Key
}

// Retry says whether and when a failed attempt is followed by another.
type Retry struct {
	// most attempts of a call, the first included, 1 to 100; 1 means at most one request on the
	// wire
	Attempts      int           `yaml:"attempts"`
	Throttle      Backoff       `yaml:"throttle"`        // the wait after 429 and other refusals
	Server        Backoff       `yaml:"server"`          // the wait after 5xx, a timeout or a cut body
	Connection    Backoff       `yaml:"connection"`      // the wait after a connection that did not come about or broke
	Jitter        Jitter        `yaml:"jitter"`          // how a wait is spread
	MaxRetryAfter time.Duration `yaml:"max-retry-after"` // a longer Retry-After ends the call at once
	// further failures after which a repeatable operation is sent again: [{status: [409]}]
	When []Rule `yaml:"when"`
	// statuses with which this server says that it did not run the request: [503]; needs a why
	Refused []int  `yaml:"refused"`
	Budget  Budget `yaml:"budget"` // what all calls of the API together may spend on retries
	// request header that carries the attempt number from 1; none if empty
	AttemptHeader string `yaml:"attempt-header"`
}

// Backoff is a wait that grows: base × factor^n, at most max.
type Backoff struct {
	Base   time.Duration `yaml:"base"`
	Factor float64       `yaml:"factor"` // at least 1
	Max    time.Duration `yaml:"max"`    // holds after jitter
}

// Jitter says how a wait d is spread at random, so that callers do not come back together.
type Jitter string

const (
	EqualJitter Jitter = "equal" // d/2 to d
	FullJitter  Jitter = "full"  // 0 to d
	NoJitter    Jitter = "none"  // d
)

// Budget is a bucket of tokens that pays for retries before they are waited for. It is shared by
// all calls to one host of an API.
type Budget struct {
	Enabled     Switch  `yaml:"enabled"`
	Tokens      float64 `yaml:"tokens"`       // size, and content at the start
	Cost        float64 `yaml:"cost"`         // of a retry; comes back if the retry succeeds
	TimeoutCost float64 `yaml:"timeout-cost"` // of a retry after a timeout
	Refill      float64 `yaml:"refill"`       // added by a success at the first attempt
}

// Timeout bounds a call and each of its attempts. Both cover sending, reading and decoding.
type Timeout struct {
	Overall time.Duration `yaml:"overall"` // all attempts and waits together
	Attempt time.Duration `yaml:"attempt"` // one attempt
	Idle    time.Duration `yaml:"idle"`    // longest silence within a streamed body
}

// Breaker says when the circuit opens and how it recovers. It opens on rate or on consecutive
// failures, whichever is set; if both are, on whichever comes first.
type Breaker struct {
	Enabled Switch `yaml:"enabled"`
	// name of a circuit shared by the operations that name it; empty: the one of (api, host)
	Circuit string `yaml:"circuit"`
	// whose failures open it: host (default), those of a single account too while no other account
	// calls; or account, where each account has a circuit and only failures of several open the
	// shared one
	Scope string `yaml:"scope"`
	// opens at this share of failures or more, 0 < r ≤ 1, compared exactly; negative: never by rate
	FailureRate float64       `yaml:"failure-rate"`
	MinCalls    int           `yaml:"min-calls"`   // fewest outcomes in the window before the rate counts
	Window      time.Duration `yaml:"window"`      // how far back the rate looks
	Consecutive int           `yaml:"consecutive"` // opens after so many failures in a row; negative: never by count
	Open        time.Duration `yaml:"open"`        // first cool-down
	MaxOpen     time.Duration `yaml:"max-open"`    // longest cool-down
	Growth      float64       `yaml:"growth"`      // factor of the cool-down after each failed probe, at least 1
	Jitter      float64       `yaml:"jitter"`      // share by which a cool-down varies: 0.1 is ±10 %; negative: none
	Probes      int           `yaml:"probes"`      // calls let through at a time when half-open
	Successes   int           `yaml:"successes"`   // successful probes that close the circuit
	// on: an answer that breaks the contract (not JSON where JSON is due) counts as a failure
	Contract Switch   `yaml:"contract"`
	When     When     `yaml:"when"`      // failures that count differently
	SlowCall SlowCall `yaml:"slow-call"` // opens the circuit at a share of slow calls
	// enforce (default), or observe: what would have been denied is counted and logged, and sent
	Mode string `yaml:"mode"`
}

// SlowCall opens a circuit at a share of attempts that take long, whether they succeed or fail. It
// has no effect unless both values are set.
type SlowCall struct {
	After time.Duration `yaml:"after"` // an attempt that takes longer is slow
	// opens at this share of slow attempts or more, 0 < r ≤ 1, once the window has min-calls;
	// negative: never
	Rate float64 `yaml:"rate"`
}

// Rate bounds how often the API is called. PerSecond and Burst are a token bucket that starts full.
type Rate struct {
	Enabled   Switch  `yaml:"enabled"`
	PerSecond float64 `yaml:"per-second"`
	Burst     int     `yaml:"burst"` // at least 1; a rate without a burst has a burst of 1
	// permits of the burst that are left unused, because the server counts requests as they arrive;
	// with a burst of 1, a response puts off the next permit instead; negative: none
	Reserve int `yaml:"reserve"`
	Cost    int `yaml:"cost"` // permits that a call takes; 1 if not set
	// name of a shared bucket that is used instead of one of the operation's own
	Bucket string   `yaml:"bucket"`
	Also   []string `yaml:"also"` // names of shared buckets that every call takes a permit from as well
	// whose quota it is: account (default), or application, shared by all its accounts; of a named
	// bucket, as it says itself
	Scope string `yaml:"scope"`
	// longest wait for the permits of all buckets together; beyond it the call fails at once. Not
	// set: see [Rate.Wait]
	MaxWait time.Duration `yaml:"max-wait"`
	// enforce (default), or observe: what would have been denied is counted and logged, and sent
	Mode    string  `yaml:"mode"`
	Learn   Switch  `yaml:"learn"`   // on: follow the rate that the server states in response headers
	Floor   float64 `yaml:"floor"`   // lowest rate learned, as a share of per-second
	Ceiling float64 `yaml:"ceiling"` // highest rate learned, as a multiple of per-second
}

// The modes of a rate and of a circuit.
const (
	ModeEnforce = "enforce"
	ModeObserve = "observe"
)

// The scopes of a rate, a circuit and a bulkhead.
const (
	ScopeAccount     = "account"
	ScopeApplication = "application"
	ScopeHost        = "host"
)

// Bulkhead bounds how many calls are in flight at a time, per (api, host).
type Bulkhead struct {
	Enabled Switch        `yaml:"enabled"`
	Max     int           `yaml:"max"`
	MaxWait time.Duration `yaml:"max-wait"` // longest wait for a place
	// whose calls max bounds: host (default), or account, each account's; those of all accounts
	// together are then bounded by the bulkhead of the API's defaults
	Scope string `yaml:"scope"`
}

// Hedge sends a second copy of a slow safe request and takes the first answer.
type Hedge struct {
	Enabled Switch        `yaml:"enabled"` // off unless a policy says on; ignored for operations that are not safe
	After   time.Duration `yaml:"after"`   // the wait before the copy
	Max     int           `yaml:"max"`     // most copies in addition to the first request
}

// Fallback says what replaces the failure of a safe operation that is due to the service.
type Fallback struct {
	Enabled Switch `yaml:"enabled"` // off: a failure is returned, whatever stale-if-error says
	// longest age of the last successful response to the same request, which is returned instead of
	// the failure; not set: none is kept
	StaleIfError time.Duration `yaml:"stale-if-error"`
}

// Redirects says how many redirects a call follows. They are followed only for safe operations and
// within the origin.
type Redirects struct {
	Max int `yaml:"max"` // 0 inherits, and the built-in default is none; -1: none
}

// Response bounds what is read of an answer.
type Response struct {
	MaxBytes int64 `yaml:"max-bytes"` // decoded size of a body that is not streamed
}

// Pagination says how the pages of a listing are walked. Paths are names in JSON with dots between
// them.
type Pagination struct {
	// token, offset (of the first item), page (its number), link (to the next page) or none
	Style   string `yaml:"style"`
	Request string `yaml:"request"` // the parameter, or the path of the body member, that selects the page
	// path of the next token or link in the answer; of the count of all items (offset), of true
	// while pages follow (offset, page)
	Response string `yaml:"response"`
	// path of the items in the answer; empty: the answer itself if it is an array
	Items string `yaml:"items"`
	// the parameter, or the path of the body member, that says how many items a page has
	Size string `yaml:"size"`
	// same (default): repeat the arguments; token-only: query and body hold nothing but the token
	Rule string `yaml:"rule"`
	// what requests for further pages send in addition to the token: [QueryType=NEXT_TOKEN]
	With []string      `yaml:"with"`
	TTL  time.Duration `yaml:"ttl"` // how long a token lives; 0: unknown
}

// Auth says which credential an operation takes. It creates the security requirement of an
// operation for which the document declares none.
type Auth struct {
	Kind     string   `yaml:"kind"`     // a word the credential understands: grantless, restricted …; or none
	Scope    string   `yaml:"scope"`    // the scope of the token
	Elements []string `yaml:"elements"` // data elements that the token must grant
	Scheme   string   `yaml:"scheme"`   // security scheme of the document, or the name for that of header
	Header   string   `yaml:"header"`   // request header of the token, if the document has no scheme for it
}

// Success says when a 2xx answer is a failure after all, wholly or in some of its items. Paths are
// names in JSON with dots between them.
type Success struct {
	Field  string   `yaml:"field"`  // path of a member of the JSON answer: status
	Fail   []string `yaml:"fail"`   // its values that mean failure, or those of the status of an item: [INVALID]
	Errors string   `yaml:"errors"` // path of an array that means failure unless it is empty or absent: errors

	// path of the array that has an entry for each item of a batch: responses; "." is the answer
	// itself
	Items string `yaml:"items"`
	// path of an item's status in the item: status.statusCode; it failed if that is a number
	// outside 2xx or in fail
	Status string `yaml:"status"`
	// path of an item's error, or list of errors, in the item: it failed if there is any; without
	// items, in an answer that field makes a failure
	Error string `yaml:"error"`
	// path of the array of items in the request, in the order of the response's, so that throttled
	// items are sent again alone; "." is the body itself
	Request string `yaml:"request"`
}

// Transport has the settings of the connection pool of an API. Most are those of
// [net/http.Transport].
type Transport struct {
	MaxIdle     int           `yaml:"max-idle"`     // idle connections kept per host; see Sized
	MaxConns    int           `yaml:"max-conns"`    // connections per host; further calls wait; see Sized
	IdleTimeout time.Duration `yaml:"idle-timeout"` // an idle connection is closed after this
	DialTimeout time.Duration `yaml:"dial-timeout"`
	TLSTimeout  time.Duration `yaml:"tls-timeout"`
	// a connection is closed between two requests when it has been in use for this time, so that
	// changes of DNS are seen; jittered
	MaxAge      time.Duration `yaml:"max-age"`
	Ping        time.Duration `yaml:"ping"`         // silence on an HTTP/2 connection after which it is pinged
	PingTimeout time.Duration `yaml:"ping-timeout"` // an HTTP/2 connection without an answer to a ping is closed
}
