package conntrace

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/pool"
	"github.com/resgen/resgen/resilience/policy"
)

var errBroken = errors.New("the connection broke")

// traced returns a trace of a request that was handed over and has found a connection.
func traced(repeatable bool, info httptrace.GotConnInfo) *Trace {
	t := &Trace{}
	t.Start(repeatable)
	t.AllowSend(http.Header{})
	t.Lookup()
	t.Connect(info)
	return t
}

// sent returns a trace of a request on a reused connection of another transport. If written is
// true, the request was written.
func sent(repeatable, written bool) *Trace {
	t := traced(repeatable, httptrace.GotConnInfo{Reused: true, WasIdle: true})
	if written {
		t.WroteHeaders()
	}
	return t
}

// pooled returns a connection of a pool, and its other end.
func pooled(t *testing.T) (near, far net.Conn) {
	t.Helper()
	a, b := net.Pipe()
	p := pool.New(policy.Transport{}, pool.Dialing{
		Dial: func(context.Context, string, string) (net.Conn, error) { return a, nil },
	}, nil)
	t.Cleanup(p.Close)
	near, err := p.DialContext(t.Context(), "tcp", "host:80")
	if err != nil {
		t.Fatal(err)
	}
	return near, b
}

// writeTo writes a byte to a connection, which the other end reads.
func writeTo(t *testing.T, near, far net.Conn) {
	t.Helper()
	go func() { _, _ = far.Read(make([]byte, 1)) }()
	if _, err := near.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
}

func TestTrace_AllowSend(t *testing.T) {
	for _, c := range []struct {
		name       string
		repeatable bool
		redirects  int
		want       string
	}{
		{"once", false, 0, "yes no"},
		{"middleware may repeat it", true, 0, "yes yes yes"},
		{"after a redirect", false, 1, "yes yes no"},
		{"after two redirects", false, 2, "yes yes yes no"},
	} {
		tr := &Trace{}
		tr.Start(c.repeatable)
		var got []string
		for range strings.FieldsSeq(c.want) {
			answer := "no"
			if allowed, again := tr.AllowSend(nil); allowed {
				answer = "yes"
			} else if again {
				t.Errorf("%s: a denied request is sent again", c.name)
			}
			got = append(got, answer)
			if c.redirects > 0 {
				tr.AllowRedirect()
				c.redirects--
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

func TestTrace_SentAgainByMiddleware(t *testing.T) {
	tr := sent(true, false)
	if allowed, again := tr.AllowSend(nil); !allowed || again || tr.WasResent() {
		t.Errorf("after nothing was written: %v, %v, %v", allowed, again, tr.WasResent())
	}
	tr.Lookup()
	tr.Connect(httptrace.GotConnInfo{})
	tr.WroteHeaders()
	if allowed, again := tr.AllowSend(nil); !allowed || !again || !tr.WasResent() {
		t.Errorf("after it was written: %v, %v, %v", allowed, again, tr.WasResent())
	}
	if !tr.Lookup() || !tr.Connect(httptrace.GotConnInfo{Reused: true}) {
		t.Error("the second request gets no connection")
	}
	if writes, reused := tr.Counts(); writes != 1 || !reused {
		t.Errorf("%d writes, reused %v", writes, reused)
	}
	tr.WroteHeaders()
	if writes, _ := tr.Counts(); writes != 2 {
		t.Errorf("%d writes, want 2", writes)
	}
	if _, again := tr.AllowSend(nil); !again {
		t.Error("the third request is sent again")
	}
	tr.Lookup()
	if _, again := tr.AllowSend(nil); again || !tr.WasResent() {
		t.Error("the fourth one follows one that was not written")
	}
}

func TestTrace_Progress(t *testing.T) {
	answered := sent(false, true)
	answered.Answered()
	alone := fault.Progress{Connected: true, Idle: true}
	for _, c := range []struct {
		name  string
		trace *Trace
		want  fault.Progress
	}{
		{"nothing", &Trace{}, fault.Progress{}},
		{"connected", sent(false, false), alone},
		{"written", sent(false, true), fault.Progress{Connected: true, Idle: true, Written: true}},
		{"answered", answered, fault.Progress{Connected: true, Idle: true, Written: true, Answered: true}},
		{"new connection", traced(false, httptrace.GotConnInfo{}), fault.Progress{Connected: true}},
		{"busy connection", traced(false, httptrace.GotConnInfo{Reused: true}), fault.Progress{Connected: true}},
	} {
		if got := c.trace.Progress(); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	for _, pooled := range []bool{false, true} {
		foreign := &Trace{Pooled: pooled}
		foreign.Start(false)
		foreign.AllowSend(nil)
		want, n := fault.Progress{Connected: true, Written: true}, 1
		if pooled {
			want, n = fault.Progress{}, 0
		}
		if got := foreign.Progress(); got != want {
			t.Errorf("a round tripper that reports nothing, ours %v: %+v, want %+v", pooled, got, want)
		}
		if writes, _ := foreign.Counts(); writes != n {
			t.Errorf("ours %v: %d writes, want %d", pooled, writes, n)
		}
	}
}

func TestTrace_PooledConnection(t *testing.T) {
	near, far := pooled(t)
	info := httptrace.GotConnInfo{Conn: near, Reused: true, WasIdle: true}
	first := traced(false, info)
	if p := first.Progress(); !p.Idle || p.Written {
		t.Errorf("first: %+v", p)
	}
	if second := traced(false, info); second.Progress().Idle || first.Progress().Idle {
		t.Error("the connection is idle although two requests use it")
	}
	first.WroteHeaders()
	if first.Progress().Written {
		t.Error("the headers were not written to the connection")
	}
	writeTo(t, near, far)
	if !first.Progress().Written {
		t.Error("a byte was written to the connection")
	}
	if writes, _ := first.Counts(); writes != 1 {
		t.Errorf("%d writes, want 1", writes)
	}
	first.Release()
	if p := first.Progress(); !p.Written || !p.Connected {
		t.Errorf("released: %+v", p)
	}
}

func TestTrace_Retired(t *testing.T) {
	near, _ := pooled(t)
	info := httptrace.GotConnInfo{Conn: near, Reused: true, WasIdle: true}
	before := traced(false, info)
	before.Retire()
	if before.Retired() {
		t.Error("a request that uses the connection can go on")
	}
	header := http.Header{}
	last := &Trace{}
	last.Start(false)
	last.AllowSend(header)
	last.Lookup()
	last.Connect(info)
	if header.Get("Connection") != "close" || last.Retired() {
		t.Errorf("the last request of a connection has the headers %v", header)
	}
	before.Release()
	last.Release()
	after := traced(false, info)
	after.WroteHeaders()
	if writes, _ := after.Counts(); writes != 0 {
		t.Errorf("%d writes to a connection that is gone", writes)
	}
	if !after.Retired() || after.Retired() {
		t.Error("want true once")
	}
	if p := after.Progress(); p.Written || !p.Connected || !p.Idle {
		t.Errorf("progress %+v", p)
	}
	if f, _ := after.SendFault(errBroken); f != fault.Idle {
		t.Errorf("got %v", f)
	}
}

// The header of the last request of a connection does not stay when the request is sent on another
// one.
func TestTrace_ConnectionHeader(t *testing.T) {
	old, _ := pooled(t)
	young, _ := pooled(t)
	user := pool.Of(old)
	user.Use(false)
	user.Retire()
	header := http.Header{}
	tr := &Trace{}
	tr.Start(true)
	tr.AllowSend(header)
	for _, c := range []struct {
		conn net.Conn
		want string
	}{{old, "close"}, {young, ""}, {old, "close"}} {
		tr.Lookup()
		tr.Connect(httptrace.GotConnInfo{Conn: c.conn})
		if got := header.Get("Connection"); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	other := http.Header{"Connection": {"keep-alive"}}
	tr.AllowSend(other)
	if header.Get("Connection") != "" {
		t.Error("the header stays after the request")
	}
	tr.Lookup()
	tr.Connect(httptrace.GotConnInfo{Conn: young})
	if other.Get("Connection") != "keep-alive" {
		t.Error("the header of the caller was removed")
	}
	tr.AllowSend(nil)
	tr.Lookup()
	if !tr.Connect(httptrace.GotConnInfo{Conn: old}) {
		t.Error("a request without headers is not sent")
	}
}

// net/http must not send again what was written, however it reports that it is about to do so.
func TestTrace_PreventsResend(t *testing.T) {
	for _, repeatable := range []bool{false, true} {
		tr := sent(repeatable, true)
		if tr.Lookup() {
			t.Fatal("net/http may look for another connection")
		}
		near, _ := net.Pipe()
		if tr.Connect(httptrace.GotConnInfo{Conn: near}) {
			t.Fatal("net/http may use another connection")
		}
		if _, err := near.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("the connection is open: %v", err)
		}
		tr.WroteHeaders() // net/http reports that even for a closed connection
		if f, err := tr.SendFault(context.Canceled); f != fault.Stale || !errors.Is(err, io.EOF) {
			t.Errorf("got %v, %v", f, err)
		}
		if writes, _ := tr.Counts(); writes != 1 || tr.WasResent() {
			t.Errorf("%d writes, resent %v", writes, tr.WasResent())
		}
	}
	tr := sent(false, true) // without a lookup
	near, _ := net.Pipe()
	if tr.Connect(httptrace.GotConnInfo{Conn: near}) {
		t.Error("net/http may use another connection")
	}
	tr = sent(false, false)
	if !tr.Lookup() || !tr.Connect(httptrace.GotConnInfo{}) {
		t.Error("a request that was not written gets no other connection")
	}
	tr = sent(false, true)
	tr.AllowRedirect()
	tr.AllowSend(nil)
	if !tr.Lookup() || !tr.Connect(httptrace.GotConnInfo{}) {
		t.Error("the request after a redirect gets no connection")
	}
}

func TestTrace_PreventedResendHasTheCause(t *testing.T) {
	near, far := pooled(t)
	tr := traced(false, httptrace.GotConnInfo{Conn: near, Reused: true})
	writeTo(t, near, far)
	_ = far.Close()
	_, _ = near.Read(make([]byte, 1))
	tr.Lookup()
	f, err := tr.SendFault(context.Canceled)
	if f != fault.Reset || !strings.Contains(err.Error(), "broke before the response: EOF") {
		t.Errorf("got %v, %v", f, err)
	}
}

func TestTrace_Waiting(t *testing.T) {
	waiting := func() *Trace {
		tr := &Trace{Pooled: true}
		tr.Start(false)
		tr.AllowSend(nil)
		tr.Lookup()
		return tr
	}
	for _, c := range []struct {
		name  string
		trace *Trace
		next  func(*Trace)
		want  bool
	}{
		{"looks for a connection", waiting(), func(*Trace) {}, true},
		{"dials", waiting(), (*Trace).Dial, false},
		{"connected", waiting(), func(tr *Trace) { tr.Connect(httptrace.GotConnInfo{}) }, false},
		{"looks again", waiting(), func(tr *Trace) { tr.Dial(); tr.Lookup() }, true},
		{"not yet", &Trace{Pooled: true}, func(*Trace) {}, false},
		{"another transport", waiting(), func(tr *Trace) { tr.Pooled = false }, false},
	} {
		c.next(c.trace)
		late, _ := c.trace.SendFault(context.DeadlineExceeded)
		broken, _ := c.trace.SendFault(errBroken)
		if got := c.trace.Waiting(); got != c.want || (late == fault.Bulkhead) != c.want || broken == fault.Bulkhead {
			t.Errorf("%s: %v, want %v; late %v, broken %v", c.name, got, c.want, late, broken)
		}
		f := c.trace.GiveUp()
		full, err := c.trace.SendFault(errBroken)
		if f != c.want || (full == fault.Bulkhead) != c.want || errors.Is(err, fault.ErrNoConnection) != c.want {
			t.Errorf("%s: ended %v, fault %v, %v", c.name, f, full, err)
		}
	}
}

func TestTrace_SendFault(t *testing.T) {
	body := sent(false, true)
	b := Body{ReadCloser: io.NopCloser(io.MultiReader(strings.NewReader("x"), failing{})), Trace: body}
	if _, err := io.ReadAll(&b); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	kept, invalid := &Trace{}, &Trace{Pooled: true}
	kept.Start(false)
	invalid.Start(false)
	invalid.AllowSend(nil)
	for _, c := range []struct {
		name  string
		trace *Trace
		want  fault.Fault
	}{
		{"body of the caller", body, fault.Local},
		{"not passed on", kept, fault.Local},
		{"refused by net/http", invalid, fault.Local},
		{"nothing written", sent(false, false), fault.Idle},
		{"written", sent(false, true), fault.Protocol},
	} {
		if got, _ := c.trace.SendFault(errBroken); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// A response that cannot be read is incomplete if the connection has ended.
func TestTrace_IncompleteResponse(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(near, far net.Conn)
		want fault.Fault
	}{
		{"open", func(net.Conn, net.Conn) {}, fault.Protocol},
		{"closed by the peer", func(near, far net.Conn) {
			_ = far.Close()
			_, _ = near.Read(make([]byte, 1))
		}, fault.Reset},
		{"closed here", func(near, _ net.Conn) {
			_ = near.Close()
			_, _ = near.Read(make([]byte, 1))
		}, fault.Protocol},
		{"late", func(near, _ net.Conn) {
			_ = near.SetReadDeadline(time.Unix(1, 0))
			_, _ = near.Read(make([]byte, 1))
		}, fault.Protocol},
	} {
		near, far := pooled(t)
		tr := traced(false, httptrace.GotConnInfo{Conn: near})
		writeTo(t, near, far)
		c.end(near, far)
		if got, _ := tr.SendFault(errBroken); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }
