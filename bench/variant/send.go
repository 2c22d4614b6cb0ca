package variant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// An Answer is the body of a response.
type Answer struct {
	Name  string   `json:"name"`
	Price float64  `json:"price"`
	Tags  []string `json:"tags"`
}

// errStatus means that the response was a failure.
var errStatus = errors.New("the server failed")

// A sender sends one request with net/http.
type sender struct {
	client  *http.Client
	url     string
	timeout time.Duration // 0: none
}

func newSender(url string, s Settings) *sender {
	return &sender{client: &http.Client{Transport: newTransport(s)}, url: url, timeout: s.AttemptTimeout}
}

// newTransport returns a pool with the same number of connections for all variants.
func newTransport(s Settings) *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: s.Connections, IdleConnTimeout: 55 * time.Second}
}

// send makes one attempt.
func (s *sender) send(ctx context.Context) error {
	if s.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.timeout)
		defer cancel()
	}
	return get(ctx, s.client, s.url)
}

// get sends a GET and reads the whole response.
func get(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if failed(resp.StatusCode) {
		return fmt.Errorf("%w: status %d", errStatus, resp.StatusCode)
	}
	return json.Unmarshal(data, new(Answer))
}

// failed reports whether a status is a server failure.
func failed(status int) bool { return status >= 500 }

// timedOut reports whether an attempt timed out.
func timedOut(err error) bool { return errors.Is(err, context.DeadlineExceeded) }

// close closes idle connections.
func (s *sender) close() { s.client.CloseIdleConnections() }
