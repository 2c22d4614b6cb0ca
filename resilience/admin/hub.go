package admin

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// The bounds of event streams.
const (
	mostClients = 64
	mostStream  = 10 * time.Minute       // the length of a stream; browsers open another one
	writeWait   = 5 * time.Second        // a client that does not read for so long is dropped
	beat        = 300 * time.Millisecond // between two looks at the state
	rest        = 100 * time.Millisecond // at least between two looks
	mostRest    = 600 * time.Millisecond // between two looks that take long
	mostSilence = 900 * time.Millisecond // between two events
)

// A hub sends events to the clients of /events: when something has changed, and otherwise once a
// second, so that clients notice when a stream has broken. While it has no client, it does nothing.
type hub struct {
	summary func() summary
	woken   chan struct{} // holds a value if something has changed

	mu      sync.Mutex
	clients map[chan []byte]bool
	latest  []byte             // the last event, for clients that join
	stop    context.CancelFunc // ends the goroutine that sends events
}

func (h *hub) init(summary func() summary) {
	h.summary, h.woken, h.clients = summary, make(chan struct{}, 1), map[chan []byte]bool{}
}

// wake makes the hub send an event soon.
func (h *hub) wake() {
	select {
	case h.woken <- struct{}{}:
	default:
	}
}

// join adds a client and returns the channel of its events, or nil if there are too many. The
// channel holds the latest event only, and is closed when the runtime is.
func (h *hub) join() chan []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.clients) >= mostClients {
		return nil
	}
	c := make(chan []byte, 1)
	if h.latest != nil {
		c <- h.latest
	}
	h.clients[c] = true
	if h.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		h.stop = stop
		go h.run(ctx)
	}
	return c
}

// leave removes a client. With the last one, the goroutine of the hub ends.
func (h *hub) leave(c chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.clients, c)
	if len(h.clients) == 0 {
		h.end()
	}
}

// end ends the goroutine of the hub. The lock must be held.
func (h *hub) end() {
	if h.stop != nil {
		h.stop()
		h.stop, h.latest = nil, nil
	}
}

// run sends events until the context ends or the runtime is closed.
func (h *hub) run(ctx context.Context) {
	version, sent := "", time.Time{}
	for ctx.Err() == nil {
		begun := time.Now()
		s := h.summary()
		if s.version != version || time.Since(sent) >= mostSilence {
			h.send(ctx, s.text, s.closed)
			version, sent = s.version, time.Now()
		}
		if s.closed {
			return
		}
		least := restAfter(time.Since(begun))
		pause(ctx, least, nil)
		if least < beat {
			pause(ctx, beat-least, h.woken)
		}
	}
}

// restAfter returns how long the hub must not look at the state after a look that took some time,
// so that looking at the accounts of a large program takes at most a fifth of the time.
func restAfter(took time.Duration) time.Duration { return min(max(rest, 4*took), mostRest) }

// pause waits for a time, for a value or for the end of the context.
func pause(ctx context.Context, d time.Duration, woken <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-woken:
	case <-ctx.Done():
	}
}

// send gives an event to all clients. It replaces the one that a client has not read yet.
func (h *hub) send(ctx context.Context, text []byte, last bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ctx.Err() != nil {
		return // another goroutine may run already
	}
	h.latest = text
	for c := range h.clients {
		select {
		case <-c:
		default:
		}
		c <- text
		if last {
			close(c)
			delete(h.clients, c)
		}
	}
	if last {
		h.end()
	}
}

// serve serves the stream of events.
func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/event-stream")
		return
	}
	events := h.join()
	if events == nil {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "too many clients read events; try again later", http.StatusServiceUnavailable)
		return
	}
	defer h.leave(events)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // for proxies
	ctx, cancel := context.WithTimeout(r.Context(), mostStream)
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return
		case text, ok := <-events:
			if !ok || write(w, text) != nil {
				return
			}
		}
	}
}

// write writes an event.
func write(w http.ResponseWriter, text []byte) error {
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Now().Add(writeWait)) // not supported by all writers
	if _, err := fmt.Fprintf(w, "event: status\ndata: %s\n\n", text); err != nil {
		return err
	}
	return c.Flush()
}
