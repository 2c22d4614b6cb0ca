package documents_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/spapi/documents"
	"github.com/resgen/resgen/resilience/auth"
)

const kind = "application/json; charset=UTF-8"

func upload(ctx context.Context, c *documents.Client, body io.ReadSeeker) error {
	return c.Upload(ctx, "http://storage.test/up?"+secret, kind, body)
}

func TestUpload_SendsTheWholeDocument(t *testing.T) {
	for _, text := range []string{"", "text", strings.Repeat("long ", 100_000)} {
		stored(t, status(200, ""), func(t *testing.T, s *storage, c *documents.Client) {
			body := strings.NewReader(text)
			_, _ = body.Seek(2, io.SeekStart) // it is still sent from its beginning
			if err := upload(t.Context(), c, body); err != nil {
				t.Fatal(err)
			}
			r := s.requests[0]
			if r.Method != http.MethodPut || r.ContentLength != int64(len(text)) || s.bodies[0] != text ||
				r.Header.Get("Content-Type") != kind ||
				r.TransferEncoding != nil {
				t.Errorf("sent %s of %d bytes as %v", r.Method, r.ContentLength, r.Header)
			}
			if r.Header.Get("Authorization") != "" || r.Header.Get("X-Amz-Access-Token") != "" ||
				r.URL.RawQuery != secret {
				t.Errorf("sent %v to %s", r.Header, r.URL)
			}
		})
	}
}

func TestUpload_RetriesTemporaryFailures(t *testing.T) {
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
		{"redirected", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/2", http.StatusTemporaryRedirect)
		}, documents.Refused, 307, 1},
		{"down", status(500, ""), documents.Refused, 500, 4},
		{
			"resets", func(int, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			documents.Unreachable, 0, 4,
		},
		{
			"silence", func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			documents.TimedOut, 0, 4,
		},
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

// broken is a body that cannot be read, or cannot be rewound.
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

// hidden hides all methods but those of io.ReadSeeker.
type hidden struct{ io.ReadSeeker }

// An upload whose source is read while an early refusal comes is repeated from its beginning.
func TestUpload_RefusedEarly(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 1<<17)
	path := filepath.Join(t.TempDir(), "document")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, body := range map[string]io.ReadSeeker{
		"file": file, "seeker": hidden{strings.NewReader(text)}, "text": strings.NewReader(text),
	} {
		var requests, whole atomic.Int64
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1)%2 == 1 {
				_, _ = io.CopyN(io.Discard, r.Body, 4096)
				w.WriteHeader(503)
				return
			}
			if got, err := io.ReadAll(r.Body); err == nil && string(got) == text {
				whole.Add(1)
			}
		}))
		c := &documents.Client{Attempts: 2, Backoff: time.Microsecond, Loopback: true}
		for range 3 { // one after the other with the same source
			if err := c.Upload(t.Context(), s.URL, kind, body); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		s.Close()
		if requests.Load() != 6 || whole.Load() != 3 {
			t.Errorf("%s: %d requests, %d arrived whole", name, requests.Load(), whole.Load())
		}
	}
}

// endless is a body that does not end and ignores contexts.
type endless struct{ closed chan struct{} }

func (e endless) Read([]byte) (int, error) { <-e.closed; return 0, io.ErrClosedPipe }
func (e endless) Close() error             { close(e.closed); return nil }

type answers func(*http.Request) (*http.Response, error)

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Responses whose bodies do not end do not delay what is known, and end with the context.
func TestTransfers_BodiesThatDoNotEnd(t *testing.T) {
	for status, takes := range map[int]time.Duration{200: 0, 403: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			c := &documents.Client{Attempts: 1, Loopback: true}
			c.Transport = answers(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: status, Body: endless{make(chan struct{})}, ContentLength: -1}, nil
			})
			begin := time.Now()
			if err := upload(t.Context(), c, strings.NewReader("text")); (err == nil) != (status == 200) ||
				time.Since(begin) != takes {
				t.Errorf("%d: %v after %s, want %s", status, err, time.Since(begin), takes)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			begin = time.Now()
			locate := func(context.Context) (documents.Location, error) {
				return documents.Location{URL: auth.NewSecret("https://storage.test/x")}, nil
			}
			r, err := c.Open(ctx, locate)
			if err == nil {
				_, err = io.ReadAll(r)
				_ = r.Close()
				takes = 10 * time.Second
			}
			if err == nil || time.Since(begin) != takes {
				t.Errorf("%d: download: %v after %s, want %s", status, err, time.Since(begin), takes)
			}
			time.Sleep(time.Second) // the bodies are closed
		})
	}
}

func TestUpload_CallerCancels(t *testing.T) {
	stored(
		t,
		func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		func(t *testing.T, s *storage, c *documents.Client) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := upload(ctx, c, strings.NewReader("text")); !errors.Is(err, context.DeadlineExceeded) ||
				s.count() != 1 {
				t.Errorf("%v after %d requests", err, s.count())
			}
		},
	)
}

func TestUnusableURLs(t *testing.T) {
	c := &documents.Client{Attempts: 1, Loopback: true}
	for _, bad := range []string{"", "/up", "http://a b/?" + secret, "http://%zz/?" + secret} {
		failure(t, c.Upload(t.Context(), bad, kind, strings.NewReader("text")), documents.Unreachable, 0, 1)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close() // connections are refused now
	failure(
		t,
		c.Upload(t.Context(), "http://"+listener.Addr().String()+"/up?"+secret, kind, strings.NewReader("text")),
		documents.Unreachable,
		0,
		1,
	)
}

func TestLocation_PrintsNoURL(t *testing.T) {
	loc := documents.Location{URL: auth.NewSecret("http://storage.test/1?" + secret)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, loc) + fmt.Sprintf(verb, &loc) + fmt.Sprintf(verb, []any{loc}); strings.Contains(
			got,
			"storage.test",
		) ||
			!strings.HasPrefix(got, "location of a document") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}
