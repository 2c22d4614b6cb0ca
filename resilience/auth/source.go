package auth

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A Token is a credential of one secret that goes stale.
type Token = Credential[struct{}, string]

// TokenSource returns a credential around a function that knows how to get a token and until when
// it is good; the zero time means until the server rejects it. The token is placed by the scheme
// (see [Place]) and replaced a minute before it expires, and once after a 401. The function runs
// once for all calls that wait, with a context of its own that ends after 30 s; it does its own
// repeats.
//
// Its account is random unless [As] gives it a name, so name it where quotas are to outlive the
// process. A source of golang.org/x/oauth2 fits after unwrapping its token; that its own cache
// answers first does no harm until a token is rejected before its time, so give it one without a
// cache where that happens.
func TokenSource(fetch func(ctx context.Context) (token string, expiry time.Time, err error), opts ...Option) *Token {
	return New(Mechanism[struct{}, string]{
		Account: accountOf("source-"+rand.Text()[:8], opts),
		Fetch:   func(ctx context.Context, _ struct{}) (string, time.Time, error) { return fetch(ctx) },
		Place:   Place,
	})
}

var _ resilience.Credential = (*Token)(nil)
