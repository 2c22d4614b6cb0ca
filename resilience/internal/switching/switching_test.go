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

func TestCheck(t *testing.T) {
	upgrade := http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}
	for _, c := range []struct {
		name   string
		header http.Header
		status int
		want   error
	}{
		{"100", nil, 100, nil},
		{"unrequested 101", nil, 101, ErrUnrequested},
		{"requested 101", upgrade, 101, nil},
		{"102", nil, 102, nil},
		{"200", nil, 200, nil},
	} {
		b := &body{Reader: strings.NewReader("x")}
		err := Check(&http.Request{Header: c.header}, &http.Response{StatusCode: c.status, Body: b})
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || b.closed != (c.want != nil) {
			t.Errorf("%s: %v, closed %v", c.name, err, b.closed)
		}
	}
}

func TestCheck_NoBody(t *testing.T) {
	if err := Check(&http.Request{}, &http.Response{StatusCode: 101}); !errors.Is(err, ErrUnrequested) {
		t.Errorf("got %v", err)
	}
}
