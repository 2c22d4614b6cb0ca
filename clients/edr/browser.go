package edr

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// ImportSession opens a session with the cookies of a browser in which a person has signed in, for
// accounts whose sign-in the bot protection refuses. It requests a token with them, and only if
// that succeeds they replace the present session. Set the browser's User-Agent in Config.Headers:
// the protection may compare it.
//
// The cookies of all three hosts are needed. A cookie without a domain belongs to the application.
//
// Errors: [ErrSignInNeeded] if the session of the browser has ended, [ErrBlocked], [ErrBusy],
// [ErrTokenFormat], those of the store, and [*resilience.Error].
func (c *Client) ImportSession(ctx context.Context, list []*http.Cookie) error {
	done, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	jar := newCookies(nil)
	for _, given := range list {
		cookie := *given
		u := url.URL{Scheme: c.urls.events.Scheme, Host: c.urls.events.Host, Path: "/"}
		if cookie.Domain != "" {
			u.Host = strings.TrimPrefix(cookie.Domain, ".")
		}
		if cookie.Path == "" {
			cookie.Path = "/"
		}
		cookie.Raw = cookie.String()
		jar.take(&u, []*http.Cookie{&cookie})
	}
	token, err := c.exchange(ctx, jar)
	if err != nil {
		return err
	}
	return c.session.begin(ctx, jar, token)
}
