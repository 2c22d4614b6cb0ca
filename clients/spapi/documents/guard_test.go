package documents_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/spapi/documents"
	"github.com/resgen/resgen/resilience/auth"
)

// located returns a function that locates a document at a URL.
func located(url string) documents.Locate {
	return func(context.Context) (documents.Location, error) {
		return documents.Location{URL: auth.NewSecret(url)}, nil
	}
}

// The URL of a response must not direct a client to a server in the network of the program. Nothing
// is sent, also if only the name resolution shows the address.
func TestClient_ForbiddenAddresses(t *testing.T) {
	var requests atomic.Int64
	serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
	})
	plain, secure := httptest.NewServer(serve), httptest.NewTLSServer(serve)
	defer plain.Close()
	defer secure.Close()
	at, err := url.Parse(secure.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{
		plain.URL, secure.URL, "https://localhost:" + at.Port(), "http://169.254.169.254/latest/meta-data",
		"https://127.1:" + at.Port(),
	} {
		c := &documents.Client{Backoff: time.Microsecond}
		_, err := c.Open(t.Context(), located(target+"/?"+secret))
		failure(t, err, documents.Forbidden, 0, 0)
		failure(t, c.Upload(t.Context(), target+"/?"+secret, kind, strings.NewReader("x")), documents.Forbidden, 0, 1)
		c.Transport = secure.Client().Transport // also with another transport
		_, err = c.Open(t.Context(), located(target+"/?"+secret))
		failure(t, err, documents.Forbidden, 0, 0)
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	for name, c := range map[string]*documents.Client{
		"loopback": {Loopback: true}, "hosts": {Loopback: true, Hosts: []string{"127.0.0.1"}},
	} {
		if err := c.Upload(t.Context(), plain.URL, kind, strings.NewReader("x")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := &documents.Client{
		Networks:  []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Transport: secure.Client().Transport,
	}
	if err := c.Upload(t.Context(), secure.URL, kind, strings.NewReader("x")); err != nil {
		t.Errorf("networks: %v", err)
	}
	if n := requests.Load(); n != 3 {
		t.Errorf("%d requests were sent, want 3", n)
	}
}

// Redirects are not followed, wherever they lead.
func TestClient_RedirectsAreNotFollowed(t *testing.T) {
	var requests atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
	}))
	defer s.Close()
	_, err := (&documents.Client{Loopback: true}).Open(t.Context(), located(s.URL))
	failure(t, err, documents.Refused, http.StatusFound, 1)
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// silent is a body that sends nothing until it is closed.
type silent struct {
	once   sync.Once
	closed chan struct{}
}

func (s *silent) Read([]byte) (int, error) {
	<-s.closed
	return 0, io.ErrClosedPipe
}

func (s *silent) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// Reading the body of a round tripper that ignores contexts ends with the context.
func TestClient_BodiesEndWithTheContext(t *testing.T) {
	for _, code := range []int{200, 503} {
		stored(t, nil, func(t *testing.T, _ *storage, c *documents.Client) {
			c.Attempts = 1
			c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
				body := &silent{closed: make(chan struct{})}
				return &http.Response{StatusCode: code, Body: body, ContentLength: -1, Request: r}, nil
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			begun := time.Now()
			r, err := c.Open(ctx, (&at{}).locate)
			if err == nil {
				_, err = io.ReadAll(r)
			}
			if err == nil || time.Since(begun) != time.Second {
				t.Errorf("status %d: %v after %v", code, err, time.Since(begun))
			}
			time.Sleep(time.Minute) // the body is closed a little later
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
