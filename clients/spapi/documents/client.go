package documents

// This file sends single requests. upload.go and download.go build transfers from them.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/resgen/resgen/clients/internal/pause"
	"github.com/resgen/resgen/resilience"
)

// A Client transfers documents. The zero Client is ready for use. It is safe for concurrent use.
type Client struct {
	// Transport sends the requests; it must not add credentials. If it is nil, a transport is used
	// that takes proxies from the environment, keeps no connections open, and refuses addresses
	// that are not public. The addresses that another transport dials are not checked.
	Transport http.RoundTripper
	UserAgent string // empty: Go's default

	// Hosts lists the hosts that URLs may name, for example s3.amazonaws.com, or *.amazonaws.com
	// for all hosts below it. Empty means any host with a public address.
	Hosts    []string
	Networks []netip.Prefix // addresses that may be contacted although they are not public
	Loopback bool           // for tests: also http, and loopback addresses

	MaxBytes int64 // maximum size of a download, stored and decoded; 0: 1 GiB; negative: no limit

	Attempts int // maximum number of requests without a progress of 64 KiB between them; 0: 4
	// wait after the first such request, doubled for each further one and randomly shortened by up
	// to half; 0: 500 ms
	Backoff time.Duration
	Idle    time.Duration // maximum time without received data; 0: 30 s
}

const (
	defaultAttempts = 4
	defaultBackoff  = 500 * time.Millisecond
	defaultIdle     = 30 * time.Second
	defaultMaxBytes = 1 << 30
	errorBody       = 8 << 10  // bytes read of an error response
	progress        = 64 << 10 // bytes that make up for failed requests
)

// maxBytes returns the maximum size of a download.
func (c *Client) maxBytes() int64 {
	switch {
	case c.MaxBytes == 0:
		return defaultMaxBytes
	case c.MaxBytes < 0:
		return math.MaxInt64
	}
	return c.MaxBytes
}

func (c *Client) attempts() int {
	if c.Attempts <= 0 {
		return defaultAttempts
	}
	return c.Attempts
}

// pause sleeps after the nth consecutive failure, or returns the context's error.
func (c *Client) pause(ctx context.Context, n int) error {
	d := c.Backoff
	if d <= 0 {
		d = defaultBackoff
	}
	d <<= min(n-1, 6)
	return pause.For(ctx, d/2+rand.N(d/2+1))
}

// A watch cancels a request when no data moves.
type watch struct {
	cancel context.CancelCauseFunc
	idle   time.Duration
	mu     sync.Mutex
	timer  *time.Timer
}

// watched returns a context that is canceled after the idle timeout.
func (c *Client) watched(ctx context.Context) (context.Context, *watch) {
	w := &watch{idle: c.Idle}
	if w.idle <= 0 {
		w.idle = defaultIdle
	}
	ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(w.idle, func() { w.cancel(errIdle) })
	return ctx, w
}

// moved restarts the idle timeout.
func (w *watch) moved() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Reset(w.idle)
}

// rest stops the idle timeout while the caller is busy.
func (w *watch) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
}

// end releases the request.
func (w *watch) end() {
	w.rest()
	w.cancel(nil)
}

// A target describes a request to a pre-signed URL.
type target struct {
	method, url string
	header      http.Header
	body        io.Reader
	length      int64
}

// send sends a request with only the User-Agent added. It calls the round tripper directly, so
// redirects are not followed.
func (c *Client) send(ctx context.Context, t target) (*http.Response, error) {
	u, err := url.Parse(t.url)
	if err != nil || u.Host == "" {
		return nil, errors.New("its URL is not usable")
	}
	if err := c.checkURL(u); err != nil {
		return nil, err
	}
	r := (&http.Request{Method: t.method, URL: u, Host: u.Host, Header: t.header, ContentLength: t.length}).WithContext(
		ctx,
	)
	if t.body != nil && t.length > 0 {
		r.Body = io.NopCloser(t.body)
	}
	if c.UserAgent != "" {
		r.Header.Set("User-Agent", c.UserAgent)
	}
	transport, err := c.transport(r)
	if err != nil {
		return nil, err
	}
	resp, err := resilience.Bounded(transport).RoundTrip(r)
	if err != nil {
		return nil, causeOf(ctx, bare(err))
	}
	return resp, nil
}

// causeOf returns the cause of a canceled context, or err.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// A refusal is the meaning of an error response.
type refusal struct {
	status  int
	code    string // from the storage's XML, letters only
	expired bool   // the URL has expired
	again   bool   // a retry may succeed
}

// refusalTime is how long the body of an error response is read. Its status is known already.
const refusalTime = time.Second

// refused reads and closes an error response.
func refused(resp *http.Response) refusal {
	defer time.AfterFunc(refusalTime, func() { _ = resp.Body.Close() }).Stop()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, errorBody))
	_ = resp.Body.Close()
	r := refusal{status: resp.StatusCode, code: codeOf(string(body))}
	r.expired = r.status == http.StatusForbidden ||
		r.status == http.StatusBadRequest && strings.Contains(r.code, "Expired")
	r.again = r.status == http.StatusTooManyRequests || r.status == http.StatusRequestTimeout || r.status >= 500
	return r
}

// codeOf returns the error code in the storage's XML if it consists of letters only, because a
// response may repeat the URL.
func codeOf(body string) string {
	_, rest, ok := strings.Cut(body, "<Code>")
	code, _, end := strings.Cut(rest, "</Code>")
	if !ok || !end || len(code) > 40 ||
		strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return code
}

// failure returns the error for a refusal.
func (r refusal) failure(attempts int) *Error {
	e := &Error{Reason: Refused, Status: r.status, Attempts: attempts, note: r.code}
	if r.expired {
		e.Reason = Expired
	}
	return e
}

// String returns the status and code for logs.
func (r refusal) String() string { return fmt.Sprintf("status %d %s", r.status, r.code) }
