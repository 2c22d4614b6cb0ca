package spapi

import (
	"errors"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Only words distinguish an expired token from a missing permission.
func TestExpired(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   resilience.Expiry
	}{
		{401, ``, resilience.Expired},
		{
			401, `{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied."}]}`,
			resilience.Expired,
		},
		{
			403,
			`{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":"The ` +
				`access token you provided has expired."}]}`,
			resilience.Expired,
		},
		{
			403,
			`{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":"The ` +
				`access token you provided is revoked, malformed or invalid."}]}`,
			resilience.Expired,
		},
		{
			403,
			`{"errors":[{"code":"Unauthorized","message":"The security token included in the request is expired",` +
				`"details":""}]}`,
			resilience.Expired,
		},
		{
			403,
			`{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":""}]}`,
			resilience.NotExpired,
		},
		{403, `<html>Forbidden</html>`, resilience.NotExpired},
		{403, ``, resilience.NotExpired},
		{
			400, `{"errors":[{"code":"InvalidInput","details":"The access token you provided has expired."}]}`,
			resilience.NotExpired,
		},
		{429, ``, resilience.NotExpired},
		{200, ``, resilience.NotExpired},
	} {
		if got := expired(&resilience.Rejection{Status: c.status, Body: []byte(c.body)}); got != c.want {
			t.Errorf("%d %s: %d, want %d", c.status, c.body, got, c.want)
		}
	}
}

// Permanent and temporary failures of a fetch.
func TestFinal(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{&resilience.Error{Status: 400}, true}, {&resilience.Error{Status: 403}, true},
		{&resilience.Error{Status: 499}, true},
		{&resilience.Error{Status: 401}, false}, {&resilience.Error{Status: 408}, false},
		{&resilience.Error{Status: 429}, false},
		{&resilience.Error{Status: 500}, false}, {&resilience.Error{}, false}, {errors.New("x"), false},
		{&auth.TokenError{Reason: auth.Refused, Status: 400, Code: "invalid_grant"}, true},
		{&auth.TokenError{Reason: auth.Refused, Status: 503}, false},
	} {
		if got := final(c.err); got != c.want {
			t.Errorf("%v: %t, want %t", c.err, got, c.want)
		}
	}
}

// Tokens that differ have different names, which show nothing of the request.
func TestGrant_Name(t *testing.T) {
	seen := map[string]grant{}
	for _, g := range []grant{
		{},
		{kind: grantless, scope: "a"},
		{kind: grantless, scope: "b"},
		{kind: restricted, method: "GET", path: "/orders/1", elements: "buyerInfo"},
		{kind: restricted, method: "GET", path: "/orders/2", elements: "buyerInfo"},
		{kind: restricted, method: "POST", path: "/orders/1", elements: "buyerInfo"},
		{kind: restricted, method: "GET", path: "/orders/1"},
	} {
		name := g.name()
		if other, ok := seen[name]; ok {
			t.Errorf("%+v and %+v are both called %s", g, other, name)
		}
		if strings.Contains(name, "orders") || strings.Contains(name, "buyer") || len(name) > 40 {
			t.Errorf("%+v is called %s", g, name)
		}
		seen[name] = g
	}
}
