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

// Production is the application's base URL.
const Production = "https://crossmark.mvretail.com"

// Config says who signs in and where. UserID and Password must be set. The password is not printed
// by fmt and not part of its JSON.
type Config struct {
	UserID   string
	Password string `json:"-"`
	Timezone string // IANA name that sign-in is told; empty: America/Indianapolis

	// Account names the user in circuits, quotas and logs. It is no secret. Empty: a short hash of
	// the user id.
	Account string

	// Zone is the zone of the stores, in which bookings are written and schedule dates are read.
	// Nil: [Stores].
	Zone *time.Location `json:"-"`

	BaseURL string // empty: [Production]

	// Runtime holds connections and circuits. Nil: one of its own, closed with the client.
	Runtime *resilience.Runtime `json:"-"`

	// Transport sends all requests, those of sign-in included, in place of the runtime's connection
	// pool. Nil: the pool, and for sign-in one that takes proxies from the environment.
	Transport http.RoundTripper `json:"-"`

	// Logger is where the client, and a runtime of its own, tell what they do. Nil: the runtime's,
	// which is slog's default.
	Logger *slog.Logger `json:"-"`

	// Settle is how long after a lost answer a booking may still appear; [Client.Schedule] repeats
	// nothing earlier. 0: 60 s, which is twice the time that the application is given for a
	// request.
	Settle time.Duration
}

// Format prints the account and nothing else, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "Crossmark account %s", c.account())
}

// A Client is the application as one user sees it. It is safe for concurrent use.
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
	booking map[string]bool // work items that a booking is under way for
}

// New returns a client. Nothing is sent before the first call, which signs in. Errors name every
// field that is wrong.
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

// check returns the base URL without a slash at its end, or all mistakes together.
func (c Config) check() (*url.URL, error) {
	var problems []error
	if c.UserID == "" {
		problems = append(problems, errors.New("the user id is empty; set UserID"))
	}
	if c.Password == "" {
		problems = append(problems, errors.New("the password is empty; set Password"))
	}
	text := c.BaseURL
	if text == "" {
		text = Production
	}
	base, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.User != nil ||
		base.RawQuery != "" {
		problems = append(problems, errors.New("BaseURL is no URL; leave it empty or give one like "+Production))
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

// API returns the generated client: all operations of the application, signed in with this client's
// session. Its Login opens a session of its own and is not needed.
func (c *Client) API() *api.Client { return c.api }

// Options returns what New of a generated client needs to share this client's session, connections
// and circuit. Options that follow them win.
func (c *Client) Options() []resilience.Option { return append([]resilience.Option(nil), c.options...) }

// Zone returns the zone of the stores.
func (c *Client) Zone() *time.Location { return c.zone }

// SignOut ends the session, if there ever was one. A redirect to the login page, and being told
// that there is no session, are as good as a plain success. The next call signs in again.
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

// Close closes the client, and its runtime unless it was given one. Calls fail after it. The
// session is left to expire; see [Client.SignOut].
func (c *Client) Close() error { return errors.Join(c.api.Close(), c.closeRuntime()) }

func (c *Client) closeRuntime() error {
	if c.own {
		return c.runtime.Close()
	}
	return nil
}

// asBrowser adds the headers that the web pages send and whose values depend on the server:
// Referer, and Origin where pages post forms with parts. Whether the server looks at them is
// unknown.
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

// setDefault sets a header that the caller has not set.
func setDefault(h http.Header, name, value string) {
	if h.Get(name) == "" {
		h.Set(name, value)
	}
}

func originOf(base *url.URL) string { return base.Scheme + "://" + base.Host }
