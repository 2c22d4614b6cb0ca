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

// A Journal keeps entries and writes each as one line of JSON. The zero value only keeps them. It
// is safe for concurrent use.
type Journal[E any] struct {
	To io.Writer // nil: not written

	mu   sync.Mutex
	kept []E
}

// Add keeps and writes an entry.
func (j *Journal[E]) Add(e E) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept = append(j.kept, e)
	if j.To != nil {
		line, _ := json.Marshal(e)
		_, _ = j.To.Write(append(line, '\n'))
	}
}

// Entries returns a copy of all entries in order.
func (j *Journal[E]) Entries() []E {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.kept)
}

// Between returns a random duration from bounds[0] up to but not including bounds[1], or bounds[0]
// if the second bound is not greater.
func Between(random *rand.Rand, bounds [2]time.Duration) time.Duration {
	low, high := bounds[0], bounds[1]
	if high <= low {
		return low
	}
	return low + time.Duration(random.Int64N(int64(high-low)))
}

// HangUp breaks the connection of a request, with a reset if the transport supports it.
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
