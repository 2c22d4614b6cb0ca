package switching

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// body notes that it was closed.
type body struct {
	io.Reader
	closed bool
}

func (b *body) Close() error {
	b.closed = true
	return nil
}

type answer struct {
	resp *http.Response
	err  error
}

func (a answer) RoundTrip(*http.Request) (*http.Response, error) { return a.resp, a.err }

func TestRoundTripper(t *testing.T) {
	broken := errors.New("broken")
	upgrade := http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}
	for _, c := range []struct {
		name   string
		header http.Header
		status int // 0: no response
		err    error
		want   error
		closed bool
	}{
		{"100", nil, 100, nil, nil, false},
		{"unrequested 101", nil, 101, nil, ErrUnrequested, true},
		{"requested 101", upgrade, 101, nil, nil, false},
		{"102", nil, 102, nil, nil, false},
		{"200", nil, 200, nil, nil, false},
		{"error", nil, 0, broken, broken, false},
		{"nothing", nil, 0, nil, nil, false},
	} {
		b := &body{Reader: strings.NewReader("x")}
		a := answer{err: c.err}
		if c.status != 0 {
			a.resp = &http.Response{StatusCode: c.status, Body: b}
		}
		resp, err := RoundTripper{a}.RoundTrip(&http.Request{Header: c.header})
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || b.closed != c.closed {
			t.Errorf("%s: %v, closed %v, want %v, %v", c.name, err, b.closed, c.want, c.closed)
		}
		if want := a.resp; c.want != ErrUnrequested && resp != want || c.want == ErrUnrequested && resp != nil {
			t.Errorf("%s: response %v", c.name, resp)
		}
	}
}

func TestCheck_NoBody(t *testing.T) {
	if err := Check(&http.Request{}, &http.Response{StatusCode: 101}); !errors.Is(err, ErrUnrequested) {
		t.Errorf("got %v", err)
	}
}
