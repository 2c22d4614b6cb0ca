package auth

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// A Secret is a text that is never printed: every verb of fmt, slog and the encoders of text and
// JSON show [redacted] in its place. This also holds for a Secret in an unexported field of another
// struct, where fmt calls no methods: the text is behind a pointer to a string, of which fmt prints
// the address. The zero Secret is empty. Two secrets with the same text are not equal by ==.
type Secret struct{ text *string }

// redacted is shown in place of a secret.
const redacted = "[redacted]"

// errRedacted is the error of reading what was written in place of a secret.
var errRedacted = errors.New("a secret was replaced by " + redacted + " when it was written; supply the secret itself")

// NewSecret returns a secret. An empty text is the zero Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text. Call it only where the text is sent or used.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.text == nil }

// Format prints [redacted] for any verb, also if the secret is empty.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns [redacted].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns [redacted], also for JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText sets the secret, so that it can be part of a configuration file. It refuses
// [redacted], which [Secret.MarshalText] wrote.
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == redacted {
		return errRedacted
	}
	*s = NewSecret(string(text))
	return nil
}
