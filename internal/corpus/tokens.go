package main

// This file calls every operation once with a credential and looks for its token in the requests.

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
)

// corpusToken is what the credential of the driver sends.
const corpusToken = "a-token"

// tokenFor returns the token for the calls of an API; empty if no operation takes one.
func tokenFor(a *api.API) string {
	if len(a.Schemes) == 0 {
		return ""
	}
	return corpusToken
}

// signed calls every method once. It returns errNotOK unless each sends one request with the token.
func signed(ctx context.Context, work string, docs []*document, out io.Writer) error {
	var clients []*document
	var trials []*trial
	for _, d := range docs {
		if d.api == nil || len(d.failures) > 0 {
			continue
		}
		for _, op := range d.api.Operations {
			trials = append(trials, d.trialOf(op, &sandboxCase{status: http.StatusNoContent}, len(clients)))
		}
		clients = append(clients, d)
	}
	traces, err := drive(ctx, work, clients, trials)
	if err != nil {
		return err
	}
	good := 0
	for i, t := range trials {
		why := "the operation requires no token"
		switch got := &traces[i]; {
		case len(got.Requests) != 1:
			why = fmt.Sprintf("%d requests: %s", len(got.Requests), got.Error)
		case len(t.op.Security) > 0:
			why = unsigned(t.doc.api, t.op, &got.Requests[0])
		}
		good += one(why == "")
		if why != "" {
			fmt.Fprintf(out, "%s/%s: %s: %s\n", t.doc.set, t.doc.name, t.op.Name, why)
		}
	}
	fmt.Fprintf(out, "\n%d of %d operations send their token\n", good, len(trials))
	if good != len(trials) {
		return errNotOK
	}
	return nil
}

// unsigned returns why a request does not carry the token where one of the alternatives of its
// operation requires it, empty if it does.
func unsigned(a *api.API, op *api.Operation, sent *sentRequest) string {
	why := "no alternative has a scheme"
	for _, r := range op.Security {
		for _, use := range r {
			at := slices.IndexFunc(a.Schemes, func(s api.Scheme) bool { return s.Name == use.Scheme })
			got := tokenIn(a.Schemes[at], sent)
			if got == corpusToken {
				return ""
			}
			why = fmt.Sprintf("scheme %s has %q", use.Scheme, got)
		}
	}
	return why
}

// tokenIn returns what a request has in the place of a scheme.
func tokenIn(s api.Scheme, sent *sentRequest) string {
	r := http.Request{Header: sent.Header}
	switch {
	case s.Kind == api.SchemeHTTP && s.HTTPScheme == "basic":
		user, _, _ := r.BasicAuth()
		return user
	case s.Kind != api.SchemeAPIKey:
		return strings.TrimPrefix(sent.Header.Get("Authorization"), "Bearer ")
	case s.In == api.InHeader:
		return sent.Header.Get(s.Parameter)
	case s.In == api.InQuery:
		u, err := url.Parse(sent.URL)
		if err != nil {
			return ""
		}
		return u.Query().Get(s.Parameter)
	}
	if c, err := r.Cookie(s.Parameter); err == nil {
		return c.Value
	}
	return ""
}
