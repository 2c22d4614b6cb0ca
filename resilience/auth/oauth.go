package auth

import (
	"context"
	"net/url"
	"strings"
	"time"
)

// RefreshToken returns a credential that exchanges a refresh token for access tokens (RFC 6749,
// section 6). Without scopes, all granted scopes are requested. If the server issues another
// refresh token, that one is used from then on; see [WithTokenStore] to keep it. Its account is a
// short hash of client id and refresh token unless [As] sets another.
func RefreshToken(e Endpoint, refreshToken string, scopes []string, opts ...Option) *Token {
	account := accountOf("oauth-"+Fingerprint(e.ClientID, refreshToken), opts)
	name := sharedName(account, &e, "refresh_token", refreshToken)
	secrets := settingsOf(opts).secrets
	if secrets != nil {
		opts = append([]Option{WithTokenStore(SharedTokens(secrets, name))}, opts...)
	}
	r := NewRefresher(e, refreshToken, opts...)
	return fromEndpoint(&r.endpoint, account,
		func(ctx context.Context) (string, time.Time, error) { return r.Token(ctx, scopes...) },
		sharingOf(secrets, name+"/access-"+Fingerprint(scopes...), &e, refreshToken))
}

// ClientCredentials returns a credential for the client itself (RFC 6749, section 4.4). Its account
// is the client id unless [As] sets another.
func ClientCredentials(e Endpoint, scopes []string, opts ...Option) *Token {
	grant := withScopes(url.Values{"grant_type": {"client_credentials"}}, scopes)
	account := accountOf(e.ClientID, opts)
	name := sharedName(account, &e, "client_credentials") + "/access-" + Fingerprint(scopes...)
	return fromEndpoint(&e, account,
		func(ctx context.Context) (string, time.Time, error) { return e.Token(ctx, grant) },
		sharingOf(settingsOf(opts).secrets, name, &e))
}

// sharedName returns the name of what a token endpoint issues for a grant.
func sharedName(account string, e *Endpoint, grant ...string) string {
	return account + "/oauth-" + Fingerprint(append([]string{e.URL, e.ClientID}, grant...)...)
}

// sharingOf returns how an access token is shared.
func sharingOf(s SecretStore, name string, e *Endpoint, with ...string) Sharing[struct{}] {
	return Sharing[struct{}]{
		Store:    s,
		Name:     func(struct{}) string { return name },
		Identity: Fingerprint(append([]string{e.ClientID, e.ClientSecret.Reveal()}, with...)...),
	}
}

func withScopes(grant url.Values, scopes []string) url.Values {
	if len(scopes) > 0 {
		grant.Set("scope", strings.Join(scopes, " "))
	}
	return grant
}

func fromEndpoint(
	e *Endpoint, account string, fetch func(context.Context) (string, time.Time, error), share Sharing[struct{}],
) *Token {
	return New(Mechanism[struct{}, string]{
		Account: account,
		Fetch:   func(ctx context.Context, _ struct{}) (string, time.Time, error) { return fetch(ctx) },
		Place:   Place,
		Check:   e.Check,
		Timeout: defaultTokenTimeout,
		Share:   share,
	})
}
