package typing

import (
	"slices"
	"strings"
	"unicode"

	"github.com/resgen/resgen/generator/spec"
)

// secretNames are the names of texts that are secrets, in lower case without separators. Tokens of
// pages and other places are not among them.
var secretNames = []string{
	"accesstoken", "apikey", "apisecret", "authtoken", "authorization", "bearertoken", "clientsecret",
	"credentials", "idtoken", "passphrase", "passwd", "password", "privatekey", "refreshtoken",
	"restricteddatatoken", "secret", "secretkey", "securitytoken", "sessiontoken", "token",
}

// secret reports whether the values of a property must not be printed: its format is password, it
// is only written, or it is a text with the name of a secret.
func secret(p *spec.Property) bool {
	s := p.Schema.Target()
	if s.Format == "password" || p.Schema.WriteOnly || s.WriteOnly {
		return true
	}
	return slices.Contains(s.Types, "string") && slices.Contains(secretNames, bareName(p.Name))
}

// bareName returns the letters and digits of a name in lower case.
func bareName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
