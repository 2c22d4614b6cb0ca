package spapi

// This file signs requests: which token an operation requires, where tokens come from, and which
// responses mean that a token has expired.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// TokenEndpoint is the token endpoint of Login with Amazon for all regions.
const TokenEndpoint = "https://api.amazon.com/auth/o2/token"

// LWA configures sign-in with Login with Amazon. ClientID and ClientSecret must be set. Secrets are
// neither printed by fmt nor part of the JSON.
type LWA struct {
	ClientID     string
	ClientSecret auth.Secret `json:"-"`
	RefreshToken auth.Secret `json:"-"` // of the selling partner; empty: only grantless operations can be called

	// Account names the selling partner in quotas, circuits and logs, together with the
	// application: two applications of a selling partner share no quota. It is not secret. Empty
	// means a short hash of client id and refresh token.
	Account string

	// TokenStore keeps refresh tokens that are issued in place of RefreshToken. Nil means that they
	// are used until the end of the process.
	TokenStore auth.TokenStore `json:"-"`

	// SecretStore shares access tokens, restricted data tokens and, unless TokenStore is set,
	// refresh tokens with other processes of the same application and account. Nil means that each
	// process requests its own.
	SecretStore auth.SecretStore `json:"-"`

	Endpoint  string // empty: [TokenEndpoint]
	AllowHTTP bool   // allow plain http to hosts other than this one, where others can read secrets
	UserAgent string // for token requests, see [UserAgent]; empty: Go's default
	// for token requests; nil: a transport that takes proxies from the environment
	Transport http.RoundTripper `json:"-"`
}

// Format prints the account and nothing else for any verb.
func (l LWA) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "Login with Amazon of %s", l.account())
}

// account returns the account whose quota the requests use: the selling partner with this
// application.
func (l LWA) account() string {
	if l.Account != "" {
		return l.Account + "@" + l.application()
	}
	return "lwa-" + auth.Fingerprint(l.ClientID, l.RefreshToken.Reveal())
}

// application returns the application, which has quotas for all its selling partners together.
func (l LWA) application() string { return "app-" + auth.Fingerprint(l.ClientID) }

// check returns all errors joined.
func (l LWA) check() error {
	var problems []error
	if l.ClientID == "" {
		problems = append(problems, errors.New("ClientID is empty; see the application's registration"))
	}
	if l.ClientSecret.IsZero() {
		problems = append(problems, errors.New("ClientSecret is empty; see the application's registration"))
	}
	if l.Endpoint != "" {
		if u, err := url.Parse(l.Endpoint); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			problems = append(
				problems,
				errors.New("Endpoint is not a URL; leave it empty or use one like "+TokenEndpoint),
			)
		} else if !l.AllowHTTP && !auth.Confidential(u) {
			problems = append(problems, errors.New("Endpoint is plain http; use https, or set AllowHTTP"))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("sign-in by Login with Amazon: %w", err)
	}
	return nil
}

// A Credential signs requests to the Selling Partner API: with the access token of the selling
// partner, for grantless operations with one of the application, and for restricted operations with
// a restricted data token. The operation's policy determines which (auth: {kind: grantless, scope:
// …} or {kind: restricted, elements: […]}).
//
// Tokens are fetched once for all waiting callers and replaced a minute before they expire. After a
// 401, or a 403 that says that the token has expired or was revoked, a new token is fetched and the
// request is sent once more. Any other 403 is a missing permission, which a new token cannot cure.
// A fetched token that was never accepted is not replaced after further rejections within 30 s. A
// Credential is safe for concurrent use.
type Credential = auth.Credential[grant, string]

// A grant identifies a token.
type grant struct {
	kind     grantKind
	scope    string // scope of a grantless token
	method   string
	path     string
	elements string // sorted and separated by commas
}

// name returns a name of the token without what the request asks for, which may be about persons.
func (g grant) name() string {
	switch g.kind {
	case grantless:
		return "grantless-" + auth.Fingerprint(g.scope)
	case restricted:
		return "restricted-" + auth.Fingerprint(g.method, g.path, g.elements)
	}
	return "access"
}

type grantKind uint8

const (
	seller     grantKind = iota // access token of the selling partner
	grantless                   // access token of the application for one scope
	restricted                  // restricted data token
)

// NewCredential returns a credential. Nothing is fetched before the first request. The error names
// every invalid field.
func NewCredential(l LWA) (*Credential, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	return newCredential(l, nil), nil
}

// An issuer returns restricted data tokens.
type issuer func(ctx context.Context, g grant) (token string, expiry time.Time, err error)

func newCredential(l LWA, restrict issuer) *Credential {
	s := &signIn{restrict: restrict}
	s.endpoint = auth.Endpoint{
		URL:          l.Endpoint,
		ClientID:     l.ClientID,
		ClientSecret: l.ClientSecret,
		UserAgent:    l.UserAgent,
		Transport:    l.Transport,
		AllowHTTP:    l.AllowHTTP,
	}
	if s.endpoint.URL == "" {
		s.endpoint.URL = TokenEndpoint
	}
	name := l.sharedName(s.endpoint.URL)
	if l.TokenStore == nil && l.SecretStore != nil && !l.RefreshToken.IsZero() {
		l.TokenStore = auth.SharedTokens(l.SecretStore, name+"/refresh")
	}
	if !l.RefreshToken.IsZero() || l.TokenStore != nil {
		s.refresher = auth.NewRefresher(s.endpoint, l.RefreshToken.Reveal(), auth.WithTokenStore(l.TokenStore))
	}
	return auth.New(auth.Mechanism[grant, string]{
		Account:     l.account(),
		Application: l.application(),

		Key:     tokenFor,
		Fetch:   s.fetch,
		Place:   auth.Place,
		Expired: expired,
		Final:   final,
		Timeout: fetchTimeout,
		Share: auth.Sharing[grant]{
			Store:    l.SecretStore,
			Name:     func(g grant) string { return name + "/" + g.name() },
			Identity: auth.Fingerprint(l.ClientID, l.ClientSecret.Reveal(), l.RefreshToken.Reveal()),
		},
	})
}

// sharedName returns the first part of the names of shared secrets. A new authorization has other
// names, so that no secret of the former one is used.
func (l LWA) sharedName(endpoint string) string {
	return l.account() + "/lwa-" + auth.Fingerprint(endpoint, l.ClientID, l.RefreshToken.Reveal())
}

// fetchTimeout limits the fetch of a token including retries. It is less than the attempt timeout
// of 30 s, so that the error of the fetch reaches the caller.
const fetchTimeout = 25 * time.Second

// signIn fetches tokens.
type signIn struct {
	endpoint  auth.Endpoint
	refresher *auth.Refresher // nil: no refresh token
	restrict  issuer
}

// Errors of incomplete credentials.
var (
	errNoRefreshToken = incomplete(
		"this operation requires a refresh token of the selling partner; set LWA.RefreshToken",
	)
	errNoIssuer = incomplete("this operation requires a restricted data token; use the credential of spapi.New")
)

func incomplete(text string) error {
	return &resilience.CredentialError{State: resilience.ErrCredentialRefused, Err: errors.New(text)}
}

func (s *signIn) fetch(ctx context.Context, g grant) (string, time.Time, error) {
	switch {
	case g.kind == grantless:
		return s.endpoint.Token(ctx, url.Values{"grant_type": {"client_credentials"}, "scope": {g.scope}})
	case s.refresher == nil:
		return "", time.Time{}, errNoRefreshToken
	case g.kind == seller:
		return s.refresher.Token(ctx)
	case s.restrict == nil:
		return "", time.Time{}, errNoIssuer
	}
	return s.restrict(ctx, g)
}

// tokenFor returns which token a request requires, according to its operation's policy.
func tokenFor(r *http.Request, _ resilience.Scheme) (grant, error) {
	info, ok := resilience.OperationFrom(r.Context())
	if elements, marked := restrictedBy(r.Context()); marked {
		path := r.URL.EscapedPath()
		if ok {
			path = within(path, info.Operation.Path)
		}
		return restrictedGrant(r, path, elements), nil
	}
	if !ok {
		return grant{}, nil
	}
	switch a := info.Auth; a.Kind {
	case "":
		return grant{}, nil
	case "grantless":
		if a.Scope == "" {
			return grant{}, errors.New("the policy's auth is grantless without a scope; add auth.scope")
		}
		return grant{kind: grantless, scope: a.Scope}, nil
	case "restricted":
		return restrictedGrant(r, info.Operation.Path, joined(a.Elements)), nil
	default:
		return grant{}, fmt.Errorf("the policy's auth.kind is %q; use grantless or restricted", a.Kind)
	}
}

// Words that distinguish an expired token from a missing permission. Both are 403 with the code
// Unauthorized, and the documentation does not distinguish them. The words are in details, in some
// responses in message.
var staleTokens = []string{
	"access token you provided has expired",
	"access token you provided is revoked, malformed or invalid",
	"security token included in the request is expired",
}

// expired classifies a response: 401 always means an expired token, 403 depends on its words. In
// both cases the request was not applied.
func expired(a *resilience.Rejection) resilience.Expiry {
	switch a.Status {
	case http.StatusUnauthorized:
		return resilience.Expired
	case http.StatusForbidden:
		body := strings.ToLower(string(a.Body))
		for _, words := range staleTokens {
			if strings.Contains(body, words) {
				return resilience.Expired
			}
		}
	}
	return resilience.NotExpired
}
