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

// An Answer is what the service says.
type Answer struct {
	Name  string   `json:"name"`
	Price float64  `json:"price"`
	Tags  []string `json:"tags"`
}

// errStatus says that an answer came and was a failure.
var errStatus = errors.New("the server failed")

// A sender sends one request with plain net/http.
type sender struct {
	client  *http.Client
	url     string
	timeout time.Duration // 0: none
}

func newSender(url string, s Settings) *sender {
	return &sender{client: &http.Client{Transport: newTransport(s)}, url: url, timeout: s.AttemptTimeout}
}

// newTransport returns a pool that keeps as many connections as all variants do.
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

// get sends a GET and reads the answer to its end.
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

// failed reports whether a status is the server's failure.
func failed(status int) bool { return status >= 500 }

// timedOut reports whether an attempt ran out of time.
func timedOut(err error) bool { return errors.Is(err, context.DeadlineExceeded) }

// close closes the connections that nobody uses.
func (s *sender) close() { s.client.CloseIdleConnections() }
