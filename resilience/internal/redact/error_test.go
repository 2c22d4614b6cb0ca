package redact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
)

// opaqueError wraps other errors and has a different text.
type opaqueError struct {
	text  string
	inner []error
}

func (o opaqueError) Error() string   { return o.text }
func (o opaqueError) Unwrap() []error { return o.inner }

func TestError(t *testing.T) {
	clean := fmt.Errorf("read: %w", io.ErrUnexpectedEOF)
	if got := Error(clean, []string{"t0psecret"}); got != clean {
		t.Errorf("a clean error was changed: %v", got)
	}
	if Error(nil, nil) != nil {
		t.Error("nil became an error")
	}
	dirty := fmt.Errorf("call: %w", &url.Error{Op: "Get", URL: "https://a.test/?k=t0psecret",
		Err: context.DeadlineExceeded})
	got := Error(dirty, nil)
	if !errors.Is(got, context.DeadlineExceeded) {
		t.Error("the cause is lost")
	}
	var u *url.Error
	if errors.As(got, &u) {
		t.Error("the error that prints its URL is still there")
	}
	list := opaqueError{"all t0psecret", []error{errors.New("deep t0psecret"), io.EOF}}
	got = Error(list, []string{"t0psecret"})
	if !errors.Is(got, io.EOF) {
		t.Error("a clean part is lost")
	}
	for _, e := range tree(got) {
		if strings.Contains(e.Error(), "t0psecret") {
			t.Errorf("%T: %v", e, e)
		}
	}
}

// tree returns err and all errors that it wraps.
func tree(err error) []error {
	all := []error{err}
	for _, e := range unwrap(err) {
		all = append(all, tree(e)...)
	}
	return all
}
