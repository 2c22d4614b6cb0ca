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
	r := NewRefresher(e, refreshToken, opts...)
	return fromEndpoint(&r.endpoint, accountOf("oauth-"+Fingerprint(e.ClientID, refreshToken), opts),
		func(ctx context.Context) (string, time.Time, error) { return r.Token(ctx, scopes...) })
}

// ClientCredentials returns a credential for the client itself (RFC 6749, section 4.4). Its account
// is the client id unless [As] sets another.
func ClientCredentials(e Endpoint, scopes []string, opts ...Option) *Token {
	grant := withScopes(url.Values{"grant_type": {"client_credentials"}}, scopes)
	return fromEndpoint(&e, accountOf(e.ClientID, opts),
		func(ctx context.Context) (string, time.Time, error) { return e.Token(ctx, grant) })
}

func withScopes(grant url.Values, scopes []string) url.Values {
	if len(scopes) > 0 {
		grant.Set("scope", strings.Join(scopes, " "))
	}
	return grant
}

func fromEndpoint(
	e *Endpoint, account string, fetch func(context.Context) (string, time.Time, error),
) *Token {
	return New(Mechanism[struct{}, string]{
		Account: account,
		Fetch:   func(ctx context.Context, _ struct{}) (string, time.Time, error) { return fetch(ctx) },
		Place:   Place,
		Check:   e.Check,
		Timeout: defaultTokenTimeout,
	})
}
