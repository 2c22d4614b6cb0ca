package conntrace

import (
	"errors"
	"io"
	"net/http/httptrace"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/internal/pool"
)

// source is a body that counts how often it was closed.
type source struct {
	io.Reader
	closed int
}

func (s *source) Close() error {
	s.closed++
	return nil
}

func watched() (*source, *Body) {
	s := &source{Reader: strings.NewReader("xy")}
	return s, &Body{ReadCloser: s, Trace: &Trace{}}
}

func TestBody_ReadAndClose(t *testing.T) {
	s, b := watched()
	if !b.Unread() {
		t.Error("a new body was read")
	}
	if n, err := b.Read(make([]byte, 1)); n != 1 || err != nil || b.Unread() {
		t.Errorf("read %d bytes, %v, unread %v", n, err, b.Unread())
	}
	if b.Close(); s.closed != 1 {
		t.Errorf("closed %d times", s.closed)
	}
	if b.Settle(); s.closed != 1 {
		t.Errorf("closed %d times", s.closed)
	}
}

func TestBody_CloseUnread(t *testing.T) {
	s, b := watched()
	if b.Close(); s.closed != 0 || !b.Unread() {
		t.Errorf("closed %d times although it can be sent on another connection", s.closed)
	}
	if n, err := b.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("for another connection: read %d bytes, %v", n, err)
	}
	s, b = watched()
	b.Close()
	if b.Settle(); s.closed != 1 {
		t.Errorf("settled: closed %d times", s.closed)
	}
	s, b = watched()
	if b.Settle(); s.closed != 0 {
		t.Error("closed although it may be in use")
	}
	if b.Close(); s.closed != 1 {
		t.Errorf("closed %d times", s.closed)
	}
}

func TestBody_NotReadForAConnectionThatIsGone(t *testing.T) {
	near, _ := pooled(t)
	c := pool.Of(near)
	c.Use(false)
	c.Retire()
	c.Release()
	s := &source{Reader: strings.NewReader("x")}
	b := &Body{ReadCloser: s, Trace: traced(false, httptrace.GotConnInfo{Conn: near})}
	if n, err := b.Read(make([]byte, 1)); n != 0 || !errors.Is(err, errGone) || !b.Unread() {
		t.Errorf("read %d bytes, %v", n, err)
	}
	if b.Trace.bodyErr != nil {
		t.Errorf("the caller's reader is blamed: %v", b.Trace.bodyErr)
	}
}

func TestBody_Errors(t *testing.T) {
	b := &Body{ReadCloser: io.NopCloser(strings.NewReader("")), Trace: &Trace{}}
	if _, err := b.Read(make([]byte, 1)); err != io.EOF || b.Trace.bodyErr != nil {
		t.Errorf("got %v, %v", err, b.Trace.bodyErr)
	}
	b.ReadCloser = io.NopCloser(failing{})
	if _, err := b.Read(make([]byte, 1)); err != errBroken || !errors.Is(b.Trace.bodyErr, errBroken) {
		t.Errorf("got %v, %v", err, b.Trace.bodyErr)
	}
}
