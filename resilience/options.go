package resilience

// This file contains the options of New and of single calls. Their values are checked in caller.go
// and call.go.

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// An Option configures a client. Generated New functions and [NewCaller] take options and return an
// error for invalid ones.
type Option func(*settings)

// settings holds the values that options set.
type settings struct {
	baseURL    string
	servers    map[string]string
	variables  map[string]string
	runtime    *Runtime
	signers    []signer
	anonymous  bool
	transport  http.RoundTripper
	logger     *slog.Logger
	userAgent  string
	config     *policy.Config
	middleware []Middleware
	fallbacks  map[string]Fallback
	retryWhen  func(Failure) bool
	cost       func(Charge) int
	cookies    bool
	plaintext  bool
	strict     bool
	logged     Logged
	unchecked  bool
}

// put sets an entry of a map, which most clients do not need and is made for its first entry.
func put[V any](m *map[string]V, key string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = v
}

// WithBaseURL sets the URL to which all operations are sent: it replaces scheme, host and base path
// of every server of the API's description, also of servers that single operations have. A relative
// URL of an operation's server is resolved against it. [WithServer] makes exceptions.
func WithBaseURL(url string) Option { return func(s *settings) { s.baseURL = url } }

// WithServer sets the URL of the server with the given name in the API's description. It takes
// precedence over [WithBaseURL].
func WithServer(name, url string) Option { return func(s *settings) { put(&s.servers, name, url) } }

// WithServerVariable sets a variable in the URLs of servers, for example the region.
func WithServerVariable(name, value string) Option {
	return func(s *settings) { put(&s.variables, name, value) }
}

// WithRuntime makes the client share connections, circuits, quotas and budgets with all other
// clients of the same runtime. The default is a separate runtime. Closing the client does not close
// a shared runtime.
func WithRuntime(r *Runtime) Option { return func(s *settings) { s.runtime = r } }

// WithCredential makes the client sign its requests. Without schemes, the credential is used for
// all security schemes of the API; otherwise only for the schemes with the given names in the
// document, so that an API with several schemes can have a credential for each.
func WithCredential(c Credential, schemes ...string) Option {
	return func(s *settings) { s.signers = append(s.signers, signer{credential: c, schemes: schemes}) }
}

// WithoutCredential allows a client without credentials for an API that requires them: for test
// servers, and if a proxy or a custom transport signs requests. It also allows a credential for an
// API of which no operation takes one, which only names the account then.
func WithoutCredential() Option { return func(s *settings) { s.anonymous = true } }

// WithPlainHTTP allows the client to send credentials over plain http, where others can read them.
// Without it, New and every call fail instead. Servers on this machine, and names below test, which
// exist in tests only, need no permission.
func WithPlainHTTP() Option { return func(s *settings) { s.plaintext = true } }

// WithTransport sends requests through t instead of the runtime's connection pool. Closing the
// client does not close t. t must not send requests again by itself; only the retries of net/http
// are switched on and off according to the policy.
func WithTransport(t http.RoundTripper) Option { return func(s *settings) { s.transport = t } }

// WithLogger sets the client's logger. It logs one line for each call that fails or is answered by
// a fallback: at WARN if the request may have been applied or the service is at fault, and at INFO
// if it was refused; see [WithLogged] and [WithLogAttrs]. Of the calls of an operation that an open
// circuit, a full bulkhead, a rate limit or a sign-in that is down denies, clients with the same
// configuration log one of each kind every 10 s. The client logs at WARN when a response differs
// from the document, and at DEBUG for each attempt and retry. The default is the runtime's logger,
// which also logs changes of circuits; see [WithRuntimeLogger].
func WithLogger(l *slog.Logger) Option { return func(s *settings) { s.logger = l } }

// WithConfig overrides policy values of the generated code for this client. Values set by
// [Runtime.Apply] take precedence. c must not be changed afterwards: clients of a runtime that have
// the same one share their policies.
func WithConfig(c *policy.Config) Option { return func(s *settings) { s.config = c } }

// WithUserAgent sets the User-Agent header. The default names resgen and the API.
func WithUserAgent(agent string) Option { return func(s *settings) { s.userAgent = agent } }

// WithMiddleware wraps each attempt in round trippers, the first outermost. See [Middleware].
func WithMiddleware(m ...Middleware) Option {
	return func(s *settings) { s.middleware = append(s.middleware, m...) }
}

// WithFallback sets the fallback for failures of an operation. Its result must have the type that
// calls of the operation return; if the descriptor of the operation does not show the type, calls
// with a wrong fallback fail with [KindInvalidRequest] before anything is sent.
func WithFallback(operationID string, f Fallback) Option {
	return func(s *settings) { put(&s.fallbacks, operationID, f) }
}

// WithValidation says whether requests are checked against the constraints of the document before
// they are sent. It is the default for clients that were generated with validate: true, and has no
// effect on others. Switch it off if the server accepts what its document does not.
func WithValidation(on bool) Option { return func(s *settings) { s.unchecked = !on } }

// WithCookies makes the client keep cookies that servers set and send them back. The runtime has
// one cookie jar for each API and credential. This is the default if the document has a security
// scheme in a cookie.
func WithCookies() Option { return func(s *settings) { s.cookies = true } }

// WithStrictAnswers makes a response fail with [KindContract] if a value in it has another type
// than the document declares, is none of the types of its union, is null although the document does
// not allow that, or if a required member is missing. By default such a response is decoded as far
// as possible, keeps the original values (see [wire.Unknown] and [wire.Union]) and is reported to
// the log and to observers.
func WithStrictAnswers() Option { return func(s *settings) { s.strict = true } }

// A CallOption configures one call. Invalid options make the call fail with [KindInvalidRequest]
// before anything is sent.
type CallOption func(*callSettings)

// callSettings holds the values that call options set.
type callSettings struct {
	headers  []parameter
	query    []parameter
	body     *rawBody
	timeout  time.Duration
	timed    bool
	attempts int
	limited  bool
	key      string
	keyed    bool
	fallback *Fallback
	info     *Info

	walk    walkSettings
	walking bool      // the call requests a page
	sendBy  time.Time // when the page's token expires, after which nothing is sent; zero: never
	bare    bool      // query and body contain only what the input has, required or not
	link    *url.URL  // path and query of the page; nil if the arguments determine them
}

// noSettings are the settings of all calls without options. Nothing changes them.
var noSettings callSettings

// settingsOf returns the settings that options set.
func settingsOf(opts []CallOption) *callSettings {
	if len(opts) == 0 {
		return &noSettings
	}
	set := new(callSettings)
	for _, o := range opts {
		o(set)
	}
	return set
}

// walkSettings holds the options of an iteration.
type walkSettings struct {
	cursor   *Cursor
	empty    int // most empty pages in a row
	bounded  bool
	restarts int
	again    func()
	option   string // name of the last option, for the error of other calls
}

// parameter is a header or a query parameter of a call option.
type parameter struct{ name, value string }

// WithHeader sets a request header for this call and replaces the one that the client would send.
// It does not make an operation repeatable.
func WithHeader(name, value string) CallOption {
	return func(s *callSettings) { s.headers = append(s.headers, parameter{name, value}) }
}

// WithQuery adds a query parameter to this call. It replaces what the operation would send under
// the same name, also in the link to a page; the values of several options with one name are all
// sent, in their order.
func WithQuery(name, value string) CallOption {
	return func(s *callSettings) { s.query = append(s.query, parameter{name, value}) }
}

// WithBody sends a body of another media type than the method does, for example XML, instead of the
// method's argument. All attempts send the same bytes.
func WithBody(mediaType string, body []byte) CallOption {
	return func(s *callSettings) { s.body = &rawBody{mediaType, body} }
}

// rawBody is the body of an option.
type rawBody struct {
	media string
	data  []byte
}

// WithTimeout bounds the duration of the call with all its attempts and waits. It replaces the
// policy's overall timeout and must be greater than 0. Like a deadline of the context, exceeding it
// does not count as a failure of the server.
func WithTimeout(d time.Duration) CallOption {
	return func(s *callSettings) { s.timeout, s.timed = d, true }
}

// WithAttempts sets the maximum number of attempts of the call including the first, from 1 to 100.
// With 1, at most one request is sent under all circumstances.
func WithAttempts(n int) CallOption {
	return func(s *callSettings) { s.attempts, s.limited = n, true }
}

// WithIdempotencyKey sets the idempotency key of this call. The default for a keyed operation is a
// random key. A program that may make the same call again after a crash should store the key and
// set it here. For other operations the key is sent but does not allow more retries.
func WithIdempotencyKey(key string) CallOption {
	return func(s *callSettings) { s.key, s.keyed = key, true }
}

// WithCallFallback sets the fallback for this call, which replaces the client's fallback for the
// operation.
func WithCallFallback(f Fallback) CallOption { return func(s *callSettings) { s.fallback = &f } }

// WithInfo fills in info when the call ends, whether it succeeds or fails.
func WithInfo(info *Info) CallOption { return func(s *callSettings) { s.info = info } }

// Fallback makes the result of a call that failed because of the service: open circuit, throttling,
// timeout, broken connection, 5xx, a sign-in that is unavailable, or a response that does not match
// the document. It is not used for other failures: a 4xx response, a 2xx that is a failure by the
// policy, a canceled call, or an invalid request. A result of a fallback is counted as degraded;
// see [Info]. The zero Fallback makes no result.
type Fallback struct {
	answer func(ctx context.Context, e *Error) (any, error)
	maxAge time.Duration // of a kept response; 0: not FallbackLastGood
	makes  makes
}

// FallbackValue returns a fallback with a fixed result. All calls share v, which must not be
// changed.
func FallbackValue[T any](v T) Fallback {
	return Fallback{answer: func(context.Context, *Error) (any, error) { return v, nil }, makes: makesOf[T](v)}
}

// FallbackFunc returns a fallback with the result of f. If f returns an error, the call returns its
// own error.
func FallbackFunc[T any](f func(ctx context.Context, e *Error) (T, error)) Fallback {
	made := makes{value: reflect.TypeFor[T]()}
	if made.value.Kind() == reflect.Interface {
		made = makes{} // known after the call
	}
	return Fallback{answer: func(ctx context.Context, e *Error) (any, error) { return f(ctx, e) }, makes: made}
}

// FallbackLastGood returns a fallback with the last successful response to the same request that is
// not older than maxAge, which must be more than 0. A response is dropped when the server refuses
// the same request, and when another operation of the client, which is not safe, may have changed
// what is at the URL without its query. Cache-Control is not considered. Each client keeps up to
// 256 responses of up to 1 MiB, and all clients of a runtime together the latest of up to 64 MiB.
// An operation with fallback.stale-if-error in its policy has such a fallback unless the client has
// another one.
func FallbackLastGood(maxAge time.Duration) Fallback { return Fallback{maxAge: maxAge} }
