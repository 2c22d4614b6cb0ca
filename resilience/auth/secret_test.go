package auth_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/auth"
)

func TestSecret_Text(t *testing.T) {
	for _, c := range []struct {
		secret auth.Secret
		text   string
		zero   bool
	}{
		{auth.NewSecret("the-secret"), "the-secret", false},
		{auth.NewSecret(""), "", true},
		{auth.Secret{}, "", true},
	} {
		if c.secret.Reveal() != c.text || c.secret.IsZero() != c.zero {
			t.Errorf("%q, zero %t; want %q, %t", c.secret.Reveal(), c.secret.IsZero(), c.text, c.zero)
		}
	}
}

func TestSecret_IsNotPrinted(t *testing.T) {
	s := auth.NewSecret("the-secret")
	type holder struct{ hidden auth.Secret }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T"} {
		if got := fmt.Sprintf(verb, s); verb != "%T" && got != "[redacted]" {
			t.Errorf("%s prints %q", verb, got)
		}
		for _, v := range []any{&s, holder{s}, &holder{s}, []auth.Secret{s}, map[string]auth.Secret{"": s}} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "the-secret") ||
				strings.Contains(got, fmt.Sprintf("%x", "the-secret")) {
				t.Errorf("%s of %T prints %q", verb, v, got)
			}
		}
	}
}

func TestSecret_IsNotLogged(t *testing.T) {
	s := auth.NewSecret("the-secret")
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("", "s", s, "p", &s)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("", "s", s, "in", struct{ S auth.Secret }{s})
	if got := out.String(); strings.Contains(got, "the-secret") || strings.Count(got, "[redacted]") != 4 {
		t.Errorf("logged %s", got)
	}
}

// A secret can be read from a configuration file, but not written to one.
func TestSecret_Encoding(t *testing.T) {
	var config struct{ Password auth.Secret }
	if err := json.Unmarshal([]byte(`{"Password":"the-secret"}`), &config); err != nil ||
		config.Password.Reveal() != "the-secret" {
		t.Errorf("read %q, %v", config.Password.Reveal(), err)
	}
	written, err := json.Marshal(config)
	if err != nil || string(written) != `{"Password":"[redacted]"}` {
		t.Errorf("written %s, %v", written, err)
	}
	if err := json.Unmarshal(written, &config); err == nil || !strings.Contains(err.Error(), "supply the secret") ||
		config.Password.Reveal() != "the-secret" {
		t.Errorf("read back: %v, secret %q", err, config.Password.Reveal())
	}
	if err := json.Unmarshal([]byte(`{"Password":""}`), &config); err != nil || !config.Password.IsZero() {
		t.Errorf("an empty text: %v, zero %t", err, config.Password.IsZero())
	}
}
