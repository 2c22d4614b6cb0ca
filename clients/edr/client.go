package edr

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	api "github.com/resgen/resgen/generated/edr"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Config configures a [Client]. Username, Password and CredentialID must be set, and either Store
// or Key. Secrets are neither printed by fmt nor part of the JSON.
type Config struct {
	Username     string      `json:"-"`
	Password     auth.Secret `json:"-"`
	CredentialID auth.Secret `json:"-"` // id of the account's second factor, a phone that receives codes
	// for automated clients with a token issued by the vendor; empty: not sent
	BotToken auth.Secret `json:"-"`

	// Account names the account in quotas, circuits and logs. It is not secret. Empty means a short
	// hash of user name and credential id.
	Account string

	BaseURLs  BaseURLs // overrides the real hosts, for example for tests or a proxy
	AllowHTTP bool     // allow plain http to hosts other than this one, where others can read secrets

	// Store keeps the session. Nil means an encrypted file: [NewFile] with File and Key.
	Store Store `json:"-"`
	// created with its folder if missing; empty: resgen/edr-ACCOUNT.session in the user's
	// configuration folder
	File string
	Key  Key `json:"-"` // encrypts the file

	// Runtime holds connections, circuits and quotas. If it is nil, the client creates one and
	// closes it in Close.
	Runtime *resilience.Runtime `json:"-"`

	// Headers replace those of every request, for example User-Agent and Accept-Language: the bot
	// protection may refuse the default User-Agent, which names resgen. Nil adds none.
	Headers http.Header

	// Transport sends all requests instead of the runtime's connection pool. Nil means the pool.
	Transport http.RoundTripper `json:"-"`

	// nil: the runtime's logger; also logs failures to save the session, by default to slog.Default
	Logger *slog.Logger `json:"-"`
	// more options of the generated client, except for credentials and servers
	Options []resilience.Option `json:"-"`
}

// BaseURLs holds the URLs of the three hosts. Empty ones mean the real host.
type BaseURLs struct {
	Login           string // sign-in host
	Portal          string // portal host
	EventManagement string // application, including its path
}

// The real hosts.
const (
	LoginURL           = "https://retaillink.login.wal-mart.com"
	PortalURL          = "https://retaillink2.wal-mart.com"
	EventManagementURL = "https://retaillink2.wal-mart.com/EventManagement"
)

// Format prints the account and nothing else for any verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "EDR account %s", c.account()) }

func (c Config) account() string {
	if c.Account != "" {
		return c.Account
	}
	return "edr-" + auth.Fingerprint(c.Username, c.CredentialID.Reveal())
}

// check returns all errors joined.
func (c Config) check() error {
	var problems []error
	for _, f := range []struct{ name, value string }{
		{"Username", c.Username}, {"Password", c.Password.Reveal()}, {"CredentialID", c.CredentialID.Reveal()},
	} {
		if f.value == "" {
			problems = append(problems, fmt.Errorf("%s is empty", f.name))
		}
	}
	if c.Store == nil && c.Key.isZero() {
		problems = append(
			problems,
			errors.New("neither Store nor Key is set; set Key for an encrypted file, by NewKey or Passphrase"),
		)
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("EDR account: %w", err)
	}
	return nil
}

// store returns the store. An encrypted one is bound to the account.
func (c Config) store() (Store, error) {
	store := c.Store
	if store == nil {
		var err error
		if store, err = c.fileStore(); err != nil {
			return nil, err
		}
	}
	if s, ok := store.(*sealedStore); ok {
		return s.of(c.account()), nil
	}
	return store, nil
}

// fileStore returns the store in File or the default file. It creates their folder.
func (c Config) fileStore() (Store, error) {
	file := c.File
	if file == "" {
		folder, err := os.UserConfigDir()
		if err != nil {
			return nil, fmt.Errorf("no folder for the session file; set File: %w", err)
		}
		file = filepath.Join(
			folder,
			"resgen",
			"edr-"+url.PathEscape(strings.TrimPrefix(c.account(), "edr-"))+".session",
		)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	return NewFile(file, c.Key), nil
}

// urls parses the base URLs, with defaults for empty ones.
func (c Config) urls() (u urls, err error) {
	b := c.BaseURLs
	for _, f := range []struct {
		name, text, real string
		to               **url.URL
	}{
		{"Login", b.Login, LoginURL, &u.login}, {"Portal", b.Portal, PortalURL, &u.portal},
		{"EventManagement", b.EventManagement, EventManagementURL, &u.events},
	} {
		if f.text == "" {
			f.text = f.real
		}
		parsed, bad := url.Parse(f.text)
		if bad != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
			err = errors.Join(
				err,
				fmt.Errorf("BaseURLs.%s is not a URL; leave it empty or use one like %s", f.name, f.real),
			)
			continue
		}
		if !c.AllowHTTP && !auth.Confidential(parsed) {
			err = errors.Join(err, fmt.Errorf("BaseURLs.%s is plain http; use https, or set AllowHTTP", f.name))
		}
		*f.to = parsed
	}
	return u, err
}

// urls are the parsed base URLs.
type urls struct{ login, portal, events *url.URL }

// A Client calls the API for one account. It is safe for concurrent use. fmt prints only the
// account.
type Client struct {
	config  Config
	urls    urls
	runtime *resilience.Runtime
	own     bool
	api     *api.Client // signed with the token
	steps   *api.Client // sign-in operations, signed with cookies only
	session *session
	signing chan struct{} // full while a sign-in is in progress
}

// New returns a client. Nothing is sent or read from the store before the first call. The error
// names every invalid field.
func New(c Config) (*Client, error) {
	u, err := c.urls()
	if err := errors.Join(c.check(), err); err != nil {
		return nil, err
	}
	store, err := c.store()
	if err != nil {
		return nil, err
	}
	cl := &Client{config: c, urls: u, runtime: c.Runtime, signing: make(chan struct{}, 1)}
	cl.session = newSession(store, c.account(), c.Logger)
	cl.session.exchange = cl.exchange
	if cl.runtime == nil {
		cl.runtime, cl.own = resilience.NewRuntime(resilience.WithRuntimeLogger(c.Logger)), true
	}
	if err := cl.connect(); err != nil {
		return nil, errors.Join(err, cl.Close())
	}
	return cl, nil
}

// Format prints the account and nothing else for any verb.
func (c *Client) Format(f fmt.State, verb rune) { c.config.Format(f, verb) }

// connect creates the two generated clients. The sign-in client uses a separate account, so that
// rates of the account's calls do not delay the request for a token. Nor does their bulkhead, which
// belongs to the host: the policy of that request has none.
func (c *Client) connect() (err error) {
	shared := []resilience.Option{
		resilience.WithRuntime(c.runtime), resilience.WithMiddleware(c.browse), resilience.WithLogger(c.config.Logger),
		resilience.WithBaseURL(c.urls.events.String()), resilience.WithServer("Login", c.urls.login.String()),
		resilience.WithServer("Portal", c.urls.portal.String()),
	}
	if c.config.AllowHTTP {
		shared = append(shared, resilience.WithPlainHTTP())
	}
	if c.config.Transport != nil {
		shared = append(shared, resilience.WithTransport(c.config.Transport))
	}
	shared = append(shared, c.config.Options...)
	account := c.config.account()
	if c.api, err = api.New(with(
		shared, resilience.WithCredential(c.credential(), "bearer"),
		resilience.WithCredential(byCookies(account), "sessionCookie"),
	)...); err != nil {
		return err
	}
	c.steps, err = api.New(with(shared, resilience.WithCredential(byCookies(account+" sign-in")))...)
	return err
}

func with(shared []resilience.Option, more ...resilience.Option) []resilience.Option {
	return append(shared[:len(shared):len(shared)], more...)
}

// API returns the generated client, signed in like this one, for operations that this package does
// not wrap. Its errors are not converted to those of this package. Do not use its sign-in
// operations.
func (c *Client) API() *api.Client { return c.api }

// Close saves the session if its cookies have changed, and closes the runtime unless Config.Runtime
// was set. Later calls fail. The error is that of saving.
func (c *Client) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	err := c.session.flush(ctx)
	if c.own {
		err = errors.Join(err, c.runtime.Close())
	}
	return err
}
