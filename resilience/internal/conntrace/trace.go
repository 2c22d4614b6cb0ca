package conntrace

import (
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
)

// A Trace records the progress of a request. net/http reports from several goroutines.
//
// net/http sends some requests again by itself when a connection breaks. A trace prevents that,
// unless nothing was written, so that every request is counted and waits for its turn.
type Trace struct {
	Repeatable bool // middleware may send the request more than once
	Pooled     bool // it is sent by a pool of this program, which reports everything

	mu      sync.Mutex
	header  http.Header // of the request in progress; it may be changed
	sends   int         // times that the request may still be handed to the pool
	handed  bool        // it was handed to the pool
	earlier bool        // so was an earlier request of the attempt
	asked   bool        // net/http looked for a connection, so it reports what it writes
	looked  bool        // the same for the request in progress
	closes  bool        // the header Connection: close was added to the request
	dialing bool        // a connection is being opened for it
	full    bool        // no connection became free in time
	current connection
	writes  int  // requests written to earlier connections
	resent  bool // the request was sent again though the server may have run it
	cut     *cut // net/http was kept from sending it again
	bodyErr error
}

// A cut is what was known of a request when net/http was about to send it again.
type cut struct {
	http2    bool
	taken    time.Time
	progress fault.Progress
	err      error // of the connection, or nil
}

// Start prepares for a request.
func (t *Trace) Start(repeatable bool) { t.sends, t.Repeatable = 1, repeatable }

// AllowSend reports whether the request may be handed to the pool: once, and again if a redirect
// follows or the operation is repeatable. again reports whether the server may have run an earlier
// copy. The header must be that of the request.
func (t *Trace) AllowSend(header http.Header) (allowed, again bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sends == 0 && !t.Repeatable {
		return false, false
	}
	again = t.releaseConn()
	t.current = connection{}
	t.resent = t.resent || again
	t.sends = max(0, t.sends-1)
	t.announce(false)
	t.header, t.looked, t.closes, t.cut = header, false, false, nil
	t.earlier, t.handed = t.handed, true
	return true, again
}

// AllowRedirect prepares for one more request, which follows a redirect.
func (t *Trace) AllowRedirect() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.releaseConn()
	t.sends++
}

// Lookup notes that net/http looks for a connection. It returns false if that would be to send a
// request again that was written.
func (t *Trace) Lookup() (allowed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.looked && t.current.sent() {
		t.prevent()
	}
	t.releaseConn()
	t.current = connection{}
	t.asked, t.looked, t.dialing = true, true, false
	return t.cut == nil
}

// Dial notes that a connection is being opened for the request.
func (t *Trace) Dial() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dialing = true
}

// Connect notes the connection in use. It returns false if net/http is about to send again what was
// written.
func (t *Trace) Connect(info httptrace.GotConnInfo) (allowed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.sent() {
		t.prevent()
	}
	t.releaseConn()
	if t.cut != nil {
		if !speaksHTTP2(info.Conn) {
			_ = beneath(info.Conn).Close() // net/http writes to it even if the request is canceled
		}
		return false
	}
	t.current = connect(info)
	t.announce(t.current.last)
	return true
}

// announce adds the header of the last request of a connection, or removes it again if it was added
// for an earlier connection. The lock is held.
func (t *Trace) announce(last bool) {
	switch {
	case t.header == nil:
	case last:
		t.header["Connection"], t.closes = []string{"close"}, true
	case t.closes:
		delete(t.header, "Connection")
		t.closes = false
	}
}

// prevent notes that net/http was kept from sending the request again. The lock is held.
func (t *Trace) prevent() {
	if t.cut == nil {
		t.cut = &cut{http2: t.current.http2, taken: t.current.taken, progress: t.progress(), err: t.current.failure()}
	}
}

// WroteHeaders is called when the headers were handed to the connection, also if that is closed.
func (t *Trace) WroteHeaders() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current.wrote = t.cut == nil
}

// Answered is called when the first byte of a response was read.
func (t *Trace) Answered() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current.answered = true
}

// Withdraw notes that the request was not handed to the pool after all.
func (t *Trace) Withdraw() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.handed = t.earlier
}

// releaseConn releases the connection and reports whether the request was written to it. The lock
// is held.
func (t *Trace) releaseConn() (sent bool) {
	if sent = t.current.sent(); sent {
		t.writes++
	}
	if t.current.conn != nil {
		t.current.conn.Release()
		t.current.conn = nil
	}
	t.current.wrote = false
	return sent
}

// Release ends the trace and releases its connection.
func (t *Trace) Release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.releaseConn()
}

// Retired reports whether the connection of the request was closed at its age before anything was
// written, so that the request can be sent on another one. It does so once for a connection.
func (t *Trace) Retired() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.current.gone {
		return false
	}
	t.releaseConn()
	t.current = connection{connected: true, reused: t.current.reused, idle: t.current.idle}
	return true
}

// Waiting reports whether the request waits for a connection of the pool that other requests use.
func (t *Trace) Waiting() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting()
}

func (t *Trace) waiting() bool { return t.Pooled && t.looked && !t.dialing && !t.current.connected }

// GiveUp notes that the wait for a connection of the pool has taken too long. It returns false if
// the request does not wait for one.
func (t *Trace) GiveUp() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.full = t.full || t.waiting()
	return t.full
}

// Progress returns how far the request got. A round tripper other than net/http's reports nothing;
// then everything may have been sent.
func (t *Trace) Progress() fault.Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.progress()
}

func (t *Trace) progress() fault.Progress {
	if t.handed && !t.asked && !t.Pooled {
		return fault.Progress{Connected: true, Written: true}
	}
	c := &t.current
	return fault.Progress{
		Connected: c.connected, Idle: c.stoodIdle(), Answered: c.answered, Written: t.writes > 0 || c.written(),
	}
}

// Counts returns the number of requests written, and whether the last connection had served before.
func (t *Trace) Counts() (writes int, reused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	writes = t.writes
	if t.current.sent() || t.handed && !t.asked && !t.Pooled {
		writes++
	}
	return writes, t.current.reused
}

// WasResent reports whether the server may have run an earlier copy of the request, though the
// response belongs to the last one.
func (t *Trace) WasResent() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.resent
}

// Taken returns when the request took its connection, if that was idle, and else the zero time.
func (t *Trace) Taken() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cut != nil {
		return t.cut.taken
	}
	return t.current.taken
}

// SendFault returns the fault of an error that came instead of a response, and the error to report.
func (t *Trace) SendFault(err error) (fault.Fault, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.bodyErr != nil:
		return fault.Local, t.bodyErr
	case !t.handed, t.Pooled && !t.asked:
		return fault.Local, err // a middleware or net/http did not pass it on
	case t.full, t.waiting() && fault.IsTimeout(err):
		return fault.Bulkhead, fault.ErrNoConnection
	case t.cut != nil && t.cut.http2:
		return fault.Refused, fault.ErrRefused
	case t.cut != nil:
		err = fault.Broken(t.cut.err)
		return fault.OfSend(err, t.cut.progress), err
	}
	f := fault.OfSend(err, t.progress())
	if f == fault.Protocol && t.current.ended() {
		f = fault.Reset // the response is incomplete
	}
	return f, err
}

// Retire makes the connection serve no further request.
func (t *Trace) Retire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.conn != nil {
		t.current.conn.Retire()
	}
}
