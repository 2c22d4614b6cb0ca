package documents_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/spapi/documents"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
)

// secret stands in each URL and must turn up nowhere else.
const secret = "X-Amz-Signature=0123456789abcdef"

// A storage answers the n-th request, from 0, and keeps all of them.
type storage struct {
	answer   func(n int, w http.ResponseWriter, r *http.Request)
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func (s *storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests, s.bodies = append(s.requests, r), append(s.bodies, string(body))
	n := len(s.requests) - 1
	s.mu.Unlock()
	s.answer(n, w, r)
}

// count returns the number of requests.
func (s *storage) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// stored runs a test in virtual time against a storage in memory.
func stored(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request), test func(t *testing.T, s *storage, c *documents.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, pipe := &storage{answer: answer}, faults.NewPipe()
		var open atomic.Int64
		server := &http.Server{Handler: s, ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				open.Add(1)
			case http.StateClosed:
				open.Add(-1)
			}
		}}
		go func() { _ = server.Serve(pipe) }()
		transport := &http.Transport{DialContext: pipe.DialContext, DisableCompression: true}
		test(t, s, &documents.Client{Transport: transport, UserAgent: "Test/1"})
		synctest.Wait()
		transport.CloseIdleConnections()
		synctest.Wait()
		if n := open.Load(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		_ = server.Close()
	})
}

// at is a place that is asked for by number: each question gives another URL.
type at struct {
	asked int
	loc   documents.Location
	err   error
}

func (a *at) locate(context.Context) (documents.Location, error) {
	loc := a.loc
	loc.URL = fmt.Sprintf("http://storage.test/%d?%s", a.asked, secret)
	a.asked++
	return loc, a.err
}

func zipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.Bytes()
}

func sum(data []byte) string {
	s := md5.Sum(data)
	return base64.StdEncoding.EncodeToString(s[:])
}

// ranged serves content as real storage does, and breaks off after some bytes of its first answers.
func ranged(content []byte, cuts ...int) func(int, http.ResponseWriter, *http.Request) {
	return func(n int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		var from int
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
		}
		rest := content[from:]
		w.Header().Set("Content-Length", fmt.Sprint(len(rest)))
		if from > 0 {
			w.WriteHeader(http.StatusPartialContent)
		}
		if n < len(cuts) {
			_, _ = w.Write(rest[:cuts[n]])
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(rest)
	}
}

func status(code int, body string) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// typed serves content with a content type.
func typed(contentType string, content []byte) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(content)
	}
}

// failure checks an error's reason, status and attempts, and that it tells no URL.
func failure(t *testing.T, err error, reason documents.Reason, code, attempts int) {
	t.Helper()
	var e *documents.Error
	if !errors.As(err, &e) || e.Reason != reason || e.Status != code || e.Attempts != attempts {
		t.Errorf("the error is %v (%+v), want %s with status %d after %d attempts", err, e, reason, code, attempts)
	}
	if err != nil && (strings.Contains(fmt.Sprintf("%v %+v", err, e), "Signature") || strings.Contains(err.Error(), "storage.test/")) {
		t.Errorf("the error tells the URL: %v", err)
	}
}

func TestDownload_PlainTextIsLeftAsItIs(t *testing.T) {
	for _, contentType := range []string{"", "text/plain", "text/plain; charset=UTF-8", "text/plain; charset=utf8", `text/plain; charset="utf-8"`, "application/pdf", "no media type; charset"} {
		stored(t, typed(contentType, []byte("caf\xc3\xa9 \xff\n")), func(t *testing.T, s *storage, c *documents.Client) {
			r, err := c.Open(t.Context(), (&at{}).locate)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || string(got) != "caf\xc3\xa9 \xff\n" || contentType != "" && r.ContentType != contentType {
				t.Errorf("%q: read %q with error %v", contentType, got, err)
			}
			h := s.requests[0].Header
			if h.Get("User-Agent") != "Test/1" || h.Get("Accept-Encoding") != "identity" || len(h) != 2 {
				t.Errorf("sent %v, want nothing that signs", h)
			}
			if err := errors.Join(r.Close(), r.Close()); err != nil {
				t.Error(err)
			}
			if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF && !errors.Is(err, os.ErrClosed) {
				t.Errorf("reading on: %d and %v", n, err)
			}
		})
	}
}

func TestDownload_CharsetsBecomeUTF8(t *testing.T) {
	for _, c := range []struct {
		contentType, known, stored, want string
	}{
		{"text/plain; charset=windows-1252", "", "caf\xe9 \x80", "café €"},
		{"text/plain; charset=Cp1252", "", "\x80", "€"},
		{"text/plain; charset=ISO-8859-1", "", "\xe9", "é"},
		{"text/plain; charset=Shift_JIS", "", "\x83e\x83X\x83g", "テスト"},
		{"text/plain; charset=UTF-16LE", "", "h\x00i\x00", "hi"},
		{"text/plain", "windows-1252", "\xe9", "é"},
		{"text/plain; charset=windows-1252", "utf-8", "\xc3\xa9", "é"},
		{"text/plain; charset=windows-1252", documents.Binary, "\xe9", "\xe9"},
	} {
		stored(t, typed(c.contentType, []byte(c.stored)), func(t *testing.T, s *storage, client *documents.Client) {
			r, err := client.Open(t.Context(), (&at{loc: documents.Location{Charset: c.known}}).locate)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != c.want {
				t.Errorf("%s as %q: %q with error %v, want %q", c.contentType, c.known, got, err, c.want)
			}
		})
	}
}

func TestDownload_UnknownCharset(t *testing.T) {
	stored(t, typed("text/plain; charset=klingon", []byte("x")), func(t *testing.T, s *storage, c *documents.Client) {
		r, err := c.Open(t.Context(), (&at{}).locate)
		failure(t, err, documents.Charset, 0, 0)
		if r != nil || !strings.Contains(err.Error(), `"klingon"`) {
			t.Errorf("reader %v with error %v", r, err)
		}
		path := filepath.Join(t.TempDir(), "report")
		failure(t, c.Save(t.Context(), (&at{}).locate, path), documents.Charset, 0, 0)
		empty(t, path)
	})
}

// empty checks that neither a file nor a part of one is left.
func empty(t *testing.T, path string) {
	t.Helper()
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
		t.Errorf("left %v (%v), want nothing", left, err)
	}
}

func TestDownload_Unpacks(t *testing.T) {
	long := strings.Repeat("a long report\n", 10_000)
	for _, c := range []struct {
		name   string
		loc    documents.Location
		header string
	}{{"by its location", documents.Location{Gzip: true}, ""}, {"by its header", documents.Location{}, "gzip"}, {"by both, once", documents.Location{Gzip: true}, "GZIP"}} {
		stored(t, func(n int, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=windows-1252")
			if c.header != "" {
				w.Header().Set("Content-Encoding", c.header)
			}
			_, _ = w.Write(zipped(long + "\xe9"))
		}, func(t *testing.T, s *storage, client *documents.Client) {
			r, err := client.Open(t.Context(), (&at{loc: c.loc}).locate)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(iotest.OneByteReader(r)); err != nil || string(got) != long+"é" {
				t.Errorf("%s: %d bytes with error %v", c.name, len(got), err)
			}
		})
	}
}

// What is stored is broken: a new download would be as broken, so it is an error at once, and no half file is left.
func TestDownload_BrokenDocuments(t *testing.T) {
	whole := zipped(strings.Repeat("text ", 5000))
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-6] ^= 1 // in the checksum of the gzip
	for _, c := range []struct {
		name   string
		stored []byte
		loc    documents.Location
		reason documents.Reason
		text   string
	}{
		{"a cut gzip", whole[:len(whole)/2], documents.Location{Gzip: true}, documents.Corrupt, "no whole gzip: it ends too early"},
		{"a cut head of a gzip", whole[:5], documents.Location{Gzip: true}, documents.Corrupt, "ends too early"},
		{"nothing for a gzip", nil, documents.Location{Gzip: true}, documents.Corrupt, "ends too early"},
		{"plain text for a gzip", []byte("plain text, quite long enough"), documents.Location{Gzip: true}, documents.Corrupt, "no whole gzip"},
		{"a flipped bit", flipped, documents.Location{Gzip: true}, documents.Corrupt, "no whole gzip"},
		{"something behind a gzip", append(bytes.Clone(whole), "something else"...), documents.Location{Gzip: true}, documents.Corrupt, "no whole gzip"},
		{"a wrong checksum", []byte("text"), documents.Location{MD5: sum([]byte("test"))}, documents.Checksum, "its checksum is wrong"},
		{"a wrong checksum of a gzip", whole, documents.Location{Gzip: true, MD5: sum([]byte("test"))}, documents.Checksum, "its checksum is wrong"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stored(t, ranged(c.stored), func(t *testing.T, s *storage, client *documents.Client) {
				path := filepath.Join(t.TempDir(), "report")
				err := client.Save(t.Context(), (&at{loc: c.loc}).locate, path)
				failure(t, err, c.reason, 0, 0)
				if err == nil || !strings.Contains(err.Error(), c.text) || s.count() != 1 {
					t.Errorf("%v after %d requests, want %q after one", err, s.count(), c.text)
				}
				empty(t, path)
			})
		})
	}
}

func TestDownload_RightChecksum(t *testing.T) {
	whole := zipped("text")
	for _, loc := range []documents.Location{{Gzip: true, MD5: sum(whole)}, {MD5: sum(whole), Charset: documents.Binary}} {
		stored(t, ranged(whole, 5, 7), func(t *testing.T, s *storage, c *documents.Client) {
			path := filepath.Join(t.TempDir(), "report")
			if err := os.WriteFile(path, []byte("the report of yesterday, which is longer than that of today"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := c.Save(t.Context(), (&at{loc: loc}).locate, path); err != nil {
				t.Fatal(err)
			}
			want := "text"
			if !loc.Gzip {
				want = string(whole)
			}
			got, err := os.ReadFile(path)
			info, _ := os.Stat(path)
			if err != nil || string(got) != want || info.Mode().Perm() != 0o600 {
				t.Errorf("saved %q with mode %v and error %v", got, info.Mode(), err)
			}
			if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// A download that breaks off goes on where it was, however often, as long as something comes each time.
func TestDownload_GoesOnWhereItBrokeOff(t *testing.T) {
	content := []byte(strings.Repeat("0123456789", 100))
	stored(t, ranged(content, 100, 1, 1, 1, 1, 1, 200, 0, 0, 50), func(t *testing.T, s *storage, c *documents.Client) {
		where := &at{}
		r, err := c.Open(t.Context(), where.locate)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, content) || where.asked != 1 {
			t.Errorf("%d bytes, error %v, %d URLs", len(got), err, where.asked)
		}
		var ranges []string
		for _, r := range s.requests {
			ranges = append(ranges, strings.TrimPrefix(r.Header.Get("Range"), "bytes=")+r.Header.Get("If-Match"))
		}
		want := `,100-"v1",101-"v1",102-"v1",103-"v1",104-"v1",105-"v1",305-"v1",305-"v1",305-"v1",355-"v1"`
		if got := strings.Join(ranges, ","); got != want {
			t.Errorf("asked for %s, want %s", got, want)
		}
	})
}

func TestDownload_GivesUpWhenNothingComes(t *testing.T) {
	abort := func(int, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	hang := func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for _, c := range []struct {
		name     string
		answer   func(int, http.ResponseWriter, *http.Request)
		attempts int
		reason   documents.Reason
		status   int
		requests int
		least    time.Duration
		most     time.Duration
	}{
		{"resets", abort, 0, documents.Unreachable, 0, 4, 1750 * time.Millisecond, 3500 * time.Millisecond},
		{"resets, twice", abort, 2, documents.Unreachable, 0, 2, 250 * time.Millisecond, 500 * time.Millisecond},
		{"cut at its first byte", ranged([]byte("text"), 0, 0, 0, 0, 0), 0, documents.Unreachable, 0, 4, 1750 * time.Millisecond, 3500 * time.Millisecond},
		{"silence", hang, 0, documents.TimedOut, 0, 4, 121750 * time.Millisecond, 123500 * time.Millisecond},
		{"503", status(503, "<Error><Code>SlowDown</Code></Error>"), 0, documents.Refused, 503, 4, 1750 * time.Millisecond, 3500 * time.Millisecond},
		{"429", status(429, ""), 0, documents.Refused, 429, 4, 1750 * time.Millisecond, 3500 * time.Millisecond},
		{"404", status(404, "<Error><Code>NoSuchKey</Code></Error>"), 0, documents.Refused, 404, 1, 0, 0},
		{"403", status(403, "<Error><Code>AccessDenied</Code><X>"+secret+"</X></Error>"), 0, documents.Expired, 403, 1, 0, 0},
		{"400 expired", status(400, "<Error><Code>ExpiredToken</Code></Error>"), 0, documents.Expired, 400, 1, 0, 0},
		{"400", status(400, "<Error><Code>InvalidArgument</Code></Error>"), 0, documents.Refused, 400, 1, 0, 0},
		{"a redirect", func(_ int, w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/2", 307) }, 0, documents.Refused, 307, 1, 0, 0},
		{"204", status(204, ""), 0, documents.Refused, 204, 1, 0, 0},
		{"206 unasked", status(206, "x"), 0, documents.Refused, 206, 1, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			stored(t, c.answer, func(t *testing.T, s *storage, client *documents.Client) {
				client.Attempts = c.attempts
				begun, where := time.Now(), &at{}
				path := filepath.Join(t.TempDir(), "report")
				err := client.Save(t.Context(), where.locate, path)
				failure(t, err, c.reason, c.status, c.requests)
				if took := time.Since(begun); took < c.least || took > c.most || s.count() != c.requests || where.asked != 1 {
					t.Errorf("took %s, %d requests, %d URLs; want %s to %s and %d", took, s.count(), where.asked, c.least, c.most, c.requests)
				}
				empty(t, path)
			})
		})
	}
}

// A URL that lapses in the middle is replaced, and the download goes on.
func TestDownload_URLLapsesInTheMiddle(t *testing.T) {
	content := []byte(strings.Repeat("0123456789", 100))
	serve := ranged(content, 300, 300)
	requests := 0
	stored(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if want := fmt.Sprintf("/%d", min(requests, 2)); r.URL.Path != want {
			status(403, "<Error><Code>AccessDenied</Code></Error>")(n, w, r)
			return
		}
		requests++
		serve(requests-1, w, r)
	}, func(t *testing.T, s *storage, c *documents.Client) {
		where := &at{}
		r, err := c.Open(t.Context(), where.locate)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, content) || where.asked != 3 || s.count() != 5 {
			t.Errorf("%d bytes, error %v, %d URLs in %d requests, want 3 in 5", len(got), err, where.asked, s.count())
		}
	})
}

// If the new URL opens nothing either, that is the end; and so is a failure to get one.
func TestDownload_NewURLIsNoBetter(t *testing.T) {
	content := []byte("0123456789")
	serve := ranged(content, 5)
	answer := func(n int, w http.ResponseWriter, r *http.Request) {
		if n > 0 {
			status(403, "")(n, w, r)
			return
		}
		serve(n, w, r)
	}
	stored(t, answer, func(t *testing.T, s *storage, c *documents.Client) {
		where := &at{}
		r, err := c.Open(t.Context(), where.locate)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		failure(t, err, documents.Expired, 403, 2)
		if string(got) != "01234" || where.asked != 2 || s.count() != 3 {
			t.Errorf("read %q, %d URLs, %d requests", got, where.asked, s.count())
		}
	})
	stored(t, answer, func(t *testing.T, s *storage, c *documents.Client) {
		where := &at{}
		r, err := c.Open(t.Context(), where.locate)
		if err != nil {
			t.Fatal(err)
		}
		where.err = errors.New("quota used up")
		if _, err := io.ReadAll(r); !errors.Is(err, where.err) {
			t.Errorf("the error is %v", err)
		}
		if _, err := c.Open(t.Context(), where.locate); !errors.Is(err, where.err) {
			t.Errorf("the error is %v", err)
		}
	})
}

// The rest of another document must not be glued to the beginning of the first.
func TestDownload_ChangedMeanwhile(t *testing.T) {
	rest := func(code int, header ...string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			_, _ = io.WriteString(w, "0123456789")
		}
	}
	for _, c := range []struct {
		name   string
		etag   string // of the first answer
		answer func(http.ResponseWriter)
		reason documents.Reason // empty: it goes on
		status int
	}{
		{"precondition failed", `"v1"`, rest(412), documents.Changed, 412},
		{"range not satisfiable", `"v1"`, rest(416), documents.Changed, 416},
		{"another version in part", `"v1"`, rest(206, "ETag", `"v2"`, "Content-Range", "bytes 5-14/15"), documents.Changed, 206},
		{"another version whole", `"v1"`, rest(200, "ETag", `"v2"`), documents.Changed, 200},
		{"another part", `"v1"`, rest(206, "ETag", `"v1"`, "Content-Range", "bytes 50-59/60"), documents.Changed, 206},
		{"whole, without a version", ``, rest(200), documents.Changed, 200},
		{"whole, with a weak version", `W/"v1"`, rest(200, "ETag", `W/"v1"`), documents.Changed, 200},
		{"whole, the same version", `"v1"`, rest(200, "ETag", `"v1"`), "", 0},
		{"in part, without a version", ``, rest(206, "Content-Range", "bytes 5-14/15"), "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			stored(t, func(n int, w http.ResponseWriter, r *http.Request) {
				if n > 0 {
					c.answer(w)
					return
				}
				if c.etag != "" {
					w.Header().Set("ETag", c.etag)
				}
				size := "10"
				if c.name == "in part, without a version" {
					size = "15"
				}
				w.Header().Set("Content-Length", size)
				_, _ = io.WriteString(w, "01234")
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}, func(t *testing.T, s *storage, client *documents.Client) {
				r, err := client.Open(t.Context(), (&at{}).locate)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(r)
				if c.reason != "" {
					failure(t, err, c.reason, c.status, 0)
					if string(got) != "01234" {
						t.Errorf("read %q", got)
					}
					return
				}
				if want := map[string]string{"whole, the same version": "0123456789", "in part, without a version": "012340123456789"}[c.name]; err != nil || string(got) != want {
					t.Errorf("read %q with error %v, want %q", got, err, want)
				}
			})
		})
	}
}

// A reader that takes its time is not silence of the storage.
func TestDownload_SlowReaderIsNoSilence(t *testing.T) {
	content := bytes.Repeat([]byte("x"), 1<<20)
	stored(t, ranged(content), func(t *testing.T, s *storage, c *documents.Client) {
		r, err := c.Open(t.Context(), (&at{}).locate)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for buf := make([]byte, 100_000); ; {
			time.Sleep(10 * time.Minute)
			k, err := io.ReadFull(r, buf)
			n += k
			if err != nil {
				break
			}
		}
		if n != len(content) || s.count() != 1 {
			t.Errorf("%d bytes in %d requests", n, s.count())
		}
	})
}

// A storage that stops in the middle is asked again after the silence.
func TestDownload_SilenceInTheMiddle(t *testing.T) {
	content := []byte("0123456789")
	whole := ranged(content)
	stored(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n > 0 {
			whole(n, w, r)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "01234")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}, func(t *testing.T, s *storage, c *documents.Client) {
		c.Idle = 10 * time.Second
		begun := time.Now()
		r, err := c.Open(t.Context(), (&at{}).locate)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if took := time.Since(begun); err != nil || string(got) != "0123456789" || took < 10*time.Second || took > 11*time.Second {
			t.Errorf("read %q with error %v after %s", got, err, took)
		}
	})
}

func TestDownload_CallerGivesUp(t *testing.T) {
	stored(t, func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(t *testing.T, s *storage, c *documents.Client) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		path := filepath.Join(t.TempDir(), "report")
		if err := c.Save(ctx, (&at{}).locate, path); !errors.Is(err, context.DeadlineExceeded) || s.count() != 1 {
			t.Errorf("the error is %v after %d requests", err, s.count())
		}
		empty(t, path)
	})
	stored(t, status(503, ""), func(t *testing.T, s *storage, c *documents.Client) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		if _, err := c.Open(ctx, (&at{}).locate); !errors.Is(err, context.Canceled) || s.count() != 1 {
			t.Errorf("the error is %v after %d requests", err, s.count())
		}
	})
}

func TestSave_NoSuchFolder(t *testing.T) {
	stored(t, ranged([]byte("text")), func(t *testing.T, s *storage, c *documents.Client) {
		if err := c.Save(t.Context(), (&at{}).locate, filepath.Join(t.TempDir(), "no", "report")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the error is %v", err)
		}
	})
}

const kind = "application/json; charset=UTF-8"

func upload(ctx context.Context, c *documents.Client, body io.ReadSeeker) error {
	return c.Upload(ctx, "http://storage.test/up?"+secret, kind, body)
}

func TestUpload_SendsTheWholeDocument(t *testing.T) {
	for _, text := range []string{"", "text", strings.Repeat("long ", 100_000)} {
		stored(t, status(200, ""), func(t *testing.T, s *storage, c *documents.Client) {
			body := strings.NewReader(text)
			_, _ = body.Seek(2, io.SeekStart) // it is sent from its beginning all the same
			if err := upload(t.Context(), c, body); err != nil {
				t.Fatal(err)
			}
			r := s.requests[0]
			if r.Method != http.MethodPut || r.ContentLength != int64(len(text)) || s.bodies[0] != text || r.Header.Get("Content-Type") != kind || r.TransferEncoding != nil {
				t.Errorf("sent %s of %d bytes as %v", r.Method, r.ContentLength, r.Header)
			}
			if r.Header.Get("Authorization") != "" || r.Header.Get("X-Amz-Access-Token") != "" || r.URL.RawQuery != secret {
				t.Errorf("sent %v to %s", r.Header, r.URL)
			}
		})
	}
}

func TestUpload_RepeatsWhatPasses(t *testing.T) {
	stored(t, func(n int, w http.ResponseWriter, r *http.Request) {
		switch n {
		case 0:
			panic(http.ErrAbortHandler)
		case 1:
			w.WriteHeader(503)
		case 2:
			w.WriteHeader(408)
		default:
			w.WriteHeader(204)
		}
	}, func(t *testing.T, s *storage, c *documents.Client) {
		if err := upload(t.Context(), c, strings.NewReader("text")); err != nil || s.count() != 4 {
			t.Errorf("%v after %d requests", err, s.count())
		}
		for _, body := range s.bodies {
			if body != "text" {
				t.Errorf("sent %q", body)
			}
		}
	})
}

func TestUpload_Failures(t *testing.T) {
	for _, c := range []struct {
		name     string
		answer   func(int, http.ResponseWriter, *http.Request)
		reason   documents.Reason
		status   int
		requests int
	}{
		{"lapsed", status(403, "<Error><Code>AccessDenied</Code></Error>"), documents.Expired, 403, 1},
		{"refused", status(400, ""), documents.Refused, 400, 1},
		{"redirected", func(_ int, w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/2", 307) }, documents.Refused, 307, 1},
		{"down", status(500, ""), documents.Refused, 500, 4},
		{"resets", func(int, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, documents.Unreachable, 0, 4},
		{"silence", func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, documents.TimedOut, 0, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			stored(t, c.answer, func(t *testing.T, s *storage, client *documents.Client) {
				failure(t, upload(t.Context(), client, strings.NewReader("text")), c.reason, c.status, c.requests)
				if s.count() != c.requests {
					t.Errorf("%d requests, want %d", s.count(), c.requests)
				}
			})
		})
	}
}

// broken is a body that cannot be read, or not from its beginning.
type broken struct {
	*strings.Reader
	read, end, start error
}

func (b broken) Read(p []byte) (int, error) {
	if b.read != nil {
		return 0, b.read
	}
	return b.Reader.Read(p)
}

func (b broken) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekEnd && b.end != nil {
		return 0, b.end
	}
	if whence == io.SeekStart && b.start != nil {
		return 0, b.start
	}
	return b.Reader.Seek(offset, whence)
}

func TestUpload_SourceThatCannotBeRead(t *testing.T) {
	bad := errors.New("bad sector")
	for _, b := range []broken{{read: bad}, {end: bad}, {start: bad}} {
		stored(t, status(200, ""), func(t *testing.T, s *storage, c *documents.Client) {
			b.Reader = strings.NewReader("text")
			if err := upload(t.Context(), c, b); !errors.Is(err, bad) || s.count() > 1 {
				t.Errorf("%v after %d requests", err, s.count())
			}
		})
	}
}

func TestUpload_CallerGivesUp(t *testing.T) {
	stored(t, func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(t *testing.T, s *storage, c *documents.Client) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := upload(ctx, c, strings.NewReader("text")); !errors.Is(err, context.DeadlineExceeded) || s.count() != 1 {
			t.Errorf("%v after %d requests", err, s.count())
		}
	})
}

func TestUnusableURLs(t *testing.T) {
	c := &documents.Client{Attempts: 1}
	for _, bad := range []string{"", "/up", "http://a b/?" + secret, "http://%zz/?" + secret} {
		failure(t, c.Upload(t.Context(), bad, kind, strings.NewReader("text")), documents.Unreachable, 0, 1)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close() // nobody listens there now
	failure(t, c.Upload(t.Context(), "http://"+listener.Addr().String()+"/up?"+secret, kind, strings.NewReader("text")), documents.Unreachable, 0, 1)
}

func TestLocation_PrintsNoURL(t *testing.T) {
	loc := documents.Location{URL: "http://storage.test/1?" + secret}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, loc) + fmt.Sprintf(verb, &loc) + fmt.Sprintf(verb, []any{loc}); strings.Contains(got, "storage.test") || !strings.HasPrefix(got, "location of a document") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestPoll_AsksUntilDone(t *testing.T) {
	for _, c := range []struct {
		poll  documents.Poll
		waits []time.Duration // between questions, before jitter
	}{
		{documents.Poll{}, []time.Duration{5 * time.Second, 7500 * time.Millisecond, 11250 * time.Millisecond, 16875 * time.Millisecond}},
		{documents.Poll{First: time.Minute}, []time.Duration{time.Minute, time.Minute, time.Minute, time.Minute}},
		{documents.Poll{First: time.Second, Growth: 2, Max: 3 * time.Second}, []time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 3 * time.Second}},
		{documents.Poll{First: time.Second, Growth: 1}, []time.Duration{time.Second, time.Second, time.Second, time.Second}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var asked []time.Time
			err := c.poll.Until(t.Context(), func(context.Context) (bool, error) {
				asked = append(asked, time.Now())
				return len(asked) == len(c.waits)+1, nil
			})
			if err != nil || len(asked) != len(c.waits)+1 {
				t.Fatalf("%v after %d questions", err, len(asked))
			}
			for i, want := range c.waits {
				if got := asked[i+1].Sub(asked[i]); got < want*4/5 || got > want*6/5+1 {
					t.Errorf("waited %s before question %d, want about %s", got, i+2, want)
				}
			}
		})
	}
}

func TestPoll_Failures(t *testing.T) {
	kinds := map[resilience.Kind]bool{
		resilience.KindTransport: true, resilience.KindTimeout: true, resilience.KindThrottled: true, resilience.KindCircuitOpen: true,
		resilience.KindRateLimited: true, resilience.KindBulkheadFull: true,
		resilience.KindContract: false, resilience.KindCredential: false, resilience.KindCanceled: false, resilience.KindClosed: false,
	}
	for kind, passes := range kinds {
		questions(t, &resilience.Error{Kind: kind}, map[bool]int{true: 5, false: 1}[passes])
	}
	questions(t, &resilience.Error{Kind: resilience.KindAPI, Status: 500}, 5)
	questions(t, &resilience.Error{Kind: resilience.KindAPI, Status: 499}, 1)
	questions(t, errors.New("another"), 1)
}

// questions checks how often a question that always fails is asked.
func questions(t *testing.T, failure error, want int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		err := documents.Poll{}.Until(t.Context(), func(context.Context) (bool, error) { n++; return false, failure })
		if !errors.Is(err, failure) || n != want {
			t.Errorf("%v after %d questions, want %d", err, n, want)
		}
	})
}

func TestPoll_AFailureNowAndThenIsNoEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		begun := time.Now()
		err := documents.Poll{First: time.Second, Max: time.Second, Patience: 2}.Until(t.Context(), func(context.Context) (bool, error) {
			n++
			if n%2 == 1 {
				return false, &resilience.Error{Kind: resilience.KindThrottled, RetryAfter: time.Minute}
			}
			return n == 6, nil
		})
		if took := time.Since(begun); err != nil || n != 6 || took < 3*time.Minute || took > 3*time.Minute+3*time.Second {
			t.Errorf("%v after %d questions and %s, want six that wait for Retry-After", err, n, took)
		}
	})
}

func TestPoll_CallerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
		defer cancel()
		n := 0
		if err := (documents.Poll{}).Until(ctx, func(context.Context) (bool, error) { n++; return false, nil }); !errors.Is(err, context.DeadlineExceeded) || n < 2 || n > 3 {
			t.Errorf("%v after %d questions", err, n)
		}
	})
}
