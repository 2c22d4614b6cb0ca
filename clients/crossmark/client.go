package crossmark

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	api "github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Production is the base URL of the application.
const Production = "https://crossmark.mvretail.com"

// Config configures a [Client]. UserID and Password must be set. The password is neither printed by
// fmt nor part of the JSON.
type Config struct {
	UserID   string
	Password auth.Secret `json:"-"`
	Timezone string      // IANA name sent at sign-in; empty: America/Indianapolis

	// Account names the user in circuits, quotas and logs. It is not secret. Empty means a short
	// hash of the user id.
	Account string

	// Zone is the time zone of the stores, used to write bookings and to read schedule dates. Nil
	// means [Stores].
	Zone *time.Location `json:"-"`

	BaseURL   string // empty: [Production]
	AllowHTTP bool   // allow plain http to hosts other than this one, where others can read the password

	// Runtime holds connections and circuits. If it is nil, the client creates one and closes it in
	// Close.
	Runtime *resilience.Runtime `json:"-"`

	// Transport sends all requests, including sign-in, instead of the runtime's connection pool. If
	// it is nil, the pool is used, and for sign-in a transport that takes proxies from the
	// environment.
	Transport http.RoundTripper `json:"-"`

	// Logger receives the logs of the client and of a runtime that it creates. If it is nil, the
	// runtime's logger is used, by default slog.Default.
	Logger *slog.Logger `json:"-"`

	// SecretStore shares the session with other processes that use the same Account and BaseURL.
	// Nil means that each process signs in for itself.
	SecretStore auth.SecretStore `json:"-"`

	// Settle is how long a booking may still appear after a lost response; [Client.Schedule] does
	// not retry earlier. 0 means 60 s, twice the application's time limit for a request.
	Settle time.Duration
}

// Format prints the account and nothing else for any verb.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "Crossmark account %s", c.account())
}

// A Client calls the application as one user. It is safe for concurrent use.
type Client struct {
	api        *api.Client
	signIn     *signIn
	credential *auth.Token
	runtime    *resilience.Runtime
	own        bool
	options    []resilience.Option
	zone       *time.Location
	settle     time.Duration

	mu      sync.Mutex
	booking map[string]bool // work items with a booking in progress
}

// New returns a client. The first call signs in; nothing is sent earlier. The error names every
// invalid field.
func New(c Config) (*Client, error) {
	base, err := c.check()
	if err != nil {
		return nil, err
	}
	k := &Client{runtime: c.Runtime, zone: c.Zone, settle: c.Settle, booking: map[string]bool{}}
	if k.zone == nil {
		k.zone = Stores()
	}
	if k.settle <= 0 {
		k.settle = defaultSettle
	}
	if k.runtime == nil {
		k.runtime, k.own = resilience.NewRuntime(resilience.WithRuntimeLogger(c.Logger)), true
	}
	k.signIn = newSignIn(c, base)
	k.credential = newCredential(c, base, k.signIn)
	k.options = []resilience.Option{
		resilience.WithRuntime(k.runtime),
		resilience.WithCredential(k.credential),
		resilience.WithBaseURL(base.String()),
		resilience.WithMiddleware(asBrowser(base)),
	}
	if c.AllowHTTP {
		k.options = append(k.options, resilience.WithPlainHTTP())
	}
	if c.Transport != nil {
		k.options = append(k.options, resilience.WithTransport(c.Transport))
	}
	if c.Logger != nil {
		k.options = append(k.options, resilience.WithLogger(c.Logger))
	}
	if k.api, err = api.New(k.options...); err != nil {
		return nil, errors.Join(err, k.closeRuntime())
	}
	return k, nil
}

// check returns the base URL without a trailing slash, or all errors joined.
func (c Config) check() (*url.URL, error) {
	var problems []error
	if c.UserID == "" {
		problems = append(problems, errors.New("the user id is empty; set UserID"))
	}
	if c.Password.IsZero() {
		problems = append(problems, errors.New("the password is empty; set Password"))
	}
	text := c.BaseURL
	if text == "" {
		text = Production
	}
	base, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.User != nil ||
		base.RawQuery != "" {
		problems = append(problems, errors.New("BaseURL is not a URL; leave it empty or use one like "+Production))
	} else if !c.AllowHTTP && !auth.Confidential(base) {
		problems = append(problems, errors.New("BaseURL is plain http; use https, or set AllowHTTP"))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("sign-in to Crossmark: %w", err)
	}
	return base, nil
}

func (c Config) account() string {
	if c.Account != "" {
		return c.Account
	}
	return "crossmark-" + auth.Fingerprint(c.UserID)
}

// API returns the generated client with all operations of the application, signed with this
// client's session. Its Login opens a separate session and is not needed.
func (c *Client) API() *api.Client { return c.api }

// Options returns the options with which another generated client shares this client's session,
// connections and circuit. Options that follow them take precedence.
func (c *Client) Options() []resilience.Option { return append([]resilience.Option(nil), c.options...) }

// Zone returns the time zone of the stores.
func (c *Client) Zone() *time.Location { return c.zone }

// SignOut ends the session if this client has ever opened one, also for other processes that share
// it, which then sign in again. A redirect to the login page and a response that the session is
// already closed count as success. The next call signs in again.
func (c *Client) SignOut(ctx context.Context) error {
	if !c.signIn.opened.Load() {
		return nil
	}
	err := c.api.Logout(ctx)
	var f *resilience.Error
	if errors.As(err, &f) && (f.Status/100 == 3 || f.Status == http.StatusUnauthorized) {
		return nil
	}
	return err
}

// Close closes the client, and its runtime unless Config.Runtime was set. Later calls fail. The
// session is left to expire; see [Client.SignOut].
func (c *Client) Close() error { return errors.Join(c.api.Close(), c.closeRuntime()) }

func (c *Client) closeRuntime() error {
	if c.own {
		return c.runtime.Close()
	}
	return nil
}

// asBrowser adds the headers that the web pages send and that depend on the server's address:
// Referer, and Origin for multipart forms. Whether the server checks them is unknown.
func asBrowser(base *url.URL) resilience.Middleware {
	origin := originOf(base)
	return func(next http.RoundTripper) http.RoundTripper {
		return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			switch path := strings.TrimPrefix(r.URL.Path, base.Path); {
			case strings.HasPrefix(path, "/planningextcontroller/"):
				setDefault(r.Header, "Referer", base.String()+"/planning/")
			case strings.HasPrefix(path, "/schedulingcontroller/"):
				setDefault(r.Header, "Origin", origin)
				setDefault(r.Header, "Referer", base.String()+"/scheduling/hourly/")
			}
			return next.RoundTrip(r)
		})
	}
}

// setDefault sets a header unless the caller has set it.
func setDefault(h http.Header, name, value string) {
	if h.Get(name) == "" {
		h.Set(name, value)
	}
}

func originOf(base *url.URL) string { return base.Scheme + "://" + base.Host }
