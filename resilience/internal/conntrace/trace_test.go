package conntrace

import (
	"errors"
	"io"
	"net/http/httptrace"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/internal/fault"
)

var errBroken = errors.New("the connection broke")

// sent returns a trace of a request that was handed over and, if written is true, written to a
// reused connection of another transport.
func sent(replay, written bool) *Trace {
	t := &Trace{}
	t.Start(replay)
	t.AllowSend()
	t.Lookup()
	t.Connect(httptrace.GotConnInfo{Reused: true})
	if written {
		t.WroteHeaders()
	}
	return t
}

func TestTrace_AllowSend(t *testing.T) {
	for _, c := range []struct {
		name      string
		replay    bool
		redirects int
		want      string
	}{
		{"once", false, 0, "yes no"},
		{"net/http may replay", true, 0, "yes yes"},
		{"after a redirect", false, 1, "yes yes no"},
	} {
		tr := &Trace{}
		tr.Start(c.replay)
		var got []string
		for range strings.FieldsSeq(c.want) {
			answer := "no"
			if tr.AllowSend() {
				answer = "yes"
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

func TestTrace_Progress(t *testing.T) {
	for _, c := range []struct {
		name  string
		trace *Trace
		want  fault.Progress
	}{
		{"nothing", &Trace{}, fault.Progress{}},
		{"connected", sent(false, false), fault.Progress{Connected: true, Reused: true}},
		{"written", sent(false, true), fault.Progress{Connected: true, Reused: true, Written: true}},
	} {
		if got := c.trace.Progress(); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	foreign := &Trace{}
	foreign.Start(false)
	foreign.AllowSend()
	if got := foreign.Progress(); !got.Written || !got.Connected {
		t.Errorf("a round tripper that reports nothing: %+v, want that everything may be written", got)
	}
	if writes, _ := foreign.Counts(); writes != 1 {
		t.Errorf("%d writes, want 1", writes)
	}
}

func TestTrace_Resend(t *testing.T) {
	tr := sent(true, true)
	if !tr.Lookup() {
		t.Error("a second lookup after a write is a resend")
	}
	if !tr.Connect(httptrace.GotConnInfo{}) || !tr.WasResent() {
		t.Error("a resend that is allowed must pass and be noted")
	}
	tr.WroteHeaders()
	if writes, reused := tr.Counts(); writes != 2 || reused {
		t.Errorf("%d writes, reused %v, want 2 and a new connection", writes, reused)
	}

	tr = sent(false, true)
	if tr.Lookup() {
		t.Error("a request that must not be resent takes no permit")
	}
	if tr.Connect(httptrace.GotConnInfo{}) {
		t.Error("a resend that is not allowed must be refused")
	}
	if f, err := tr.SendFault(errBroken); f != fault.Refused || !errors.Is(err, fault.ErrRefused) {
		t.Errorf("got %v, %v", f, err)
	}

	tr = sent(true, true)
	tr.AllowRedirect()
	if tr.Lookup() {
		t.Error("the request after a redirect is a new one")
	}
}

func TestTrace_SendFault(t *testing.T) {
	body := sent(false, true)
	b := Body{ReadCloser: io.NopCloser(io.MultiReader(strings.NewReader("x"), failing{})), Trace: body}
	if _, err := io.ReadAll(&b); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	unpaid := sent(true, true)
	unpaid.DenyResend()
	kept := &Trace{}
	kept.Start(false)
	for _, c := range []struct {
		name  string
		trace *Trace
		want  fault.Fault
	}{
		{"body of the caller", body, fault.Local},
		{"not passed on", kept, fault.Local},
		{"no permit", unpaid, fault.Stale},
		{"nothing written", sent(false, false), fault.Idle},
		{"written", sent(false, true), fault.Protocol},
	} {
		if got, _ := c.trace.SendFault(errBroken); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }
