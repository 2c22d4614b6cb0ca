package spapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/resgen/resgen/generated/spapi/tokens"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Config configures an [Account]. The required fields of [LWA], Application, Version and either
// Region or BaseURL must be set.
type Config struct {
	LWA

	Application string   // application name for the User-Agent that Amazon requires
	Version     string   // of the application
	Attributes  []string // further parts of the User-Agent, "name=value"

	Region  Region
	Sandbox bool
	BaseURL string // overrides the region's URL, for example for tests or a proxy

	// Runtime holds connections, circuits and quotas. If it is nil, the account creates one and
	// closes it in Close.
	Runtime *resilience.Runtime

	// Transport sends all requests, including those for tokens, instead of the runtime's connection
	// pool. Nil means the pool.
	Transport http.RoundTripper `json:"-"`
}

// An Account is a selling partner's account as used by one application. It is safe for concurrent
// use.
type Account struct {
	credential *Credential
	runtime    *resilience.Runtime
	own        bool
	options    []resilience.Option
	tokens     *tokens.Client
}

// New returns an account. Nothing is sent before the first call. The error names every invalid
// field.
func New(c Config) (*Account, error) {
	base, err := c.baseURL()
	agent, agentErr := UserAgent(c.Application, c.Version, c.Attributes...)
	if err := errors.Join(c.check(), err, agentErr); err != nil {
		return nil, err
	}
	if c.LWA.UserAgent == "" {
		c.LWA.UserAgent = agent
	}
	if c.LWA.Transport == nil {
		c.LWA.Transport = c.Transport
	}
	a := &Account{runtime: c.Runtime}
	if a.runtime == nil {
		a.runtime, a.own = resilience.NewRuntime(), true
	}
	a.credential = newCredential(c.LWA, a.restrict)
	a.options = []resilience.Option{
		resilience.WithRuntime(a.runtime),
		resilience.WithCredential(a.credential),
		resilience.WithUserAgent(agent),
	}
	if c.AllowHTTP {
		a.options = append(a.options, resilience.WithPlainHTTP())
	}
	if c.Transport != nil {
		a.options = append(a.options, resilience.WithTransport(c.Transport))
	}
	// Restricted data tokens for the sandbox are issued by production.
	production := strings.Replace(base, "://"+sandboxPrefix, "://", 1)
	if a.tokens, err = tokens.New(append(a.options, resilience.WithBaseURL(production))...); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.options = append(a.options, resilience.WithBaseURL(base))
	return a, nil
}

func (c Config) baseURL() (string, error) {
	base := c.BaseURL
	switch {
	case base != "":
	case c.Sandbox:
		base = c.Region.Sandbox()
	default:
		base = c.Region.Endpoint()
	}
	if base == "" {
		return "", fmt.Errorf("region %q: want %s, %s or %s", string(c.Region), NorthAmerica, Europe, FarEast)
	}
	if u, err := url.Parse(base); err != nil || u.Host == "" {
		return "", errors.New(
			"BaseURL is not a URL; leave it empty and set Region, or use one like " + Europe.Endpoint(),
		)
	}
	return base, nil
}

// Options returns the options with which a generated client calls the API for this account. Options
// that follow them take precedence.
func (a *Account) Options() []resilience.Option {
	return append([]resilience.Option(nil), a.options...)
}

// Credential returns the credential that signs the account's requests.
func (a *Account) Credential() *Credential { return a.credential }

// Close closes the account's credential, which cancels a running sign-in, and its runtime unless
// Config.Runtime was set. Calls of its clients fail afterwards. It always returns nil.
func (a *Account) Close() error {
	_ = a.credential.Close() // never fails
	if a.own {
		return a.runtime.Close()
	}
	return nil
}

// restrict requests a restricted data token.
func (a *Account) restrict(ctx context.Context, g grant) (string, time.Time, error) {
	one := tokens.RestrictedResource{Method: tokens.RestrictedResourceMethod(g.method), Path: g.path}
	if g.elements != "" {
		one.DataElements = strings.Split(g.elements, ",")
	}
	begun := time.Now()
	reply, err := a.tokens.CreateRestrictedDataToken(
		ctx,
		tokens.CreateRestrictedDataTokenRequest{RestrictedResources: []tokens.RestrictedResource{one}},
	)
	switch {
	case err != nil:
		return "", time.Time{}, err
	case reply == nil || reply.RestrictedDataToken == nil || *reply.RestrictedDataToken == "":
		return "", time.Time{}, errors.New("createRestrictedDataToken returned no token")
	case reply.ExpiresIn == nil || *reply.ExpiresIn <= 0:
		return "", time.Time{}, errors.New("createRestrictedDataToken returned an expired token")
	}
	return *reply.RestrictedDataToken, begun.Add(time.Duration(*reply.ExpiresIn) * time.Second), nil
}

// final reports whether an error of a fetch is permanent: the sign-in or the restricted data token
// was refused.
func final(err error) bool {
	switch status := refusal(err); {
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status == http.StatusUnauthorized:
		return false
	case status/100 == 4:
		return true
	}
	return auth.Final(err)
}

// refusal returns the status with which the API refused a call, or 0.
func refusal(err error) int {
	var failure *resilience.Error
	if errors.As(err, &failure) {
		return failure.Status
	}
	return 0
}
