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
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/resgen/resgen/clients/spapi/documents"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/faults"
)

// secret is part of each URL and must not appear elsewhere.
const secret = "X-Amz-Signature=0123456789abcdef"

// A storage answers the nth request, counted from 0, and records all of them.
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

// stored runs a test in virtual time with a storage in memory.
func stored(
	t *testing.T,
	answer func(n int, w http.ResponseWriter, r *http.Request),
	test func(t *testing.T, s *storage, c *documents.Client),
) {
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
		test(t, s, &documents.Client{Transport: transport, UserAgent: "Test/1", Loopback: true})
		synctest.Wait()
		transport.CloseIdleConnections()
		synctest.Wait()
		if n := open.Load(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		_ = server.Close()
	})
}

// at is a location that returns a different URL for each call.
type at struct {
	asked int
	loc   documents.Location
	err   error
}

func (a *at) locate(context.Context) (documents.Location, error) {
	loc := a.loc
	loc.URL = auth.NewSecret(fmt.Sprintf("http://storage.test/%d?%s", a.asked, secret))
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

// ranged serves content like real storage, and breaks off after some bytes of its first responses.
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

// failure checks an error's reason, status and attempts, and that it contains no URL.
func failure(t *testing.T, err error, reason documents.Reason, code, attempts int) {
	t.Helper()
	var e *documents.Error
	if !errors.As(err, &e) || e.Reason != reason || e.Status != code || e.Attempts != attempts {
		t.Errorf("the error is %v (%+v), want %s with status %d after %d attempts", err, e, reason, code, attempts)
	}
	if err != nil &&
		(strings.Contains(fmt.Sprintf("%v %+v", err, e), "Signature") ||
			strings.Contains(err.Error(), "storage.test/")) {
		t.Errorf("the error contains the URL: %v", err)
	}
}
