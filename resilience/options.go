// This file has the options of New and of single calls. What they set is checked in caller.go and call.go.

package resilience

import (
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// An Option settles something about a client; generated New functions and [NewCaller] take them. Mistakes in options are errors of New.
type Option func(*settings)

// settings is what options set.
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
	cookies    bool
	strict     bool
}

// WithBaseURL sets the URL that the API's default server has: that of all operations that do not name a server of their own.
func WithBaseURL(url string) Option { return func(s *settings) { s.baseURL = url } }

// WithServer sets the URL of the server that the API's description calls by this name.
func WithServer(name, url string) Option { return func(s *settings) { s.servers[name] = url } }

// WithServerVariable sets a variable in the URLs of servers: the region, the version.
func WithServerVariable(name, value string) Option {
	return func(s *settings) { s.variables[name] = value }
}

// WithRuntime makes the client share connections, circuits, quotas and budgets with all other clients of the same runtime.
// Without it the client has a runtime of its own. Closing the client does not close a shared runtime.
func WithRuntime(r *Runtime) Option { return func(s *settings) { s.runtime = r } }

// WithCredential makes the client sign its requests. Without schemes the credential signs whatever the API asks for;
// with schemes only those, by their names in the document, so that an API with several can have a credential for each.
func WithCredential(c Credential, schemes ...string) Option {
	return func(s *settings) { s.signers = append(s.signers, signer{credential: c, schemes: schemes}) }
}

// WithoutCredential makes a client of an API that wants credentials without any: for stand-ins, and where a proxy or a transport of
// one's own signs.
func WithoutCredential() Option { return func(s *settings) { s.anonymous = true } }

// WithTransport sends requests through a round tripper of the caller's instead of the runtime's connection pool. It is not closed with
// the client. Whether a request may be sent twice is then that round tripper's matter as well: net/http's repeats are still switched on and
// off as the policy says.
func WithTransport(t http.RoundTripper) Option { return func(s *settings) { s.transport = t } }

// WithLogger sets where the client tells what it does: WARN when a circuit changes or an answer drifts from the document, INFO when a call fails for good, DEBUG for each repeat.
// The default is the runtime's logger.
func WithLogger(l *slog.Logger) Option { return func(s *settings) { s.logger = l } }

// WithConfig puts policy values over those of the generated code, for this client alone. What [Runtime.Apply] sets is stronger.
func WithConfig(c *policy.Config) Option { return func(s *settings) { s.config = c } }

// WithUserAgent sets the User-Agent header. The default names the API and resgen.
func WithUserAgent(agent string) Option { return func(s *settings) { s.userAgent = agent } }

// WithMiddleware puts round trippers around each attempt, the first outermost. See [Middleware].
func WithMiddleware(m ...Middleware) Option {
	return func(s *settings) { s.middleware = append(s.middleware, m...) }
}

// WithFallback sets what answers in place of an operation that failed for good.
func WithFallback(operationID string, f Fallback) Option {
	return func(s *settings) { s.fallbacks[operationID] = f }
}

// WithCookies makes the client keep the cookies that servers set and send them back, one jar for each API and account of the runtime. It is on by
// itself where the document has a security scheme in a cookie.
func WithCookies() Option { return func(s *settings) { s.cookies = true } }

// WithStrictAnswers makes an answer a failure of [KindContract] if a value in it is not of the type that the document declares, null where
// the document has none, or if a member is missing that the document requires. Without it such an answer is read as far as it goes, keeps all
// that was sent (see [wire.Unknown]), and is told to the log and to observers.
func WithStrictAnswers() Option { return func(s *settings) { s.strict = true } }

// A CallOption settles something about one call. Mistakes in call options are errors of the call, with [KindInvalidRequest]; nothing is sent then.
type CallOption func(*callSettings)

// callSettings is what call options set.
type callSettings struct {
	headers  []header
	timeout  time.Duration
	timed    bool
	attempts int
	limited  bool
	key      string
	keyed    bool
	fallback *Fallback
	info     *Info

	walk    walkSettings
	walking bool      // the call asks for a page
	sendBy  time.Time // when the page's token ends to be of use: no request follows; zero: never
	bare    bool      // query and body hold nothing but what the input has, required or not
	link    *url.URL  // path and query of the page, in place of those that the arguments make; nil: those
}

type header struct{ name, value string }

// WithHeader sets a request header for this call, in place of one that the client would send. It makes no operation repeatable.
func WithHeader(name, value string) CallOption {
	return func(s *callSettings) { s.headers = append(s.headers, header{name, value}) }
}

// WithTimeout bounds the call, all attempts and waits together, in place of the policy's overall timeout. It must be more than 0.
// Like a deadline of the context it is the caller's own: running into it says nothing about the server's health.
func WithTimeout(d time.Duration) CallOption {
	return func(s *callSettings) { s.timeout, s.timed = d, true }
}

// WithAttempts sets the most attempts of the call, the first included, 1 to 100. 1 means one request on the wire whatever happens.
func WithAttempts(n int) CallOption {
	return func(s *callSettings) { s.attempts, s.limited = n, true }
}

// WithIdempotencyKey sets the key of this call. Without it a keyed operation gets a random one. Whoever may make the same call again
// after a crash keeps the key and gives it here. On an operation that is not keyed the key is sent, but repeats stay as they are.
func WithIdempotencyKey(key string) CallOption {
	return func(s *callSettings) { s.key, s.keyed = key, true }
}

// WithCallFallback sets what answers if this call fails for good, in place of the client's fallback for the operation.
func WithCallFallback(f Fallback) CallOption { return func(s *callSettings) { s.fallback = &f } }

// WithInfo fills info when the call ends, successfully or not.
func WithInfo(info *Info) CallOption { return func(s *callSettings) { s.info = info } }
