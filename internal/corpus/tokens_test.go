package main

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
)

// A policy with auth makes every operation of a document without security send a token, and so does
// an overlay. An operation that sends none is reported.
func TestSigned(t *testing.T) {
	dir := folder(t, map[string]string{
		"own/pets.yaml": petstore,
		"bare.txt":      "defaults: {}\n",
		"all.txt":       "defaults: {auth: {header: X-Key}}\n",
		"one.txt":       "operations: {listPets: {auth: {kind: any}}}\n",
		"overlay.txt": "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n" +
			"  - {target: $, update: {security: [{key: []}]}}\n" +
			"  - {target: $, update: {components: {securitySchemes: {key: {type: apiKey, in: cookie, name: k}}}}}\n",
	})
	for _, c := range []struct{ policy, fix, want string }{
		{"bare.txt", "", `own/pets: ListPets: the operation requires no token
own/pets: ListUnderscorePets: the operation requires no token

0 of 2 operations send their token
`},
		{"all.txt", "", "\n2 of 2 operations send their token\n"},
		{"one.txt", "", "own/pets: ListUnderscorePets: the operation requires no token\n\n" +
			"1 of 2 operations send their token\n"},
		{"bare.txt", "overlay.txt", "\n2 of 2 operations send their token\n"},
	} {
		set := task{folder: dir, policy: filepath.Join(dir, c.policy), calls: []call{signed}}
		if c.fix != "" {
			set.fix = filepath.Join(dir, c.fix)
		}
		var out bytes.Buffer
		err := sweep(t.Context(), set, &out)
		got, _, _ := strings.Cut(out.String(), "\nset")
		if got != c.want || (err == nil) != strings.HasPrefix(c.want, "\n2") {
			t.Errorf("%s %s: got\n%s\nand %v, want\n%s", c.policy, c.fix, got, err, c.want)
		}
	}
}

func TestUnsigned(t *testing.T) {
	a := &api.API{Schemes: []api.Scheme{
		{Name: "header", Kind: api.SchemeAPIKey, In: api.InHeader, Parameter: "X-Key"},
		{Name: "query", Kind: api.SchemeAPIKey, In: api.InQuery, Parameter: "key"},
		{Name: "cookie", Kind: api.SchemeAPIKey, In: api.InCookie, Parameter: "k"},
		{Name: "basic", Kind: api.SchemeHTTP, HTTPScheme: "basic"},
		{Name: "oauth", Kind: api.SchemeOAuth2},
	}}
	good := sentRequest{
		URL: "https://h/?key=" + corpusToken,
		Header: http.Header{
			"X-Key": {corpusToken}, "Cookie": {"a=b; k=" + corpusToken}, "Authorization": {"Bearer " + corpusToken},
		},
	}
	basic := sentRequest{Header: http.Header{
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(corpusToken+":"))},
	}}
	for _, s := range a.Schemes {
		op := &api.Operation{Security: []api.Requirement{{}, {{Scheme: s.Name}}}}
		sent := &good
		if s.Name == "basic" {
			sent = &basic
		}
		if why := unsigned(a, op, sent); why != "" {
			t.Errorf("%s: %s", s.Name, why)
		}
		if got, want := unsigned(a, op, &sentRequest{}), "scheme "+s.Name+` has ""`; got != want {
			t.Errorf("%s: got %q, want %q", s.Name, got, want)
		}
	}
}
