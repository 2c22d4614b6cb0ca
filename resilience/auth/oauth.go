package auth

import (
	"context"
	"net/url"
	"strings"
	"time"
)

// RefreshToken returns a credential that exchanges a refresh token for access tokens (RFC 6749,
// section 6). Without scopes, all granted scopes are requested. Its account is a short hash of
// client id and refresh token unless [As] sets another.
func RefreshToken(e Endpoint, refreshToken string, scopes []string, opts ...Option) *Token {
	grant := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refreshToken}}
	return fromEndpoint(e, grant, scopes, accountOf("oauth-"+Fingerprint(e.ClientID, refreshToken), opts))
}

// ClientCredentials returns a credential for the client itself (RFC 6749, section 4.4). Its account
// is the client id unless [As] sets another.
func ClientCredentials(e Endpoint, scopes []string, opts ...Option) *Token {
	return fromEndpoint(e, url.Values{"grant_type": {"client_credentials"}}, scopes, accountOf(e.ClientID, opts))
}

func fromEndpoint(e Endpoint, grant url.Values, scopes []string, account string) *Token {
	if len(scopes) > 0 {
		grant.Set("scope", strings.Join(scopes, " "))
	}
	return New(Mechanism[struct{}, string]{
		Account: account,
		Fetch: func(ctx context.Context, _ struct{}) (string, time.Time, error) {
			return e.Token(ctx, grant)
		},
		Place:   Place,
		Final:   Final,
		Timeout: defaultTokenTimeout,
	})
}
