package body

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/internal/switching"
)

func TestBind_Content(t *testing.T) {
	text := strings.Repeat("0123456789", 10_000)
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		r   io.Reader
		err error
	}{
		"whole":    {strings.NewReader(text), nil},
		"pieces":   {iotest.HalfReader(strings.NewReader(text)), nil},
		"with end": {iotest.DataErrReader(strings.NewReader(text)), nil},
		"broken":   {io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), broken},
	} {
		s := &closable{Reader: c.r}
		b := Bind(t.Context(), s)
		if n, err := b.Read(nil); n != 0 || err != nil {
			t.Errorf("%s: empty read: %d, %v", name, n, err)
		}
		got, err := io.ReadAll(b)
		if string(got) != text || err != c.err {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		reads, want := s.reads, err
		if want == nil {
			want = io.EOF
		}
		if n, err := b.Read(make([]byte, 9)); n != 0 || err != want || s.reads != reads {
			t.Errorf("%s: read after the end: %d, %v, %d more reads", name, n, err, s.reads-reads)
		}
		for range 2 {
			if err := b.Close(); err != nil || s.closed != 1 {
				t.Errorf("%s: %v, closed %d times", name, err, s.closed)
			}
		}
	}
}

// closable counts the calls of Read and Close.
type closable struct {
	io.Reader
	reads, closed int
}

func (c *closable) Read(p []byte) (int, error) { c.reads++; return c.Reader.Read(p) }

func (c *closable) Close() error { c.closed++; return nil }

func TestBind_EndsWithContext(t *testing.T) {
	reason := errors.New("reason")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		s := newScript("abcd")
		s.hangs = true
		b := Bind(ctx, s)
		time.AfterFunc(time.Second, func() { cancel(reason) })
		begin := time.Now()
		got, err := io.ReadAll(b)
		if string(got) != "abcd" || err != reason || time.Since(begin) != time.Second {
			t.Errorf("%q, %v after %s", got, err, time.Since(begin))
		}
		if n, err := b.Read(make([]byte, 1)); n != 0 || err != reason {
			t.Errorf("read again: %d, %v", n, err)
		}
		begin = time.Now()
		if _ = b.Close(); time.Since(begin) != 0 || s.isClosed() {
			t.Errorf("Close took %s, closed %v", time.Since(begin), s.isClosed())
		}
		time.Sleep(closeWait - 1)
		synctest.Wait()
		if s.isClosed() {
			t.Error("closed before the read had time to end")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if !s.isClosed() {
			t.Error("not closed")
		}
	})
}

func TestBind_CloseDuringARead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript("abcd")
		s.pause = closeWait / 2
		b := Bind(t.Context(), s)
		time.AfterFunc(1, func() { _ = b.Close() })
		begin := time.Now()
		if n, err := b.Read(make([]byte, 9)); n != 0 || err != http.ErrBodyReadAfterClose || time.Since(begin) != 1 {
			t.Errorf("%d, %v after %s", n, err, time.Since(begin))
		}
		time.Sleep(closeWait/2 - 2)
		synctest.Wait()
		if s.isClosed() {
			t.Error("closed during the read")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if !s.isClosed() {
			t.Error("not closed when the read ended")
		}
		if n, err := b.Read(make([]byte, 9)); n != 0 || err != http.ErrBodyReadAfterClose {
			t.Errorf("after Close: %d, %v", n, err)
		}
	})
	b := Bind(t.Context(), newScript("abcd"))
	_ = b.Close()
	if n, err := b.Read(make([]byte, 9)); n != 0 || err != http.ErrBodyReadAfterClose {
		t.Errorf("not read before Close: %d, %v", n, err)
	}
}

// panicking is a body whose Read panics.
type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("in Read") }
func (panicking) Close() error             { return nil }

func TestBind_Panics(t *testing.T) {
	defer func() {
		if v := recover(); v != "in Read" {
			t.Errorf("recovered %v", v)
		}
	}()
	_, _ = Bind(t.Context(), panicking{}).Read(make([]byte, 1))
}

// fixed returns one response.
type fixed struct {
	resp *http.Response
	err  error
}

func (f fixed) RoundTrip(*http.Request) (*http.Response, error) { return f.resp, f.err }

func TestTransport(t *testing.T) {
	broken := errors.New("broken")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r := (&http.Request{Header: http.Header{}}).WithContext(ctx)
		s := newScript()
		s.hangs = true
		sent := &http.Response{StatusCode: 200, Body: s}
		resp, err := Transport{fixed{sent, nil}}.RoundTrip(r)
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(resp, err)
		}
		if _, err := io.ReadAll(resp.Body); err != context.DeadlineExceeded {
			t.Errorf("read: %v", err)
		}
		_ = resp.Body.Close()
		time.Sleep(closeWait)

		for _, body := range []io.ReadCloser{nil, http.NoBody} {
			empty := &http.Response{StatusCode: 204, Body: body}
			if got, err := (Transport{fixed{empty, nil}}).RoundTrip(r); got != empty || err != nil ||
				got.Body != body {
				t.Errorf("no body: %v, %v", got, err)
			}
		}
		if got, err := (Transport{fixed{nil, broken}}).RoundTrip(r); got != nil || err != broken {
			t.Errorf("error: %v, %v", got, err)
		}
		if got, err := (Transport{fixed{nil, nil}}).RoundTrip(r); got != nil || err != nil {
			t.Errorf("nothing: %v, %v", got, err)
		}
		switched := newScript()
		got, err := Transport{fixed{&http.Response{StatusCode: 101, Body: switched}, nil}}.RoundTrip(r)
		if got != nil || err != switching.ErrUnrequested || !switched.isClosed() {
			t.Errorf("101: %v, %v", got, err)
		}
	})
}

func TestReadAll_Bound(t *testing.T) {
	broken := errors.New("broken")
	for n, c := range []struct {
		sent     string
		codings  []string
		limit    int64
		err      error
		want     string
		tooLarge bool
	}{
		{"abcd", nil, 0, nil, "abcd", false},
		{"abcd", nil, 4, nil, "abcd", false},
		{"abcde", nil, 4, nil, "abcde", true},
		{"ab", nil, 4, broken, "ab", false},
		{zipped("abcd"), []string{"gzip"}, 4, nil, "abcd", false},
		{zipped("abcde"), []string{"gzip"}, 4, nil, "abcde", true},
		{strings.Repeat("x", mostKept+1), nil, 0, nil, strings.Repeat("x", mostKept+1), false},
		{"", nil, 4, nil, "", false},
	} {
		for range 2 { // also with what an earlier reading has used
			s := &closable{Reader: strings.NewReader(c.sent)}
			if c.err != nil {
				s.Reader = io.MultiReader(s.Reader, iotest.ErrReader(c.err))
			}
			b := Of(Bind(t.Context(), s))
			if _, err := b.Decode(c.codings); err != nil {
				t.Fatal(err)
			}
			buf := bytes.NewBufferString("before:")
			tooLarge, err := b.ReadAll(buf, c.limit)
			if buf.String() != "before:"+c.want || tooLarge != c.tooLarge || err != c.err {
				t.Errorf("case %d: %d bytes, %v, %v", n, buf.Len(), tooLarge, err)
			}
			if want := !c.tooLarge && c.err == nil; b.ended != want && c.codings == nil {
				t.Errorf("case %d: ended %v", n, b.ended)
			}
			if b.Close(); s.closed != 1 {
				t.Errorf("case %d: closed %d times", n, s.closed)
			}
		}
	}
}

func TestReadAll_EndsWithContext(t *testing.T) {
	reason := errors.New("reason")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		s := newScript("abcd")
		s.hangs = true
		b := Of(Bind(ctx, s))
		time.AfterFunc(time.Second, func() { cancel(reason) })
		begin := time.Now()
		var buf bytes.Buffer
		_, err := b.ReadAll(&buf, 0)
		if b.Close(); err != reason || buf.Len() != 0 || time.Since(begin) != time.Second || s.isClosed() {
			t.Errorf("%d bytes, %v after %s, closed %v", buf.Len(), err, time.Since(begin), s.isClosed())
		}
		time.Sleep(closeWait)
		synctest.Wait()
		if !s.isClosed() {
			t.Error("not closed")
		}
	})
	synctest.Test(t, func(t *testing.T) { // a body that ends by itself
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s := newScript("abcd")
		s.pause = time.Second + closeWait/2
		b := Of(Bind(ctx, s))
		if _, err := b.ReadAll(new(bytes.Buffer), 0); err != context.DeadlineExceeded {
			t.Error(err)
		}
		b.Close()
		time.Sleep(closeWait/2 - 1)
		synctest.Wait()
		if s.isClosed() {
			t.Error("closed during the read")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if !s.isClosed() {
			t.Error("not closed when the read ended")
		}
	})
}

func TestReadAll_Panics(t *testing.T) {
	b := Of(Bind(t.Context(), panicking{}))
	func() {
		defer func() {
			if v := recover(); v != "in Read" {
				t.Errorf("recovered %v", v)
			}
		}()
		_, _ = b.ReadAll(new(bytes.Buffer), 0)
	}()
	for range 4 {
		b = Of(Bind(t.Context(), newScript("abcd")))
		var buf bytes.Buffer
		if _, err := b.ReadAll(&buf, 0); buf.String() != "abcd" || err != nil {
			t.Errorf("after a panic: %q, %v", &buf, err)
		}
	}
}
