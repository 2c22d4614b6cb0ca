package documents_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/spapi/documents"
)

// An interrupted download continues where it stopped, as often as necessary, as long as there is
// progress: 64 KiB make up for all failures before them.
func TestDownload_ResumesAfterInterruption(t *testing.T) {
	const block = 64 << 10
	content := []byte(strings.Repeat("0123456789", 20_000))
	stored(
		t,
		ranged(content, 100, 1, block-101, 1, 0, block-1, 0, 1),
		func(t *testing.T, s *storage, c *documents.Client) {
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
			want := `,100-"v1",101-"v1",65536-"v1",65537-"v1",65537-"v1",131072-"v1",131072-"v1",131073-"v1"`
			if got := strings.Join(ranges, ","); got != want {
				t.Errorf("asked for %s, want %s", got, want)
			}
		},
	)
}

// A storage that breaks off after a few bytes each time, or whose URLs expire then, is not asked
// again without end.
func TestDownload_LittleProgress(t *testing.T) {
	content := bytes.Repeat([]byte("x"), 1<<20)
	stored(t, ranged(content, 1000, 1, 1, 1, 1, 1), func(t *testing.T, s *storage, c *documents.Client) {
		r, err := c.Open(t.Context(), (&at{}).locate)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		failure(t, err, documents.Unreachable, 0, 4)
		if len(got) != 1003 || s.count() != 4 {
			t.Errorf("%d bytes in %d requests", len(got), s.count())
		}
	})
	serve := ranged(content, 1, 1, 1, 1, 1, 1, 1, 1)
	requests := 0
	stored(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if want := fmt.Sprintf("/%d", requests); r.URL.Path != want {
			status(403, "")(n, w, r)
			return
		}
		requests++
		serve(requests-1, w, r)
	}, func(t *testing.T, s *storage, c *documents.Client) {
		c.Attempts = 3
		where := &at{}
		r, err := c.Open(t.Context(), where.locate)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err == nil || len(got) != 3 || where.asked != 3 || s.count() != 5 {
			t.Errorf("%d bytes, error %v, %d URLs in %d requests", len(got), err, where.asked, s.count())
		}
	})
	c2 := append(bytes.Repeat([]byte("x"), 10), '.')
	serve = ranged(c2, 1)
	stored(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n == 0 || r.URL.Path == "/1" {
			serve(n, w, r)
			return
		}
		status(403, "")(n, w, r)
	}, func(t *testing.T, s *storage, c *documents.Client) {
		c.Attempts = 2
		where := &at{}
		r, err := c.Open(t.Context(), where.locate)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, c2) || where.asked != 2 {
			t.Errorf("%q, %v, %d URLs; want a second URL for a second attempt", got, err, where.asked)
		}
	})
}

func TestDownload_StopsWithoutProgress(t *testing.T) {
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
		{
			"cut at its first byte", ranged([]byte("text"), 0, 0, 0, 0, 0), 0, documents.Unreachable, 0, 4,
			1750 * time.Millisecond, 3500 * time.Millisecond,
		},
		{"silence", hang, 0, documents.TimedOut, 0, 4, 121750 * time.Millisecond, 123500 * time.Millisecond},
		{
			"503", status(503, "<Error><Code>SlowDown</Code></Error>"), 0, documents.Refused, 503, 4,
			1750 * time.Millisecond, 3500 * time.Millisecond,
		},
		{"429", status(429, ""), 0, documents.Refused, 429, 4, 1750 * time.Millisecond, 3500 * time.Millisecond},
		{"404", status(404, "<Error><Code>NoSuchKey</Code></Error>"), 0, documents.Refused, 404, 1, 0, 0},
		{
			"403", status(403, "<Error><Code>AccessDenied</Code><X>"+secret+"</X></Error>"), 0, documents.Expired,
			403, 1, 0, 0,
		},
		{"400 expired", status(400, "<Error><Code>ExpiredToken</Code></Error>"), 0, documents.Expired, 400, 1, 0, 0},
		{"400", status(400, "<Error><Code>InvalidArgument</Code></Error>"), 0, documents.Refused, 400, 1, 0, 0},
		{"a redirect", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/2", http.StatusTemporaryRedirect)
		}, 0, documents.Refused, 307, 1, 0, 0},
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
				if took := time.Since(begun); took < c.least || took > c.most || s.count() != c.requests ||
					where.asked != 1 {
					t.Errorf(
						"took %s, %d requests, %d URLs; want %s to %s and %d",
						took,
						s.count(),
						where.asked,
						c.least,
						c.most,
						c.requests,
					)
				}
				empty(t, path)
			})
		})
	}
}

// If a URL expires during a download, the download continues with a new URL.
func TestDownload_URLExpires(t *testing.T) {
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

// An invalid new URL ends the download, and so does a failure to get one.
func TestDownload_NewURLFails(t *testing.T) {
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
		path := filepath.Join(t.TempDir(), "report")
		failure(t, c.Save(t.Context(), (&at{}).locate, path), documents.Expired, 403, 2)
		empty(t, path)
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

// The rest of a different document must not be appended to the beginning of the first.
func TestDownload_DocumentReplaced(t *testing.T) {
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
		etag   string // of the first response
		answer func(http.ResponseWriter)
		reason documents.Reason // empty: it continues
		status int
	}{
		{"precondition failed", `"v1"`, rest(412), documents.Changed, 412},
		{"range not satisfiable", `"v1"`, rest(416), documents.Changed, 416},
		{
			"another version in part", `"v1"`, rest(206, "ETag", `"v2"`, "Content-Range", "bytes 5-14/15"),
			documents.Changed, 206,
		},
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
				if want := map[string]string{
					"whole, the same version": "0123456789", "in part, without a version": "012340123456789",
				}[c.name]; err != nil ||
					string(got) != want {
					t.Errorf("read %q with error %v, want %q", got, err, want)
				}
			})
		})
	}
}

// A slow reader does not trigger the idle timeout.
func TestDownload_SlowReader(t *testing.T) {
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

// A storage that stops sending is requested again after the idle timeout.
func TestDownload_IdleTimeout(t *testing.T) {
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
		if took := time.Since(begun); err != nil || string(got) != "0123456789" || took < 10*time.Second ||
			took > 11*time.Second {
			t.Errorf("read %q with error %v after %s", got, err, took)
		}
	})
}

func TestDownload_CallerCancels(t *testing.T) {
	stored(
		t,
		func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		func(t *testing.T, s *storage, c *documents.Client) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			path := filepath.Join(t.TempDir(), "report")
			if err := c.Save(ctx, (&at{}).locate, path); !errors.Is(err, context.DeadlineExceeded) || s.count() != 1 {
				t.Errorf("the error is %v after %d requests", err, s.count())
			}
			empty(t, path)
		},
	)
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
		if err := c.Save(t.Context(), (&at{}).locate, filepath.Join(t.TempDir(), "no", "report")); !errors.Is(
			err,
			os.ErrNotExist,
		) {
			t.Errorf("the error is %v", err)
		}
	})
}
