package redact

import (
	"errors"
	"net/url"
)

// redactedError has the text of another error without its secrets. It wraps only the parts of that
// error whose own text is clean, so that errors.Is and errors.As still work and nothing leaks.
type redactedError struct {
	text  string
	inner []error
}

func (e *redactedError) Error() string   { return e.text }
func (e *redactedError) Unwrap() []error { return e.inner }

// Error returns err itself if neither its text nor that of any error it wraps holds a secret, and
// otherwise an error without the secrets. It returns nil for nil. See [Text] for what is removed.
func Error(err error, secrets []string) error {
	if err == nil {
		return nil
	}
	clean, _ := redactTree(err, secrets)
	return clean
}

// redactTree also reports whether it removed anything.
func redactTree(err error, secrets []string) (clean error, changed bool) {
	var inner []error
	for _, e := range unwrap(err) {
		c, ch := redactTree(e, secrets)
		inner = append(inner, c)
		changed = changed || ch
	}
	if _, isURL := err.(*url.Error); isURL && len(inner) == 1 {
		return inner[0], true // its text is the method, the URL and the text of the inner error
	}
	text := Text(err.Error(), secrets)
	if !changed && text == err.Error() {
		return err, false
	}
	return &redactedError{text: text, inner: inner}, true
}

// unwrap returns the errors that err wraps directly.
func unwrap(err error) []error {
	if e, ok := err.(interface{ Unwrap() []error }); ok {
		return e.Unwrap()
	}
	if e := errors.Unwrap(err); e != nil {
		return []error{e}
	}
	return nil
}
