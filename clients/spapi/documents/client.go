package documents

// This file sends single requests. upload.go and download.go make transfers of them.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// A Client moves documents. The zero Client is ready for use, and safe for concurrent use like any
// other.
type Client struct {
	// Transport sends the requests; it must add no credentials. Nil: one that takes proxies from
	// the environment and keeps no connection open.
	Transport http.RoundTripper
	UserAgent string // empty: Go's

	Attempts int // most requests without any progress between them; 0: 4
	// the wait after the first such request, doubled for each further one, shortened at random by
	// up to half; 0: 500 ms
	Backoff time.Duration
	Idle    time.Duration // longest silence; 0: 30 s
}

const (
	defaultAttempts = 4
	defaultBackoff  = 500 * time.Millisecond
	defaultIdle     = 30 * time.Second
	errorBody       = 8 << 10 // read of a refusal
)

func (c *Client) attempts() int {
	if c.Attempts <= 0 {
		return defaultAttempts
	}
	return c.Attempts
}

// pause waits after the n-th failure in a row, or until the caller gives up.
func (c *Client) pause(ctx context.Context, n int) error {
	d := c.Backoff
	if d <= 0 {
		d = defaultBackoff
	}
	d <<= min(n-1, 6)
	t := time.NewTimer(d/2 + rand.N(d/2+1))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A watch gives a request up when nothing moves.
type watch struct {
	cancel context.CancelCauseFunc
	idle   time.Duration
	mu     sync.Mutex
	timer  *time.Timer
}

// watched returns a context that ends after a silence.
func (c *Client) watched(ctx context.Context) (context.Context, *watch) {
	w := &watch{idle: c.Idle}
	if w.idle <= 0 {
		w.idle = defaultIdle
	}
	ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(w.idle, func() { w.cancel(errSilence) })
	return ctx, w
}

// moved begins a new silence.
func (w *watch) moved() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Reset(w.idle)
}

// rest ends the watch over the time that the caller takes for itself.
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

// A target is one request to a pre-signed URL.
type target struct {
	method, url string
	header      http.Header
	body        io.Reader
	length      int64
}

// send sends a request. Nothing is added but the User-Agent, and no redirect is followed: the round
// tripper is asked directly.
func (c *Client) send(ctx context.Context, t target) (*http.Response, error) {
	u, err := url.Parse(t.url)
	if err != nil || u.Host == "" {
		return nil, errors.New("its URL cannot be used")
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
	transport := c.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DisableKeepAlives:   true,
			DisableCompression:  true,
			TLSHandshakeTimeout: 10 * time.Second,
		}
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return nil, because(ctx, bare(err))
	}
	return resp, nil
}

// because prefers the reason why a context ended to what the network made of it.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// refusal is what an answer that says no means.
type refusal struct {
	status  int
	code    string // of the storage's XML, if it is a plain word
	expired bool   // the URL opens nothing any more
	again   bool   // the same request may work later
}

// refused reads an answer that says no, and closes it.
func refused(resp *http.Response) refusal {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, errorBody))
	_ = resp.Body.Close()
	r := refusal{status: resp.StatusCode, code: codeOf(string(body))}
	r.expired = r.status == http.StatusForbidden ||
		r.status == http.StatusBadRequest && strings.Contains(r.code, "Expired")
	r.again = r.status == http.StatusTooManyRequests || r.status == http.StatusRequestTimeout || r.status >= 500
	return r
}

// codeOf returns the error code of the storage's XML. It passes letters only: an answer may repeat
// the URL.
func codeOf(body string) string {
	_, rest, ok := strings.Cut(body, "<Code>")
	code, _, end := strings.Cut(rest, "</Code>")
	if !ok || !end || len(code) > 40 ||
		strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return code
}

// failure makes an error of a refusal.
func (r refusal) failure(attempts int) *Error {
	e := &Error{Reason: Refused, Status: r.status, Attempts: attempts, note: r.code}
	if r.expired {
		e.Reason = Expired
	}
	return e
}

// String is for logs.
func (r refusal) String() string { return fmt.Sprintf("status %d %s", r.status, r.code) }
