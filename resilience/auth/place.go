package auth

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
)

// Place puts a secret where the scheme requires it: in the header, query parameter or cookie of an
// apiKey scheme, otherwise as a bearer token in Authorization. It replaces a secret that is already
// there, so placing it twice has no further effect. Place returns an error for schemes that need
// more than one secret (basic, digest, mutual TLS) and for a secret with bytes that are invalid
// there.
func Place(r *http.Request, s resilience.Scheme, secret string) error {
	switch {
	case secret == "":
		return fmt.Errorf("scheme %s: the secret is empty", s.Name)
	case s.Kind == "apiKey":
		return placeKey(r, s, secret)
	case s.Kind == "oauth2", s.Kind == "openIdConnect", s.Kind == "http" && strings.EqualFold(s.HTTPScheme, "bearer"):
		return placeHeader(r, s, "Authorization", "Bearer "+secret)
	case s.Kind == "http" && strings.EqualFold(s.HTTPScheme, "basic"):
		return fmt.Errorf("scheme %s is HTTP Basic; use auth.Basic", s.Name)
	case s.Kind == "mutualTLS":
		return fmt.Errorf(
			"scheme %s is a client certificate; use a transport with the certificate and leave the scheme out",
			s.Name,
		)
	}
	return fmt.Errorf(
		"scheme %s is of kind %q, which needs more than one secret; implement a Credential for it",
		s.Name,
		s.Kind+s.HTTPScheme,
	)
}

func placeKey(r *http.Request, s resilience.Scheme, secret string) error {
	switch s.In {
	case wire.Header:
		return placeHeader(r, s, s.Parameter, secret)
	case wire.Query:
		placeQuery(r.URL, s.Parameter, secret)
		return nil
	case wire.Cookie:
		return PlaceCookie(r, s.Parameter, secret)
	}
	return fmt.Errorf(
		"scheme %s: an API key is sent in a header, a query parameter or a cookie, not in %q",
		s.Name,
		s.In,
	)
}

func placeHeader(r *http.Request, s resilience.Scheme, name, value string) error {
	if i := strings.IndexFunc(value, unprintable); i >= 0 {
		return fmt.Errorf(
			"scheme %s: the secret has a control character, which is invalid in a header; remove the line break "+
				"at its end, if any",
			s.Name,
		)
	}
	r.Header.Set(name, value)
	return nil
}

func unprintable(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }

// placeQuery leaves all other parameters unchanged byte for byte, because some servers depend on
// the encoding of lists.
func placeQuery(u *url.URL, name, value string) {
	kept := strings.FieldsFunc(u.RawQuery, func(c rune) bool { return c == '&' })
	n := 0
	for _, pair := range kept {
		key, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(key); err == nil && plain == name {
			continue
		}
		kept[n] = pair
		n++
	}
	u.RawQuery = strings.Join(append(kept[:n], url.QueryEscape(name)+"="+url.QueryEscape(value)), "&")
}

// PlaceCookie sets one cookie of a request and removes all others of that name. It leaves the
// cookies of other names unchanged byte for byte.
func PlaceCookie(r *http.Request, name, value string) error {
	cookie := http.Cookie{Name: name, Value: value}
	if err := cookie.Valid(); err != nil {
		return fmt.Errorf("cookie %s: its name or value has a byte that is invalid in a cookie", printableName(name))
	}
	kept := otherCookies(r.Header["Cookie"], name)
	r.Header.Del("Cookie")
	r.AddCookie(&cookie)
	if kept != "" {
		r.Header.Set("Cookie", kept+"; "+r.Header.Get("Cookie"))
	}
	return nil
}

// otherCookies returns the cookies of header fields that have another name, unchanged.
func otherCookies(fields []string, name string) string {
	var kept []string
	for _, field := range fields {
		for pair := range strings.SplitSeq(field, ";") {
			pair = strings.TrimSpace(pair)
			if key, _, _ := strings.Cut(pair, "="); pair != "" && strings.TrimSpace(key) != name {
				kept = append(kept, pair)
			}
		}
	}
	return strings.Join(kept, "; ")
}

func printableName(name string) string {
	return strings.Map(func(c rune) rune {
		if c <= ' ' || c > '~' {
			return '?'
		}
		return c
	}, name)
}
