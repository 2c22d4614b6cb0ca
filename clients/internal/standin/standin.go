package standin

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Journal keeps entries and writes them out as they come, a JSON object a line. The zero value
// keeps them only. It is safe for concurrent use.
type Journal[E any] struct {
	To io.Writer // nil: nowhere

	mu   sync.Mutex
	kept []E
}

// Add keeps an entry and writes it out.
func (j *Journal[E]) Add(e E) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept = append(j.kept, e)
	if j.To != nil {
		line, _ := json.Marshal(e)
		_, _ = j.To.Write(append(line, '\n'))
	}
}

// Entries returns a copy of what was added so far, in order.
func (j *Journal[E]) Entries() []E {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.kept)
}

// Between draws a duration from the first bound up to the second, without it. A second one that is
// no more than the first does not count.
func Between(random *rand.Rand, bounds [2]time.Duration) time.Duration {
	low, high := bounds[0], bounds[1]
	if high <= low {
		return low
	}
	return low + time.Duration(random.Int64N(int64(high-low)))
}

// HangUp breaks the connection of a request, with a reset where the transport has one.
func HangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
