package body

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// script is a body that returns its chunks, each after a pause, and then an end or an error.
// Closing it ends a read.
type script struct {
	chunks []string
	pause  time.Duration
	hangs  bool // after the chunks
	err    error
	closed chan struct{}
	reads  int // bytes
}

func newScript(chunks ...string) *script { return &script{chunks: chunks, closed: make(chan struct{})} }

func (s *script) Read(p []byte) (int, error) {
	if len(s.chunks) == 0 {
		if s.hangs {
			<-s.closed
			return 0, http.ErrBodyReadAfterClose
		}
		if s.err != nil {
			return 0, s.err
		}
		return 0, io.EOF
	}
	if s.pause > 0 {
		select {
		case <-time.After(s.pause):
		case <-s.closed:
			return 0, http.ErrBodyReadAfterClose
		}
	}
	n := copy(p, s.chunks[0])
	if s.chunks[0] = s.chunks[0][n:]; s.chunks[0] == "" {
		s.chunks = s.chunks[1:]
	}
	s.reads += n
	return n, nil
}

func (s *script) Close() error {
	select {
	case <-s.closed:
	default:
		close(s.closed)
	}
	return nil
}

func (s *script) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

func TestReadAll(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name     string
		text     string
		limit    int64
		err      error
		want     string
		tooLarge bool
	}{
		{"no limit", "abcd", 0, nil, "abcd", false},
		{"negative limit", "abcd", -1, nil, "abcd", false},
		{"below", "abc", 4, nil, "abc", false},
		{"at the limit", "abcd", 4, nil, "abcd", false},
		{"above", "abcde", 4, nil, "abcde", true},
		{"far above", "abcdefgh", 4, nil, "abcde", true},
		{"largest limit", "abcd", math.MaxInt64, nil, "abcd", false},
		{"empty", "", 4, nil, "", false},
		{"broken", "abc", 4, broken, "abc", false},
	} {
		s := newScript(c.text)
		if c.text == "" {
			s.chunks = nil
		}
		s.err = c.err
		b := Of(s)
		buf := bytes.NewBufferString("before:")
		tooLarge, err := b.ReadAll(buf, c.limit)
		if buf.String() != "before:"+c.want || tooLarge != c.tooLarge || err != c.err {
			t.Errorf("%s: %q, %v, %v", c.name, buf, tooLarge, err)
		}
		if want := !c.tooLarge && c.err == nil; b.ended != want {
			t.Errorf("%s: ended %v", c.name, b.ended)
		}
	}
	for _, rc := range []io.ReadCloser{nil, http.NoBody} {
		b := Of(rc)
		var buf bytes.Buffer
		if tooLarge, err := b.ReadAll(&buf, 1); buf.Len() != 0 || tooLarge || err != nil {
			t.Errorf("no body: %q, %v, %v", &buf, tooLarge, err)
		}
		if err := b.ReadStart(&buf, 1); buf.Len() != 0 || err != nil {
			t.Errorf("no body: %q, %v", &buf, err)
		}
		b.Close()
		b.Abandon()
	}
}

func TestReadStart(t *testing.T) {
	broken := errors.New("broken")
	slow := func(pause time.Duration, chunks int) func(*script) {
		return func(s *script) { s.pause, s.chunks = pause, strings.Split(strings.Repeat("ab,", chunks), ",")[:chunks] }
	}
	for _, c := range []struct {
		name  string
		body  func(*script)
		limit int64
		want  int
		err   error
		takes time.Duration
	}{
		{"whole", func(s *script) { s.chunks = []string{"abcd"} }, 5, 4, nil, 0},
		{"at the limit", func(s *script) { s.chunks = []string{"abcd"} }, 4, 4, nil, 0},
		{"beyond the limit", func(s *script) { s.chunks = []string{"abcde"} }, 4, 4, nil, 0},
		{"hangs at once", func(s *script) { s.hangs = true }, 9, 0, ErrUnfinished, quiet},
		{"hangs at the limit", func(s *script) { s.chunks, s.hangs = []string{"abcd"}, true }, 4, 4, nil, 0},
		{"hangs", func(s *script) { s.chunks, s.hangs = []string{"abcd"}, true }, 9, 4, ErrUnfinished, quiet},
		{"broken", func(s *script) { s.chunks, s.err = []string{"abcd"}, broken }, 9, 4, broken, 0},
		{"slow", slow(quiet-1, 3), 99, 6, nil, 3 * (quiet - 1)},
		{"too slow", slow(quiet+1, 3), 99, 0, ErrUnfinished, quiet},
		{"long", slow(longest/10, 9), 99, 18, nil, 9 * longest / 10},
		{"too long", slow(longest/10-1, 20), 99, 20, ErrUnfinished, longest},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScript()
			c.body(s)
			b := Of(s)
			var buf bytes.Buffer
			begin := time.Now()
			err := b.ReadStart(&buf, c.limit)
			if buf.Len() != c.want || err != c.err || time.Since(begin) != c.takes {
				t.Errorf("%s: %d bytes, %v after %s; want %d, %v, %s", c.name, buf.Len(), err, time.Since(begin),
					c.want, c.err, c.takes)
			}
			if late := c.err == ErrUnfinished; s.isClosed() != late {
				t.Errorf("%s: closed %v", c.name, s.isClosed())
			}
			time.Sleep(2 * longest) // no timer is left
			if late := c.err == ErrUnfinished; s.isClosed() != late {
				t.Errorf("%s: closed later", c.name)
			}
			begin = time.Now()
			if b.Close(); c.err == ErrUnfinished && time.Since(begin) != 0 {
				t.Errorf("%s: Close took %s", c.name, time.Since(begin))
			}
		})
	}
}

func TestClose(t *testing.T) {
	long := strings.Repeat("x", mostRest)
	for _, c := range []struct {
		name  string
		body  *script
		read  int // before Close
		total int
		takes time.Duration
	}{
		{"not read", newScript("abcd", "efgh"), 0, 8, 0},
		{"read to a part", newScript("abcd", "efgh"), 4, 8, 0},
		{"long", newScript(long, "more"), 0, mostRest, 0},
		{"too long", newScript("a", long), 0, mostRest, 0},
		{"hangs", &script{chunks: []string{"ab"}, hangs: true}, 0, 2, restTime},
		{"slow", &script{chunks: []string{"ab", "cd", "ef"}, pause: restTime/2 - 1}, 0, 4, restTime},
	} {
		synctest.Test(t, func(t *testing.T) {
			c.body.closed = make(chan struct{})
			b := Of(c.body)
			if _, err := io.ReadFull(&b, make([]byte, c.read)); err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			b.Close()
			if c.body.reads != c.total || time.Since(begin) != c.takes || !c.body.isClosed() {
				t.Errorf("%s: %d bytes after %s, closed %v; want %d, %s", c.name, c.body.reads, time.Since(begin),
					c.body.isClosed(), c.total, c.takes)
			}
		})
	}
}

func TestClose_AfterTheEnd(t *testing.T) {
	s := newScript("abcd")
	b := Of(s)
	if got, err := io.ReadAll(&b); string(got) != "abcd" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	s.chunks = []string{"not read"}
	if b.Close(); !s.isClosed() || s.reads != 4 {
		t.Errorf("closed %v, %d bytes", s.isClosed(), s.reads)
	}
}

func TestAbandon(t *testing.T) {
	s := newScript("abcd")
	b := Of(s)
	if b.Abandon(); !s.isClosed() || s.reads != 0 {
		t.Errorf("closed %v, %d bytes", s.isClosed(), s.reads)
	}
}
