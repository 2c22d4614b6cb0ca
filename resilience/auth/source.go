package auth

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A Token is a credential with one secret that expires.
type Token = Credential[struct{}, string]

// TokenSource returns a credential that gets its tokens from a function. The function returns a
// token and its expiry; a zero expiry means that the token is valid until the server rejects it.
// The token is placed by the scheme (see [Place]) and replaced one minute before it expires, and
// once after a 401. The function runs once for all waiting calls, with its own context that ends
// after 30 s, and must do its own retries.
//
// The account is random unless [As] sets one; set one if quotas must outlive the process. An
// oauth2.TokenSource of golang.org/x/oauth2 can be used by unwrapping its token. Its cache is
// harmless unless tokens are rejected before they expire; in that case use a source without a
// cache.
func TokenSource(fetch func(ctx context.Context) (token string, expiry time.Time, err error), opts ...Option) *Token {
	account := accountOf("source-"+rand.Text()[:8], opts)
	return New(Mechanism[struct{}, string]{
		Account: account,
		Fetch:   func(ctx context.Context, _ struct{}) (string, time.Time, error) { return fetch(ctx) },
		Place:   Place,
		Share: Sharing[struct{}]{
			Store: settingsOf(opts).secrets, Name: func(struct{}) string { return account + "/source" },
		},
	})
}

var _ resilience.Credential = (*Token)(nil)
