package wire

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// countingSeeker counts the calls of Seek and reads a few bytes at a time.
type countingSeeker struct {
	r     *strings.Reader
	most  int
	seeks int
}

func (c *countingSeeker) Read(p []byte) (int, error) { return c.r.Read(p[:min(len(p), c.most)]) }
func (c *countingSeeker) Seek(offset int64, whence int) (int64, error) {
	c.seeks++
	return c.r.Seek(offset, whence)
}

func TestOpened_SeekersAreReadConcurrently(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 200)
	for name, body := range map[string]any{
		"seeker": &countingSeeker{r: strings.NewReader(text), most: 7},
		"member": map[string]any{"f": File{Content: &countingSeeker{r: strings.NewReader(text), most: 7}}},
	} {
		format := Binary
		if name == "member" {
			format = Multipart
		}
		p := encode(t, Body{Format: format}, body)
		want := read(t, p)
		if !strings.Contains(want, text) || p.OneShot || !p.FromReader {
			t.Fatalf("%s: %d bytes, %+v", name, len(want), p)
		}
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if r, err := p.Open(); err != nil {
					t.Error(err)
				} else if got, err := io.ReadAll(r); string(got) != want || err != nil {
					t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(want), err)
				}
			})
		}
		wait.Wait()
	}
}

// A reading that goes forward needs no Seek but the three that measure the body.
func TestOpened_SeeksOnlyToGoBack(t *testing.T) {
	c := &countingSeeker{r: strings.NewReader("head,tail"), most: 2}
	_, _ = c.r.Seek(5, io.SeekStart)
	p := encode(t, Body{Format: Binary}, c)
	for n := 1; n <= 3; n++ {
		if got := read(t, p); got != "tail" || c.seeks != 2+n {
			t.Errorf("reading %d: %q after %d seeks, want %d", n, got, c.seeks, 2+n)
		}
	}
}

// shouting embeds a reader whose method ReadAt does not do what its own Read does.
type shouting struct{ *strings.Reader }

func (s shouting) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	copy(p, bytes.ToUpper(p[:n]))
	return n, err
}

func TestOpened_OwnReadMethod(t *testing.T) {
	p := encode(t, Body{Format: Binary}, shouting{strings.NewReader("text")})
	for range 2 {
		if got := read(t, p); got != "TEXT" {
			t.Errorf("got %q", got)
		}
	}
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, r := range []io.ReadSeeker{strings.NewReader("a"), bytes.NewReader(nil), file,
		io.NewSectionReader(file, 0, 1)} {
		if _, wrapped := readerAt(r, 0).(*seekerAt); wrapped {
			t.Errorf("%T is not read at offsets", r)
		}
	}
}

func TestOpened_ClosedBodiesLeaveTheReaderAlone(t *testing.T) {
	for name, body := range map[string]io.Reader{
		"seeker":    onlySeeker{strings.NewReader("abcd")},
		"at offset": strings.NewReader("abcd"),
		"stream":    io.MultiReader(strings.NewReader("abcd")),
	} {
		p := encode(t, Body{Format: Binary}, body)
		r, err := p.Open()
		if err != nil {
			t.Fatal(err)
		}
		half := make([]byte, 2)
		if _, err := io.ReadFull(r, half); err != nil || string(half) != "ab" {
			t.Errorf("%s: %q, %v", name, half, err)
		}
		for range 2 {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		if n, err := r.Read(half); n != 0 || !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: read %d bytes after Close, %v", name, n, err)
		}
		if !p.FromReader {
			t.Errorf("%s: not from a reader", name)
		}
	}
	if p := encode(t, Body{Format: Binary}, bytes.NewBufferString("x")); p.FromReader {
		t.Error("a buffer is not read from")
	}
	if p := encode(t, Body{Format: Multipart}, map[string]any{"a": "x"}); p.FromReader {
		t.Error("texts are not read from")
	}
}

// slow is a reader whose reads take a while.
type slow struct {
	takes time.Duration
	ended bool
}

func (s *slow) Read(p []byte) (int, error) {
	time.Sleep(s.takes)
	s.ended = true
	return copy(p, "x"), nil
}

func TestOpened_CloseWaitsForARead(t *testing.T) {
	for takes, ended := range map[time.Duration]bool{closeWait - 1: true, closeWait + 1: false} {
		synctest.Test(t, func(t *testing.T) {
			s := &slow{takes: takes}
			o := newOpened(s)
			go func() { _, _ = o.Read(make([]byte, 1)) }()
			synctest.Wait()
			begin := time.Now()
			_ = o.Close()
			took := time.Since(begin)
			if ended && (!s.ended || took != takes) || !ended && took != closeWait {
				t.Errorf("a read of %s: Close took %s, ended %v", takes, took, ended)
			}
			time.Sleep(time.Second)
			if n, err := o.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("after Close: %d, %v", n, err)
			}
		})
	}
}

// lost is a seeker that fails and moves at its first Seek.
type lost struct {
	*strings.Reader
	seeks int
}

func (l *lost) Seek(offset int64, whence int) (int64, error) {
	if l.seeks++; l.seeks == 1 {
		_, _ = l.Reader.Seek(1, io.SeekStart)
		return 0, errSeek
	}
	return l.Reader.Seek(offset, whence)
}

// After a Seek that fails the position is unknown.
func TestSeekerAt_FailedSeek(t *testing.T) {
	s := &seekerAt{seeker: &lost{Reader: strings.NewReader("abcd")}}
	p := make([]byte, 2)
	if n, err := s.ReadAt(p, 2); n != 0 || err != errSeek {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := s.ReadAt(p, 0); string(p[:n]) != "ab" || err != nil {
		t.Errorf("%q, %v", p[:n], err)
	}
}
