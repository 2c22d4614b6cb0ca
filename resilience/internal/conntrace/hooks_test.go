package conntrace

import (
	"context"
	"net/http/httptrace"
	"slices"
	"testing"
)

func TestHooksKey(t *testing.T) {
	want := new(httptrace.ClientTrace)
	ctx := httptrace.WithClientTrace(context.Background(), want)
	if HooksKey == nil || ctx.Value(HooksKey) != want {
		t.Errorf("the value of key %v is %v, want %p", HooksKey, ctx.Value(HooksKey), want)
	}
}

// Hooks of the runtime are called before those of the caller, and hooks that the runtime does not
// have are those of the caller.
func TestJoin(t *testing.T) {
	var calls []string
	note := func(what string) func() { return func() { calls = append(calls, what) } }
	own := Hooks{
		GetConn:      func(host string) { note("own get " + host)() },
		GotConn:      func(i httptrace.GotConnInfo) { note("own got " + i.IdleTime.String())() },
		WroteHeaders: note("own headers"), Answered: note("own byte"),
	}
	call := func(h *httptrace.ClientTrace) {
		h.GetConn("a")
		h.GotConn(httptrace.GotConnInfo{IdleTime: 1})
		h.WroteHeaders()
		h.GotFirstResponseByte()
	}
	all := &httptrace.ClientTrace{
		GetConn:      func(host string) { note("get " + host)() },
		GotConn:      func(i httptrace.GotConnInfo) { note("got " + i.IdleTime.String())() },
		WroteHeaders: note("headers"), GotFirstResponseByte: note("byte"), Wait100Continue: note("wait"),
	}
	alone := []string{"own get a", "own got 1ns", "own headers", "own byte"}
	for _, c := range []struct {
		name   string
		caller *httptrace.ClientTrace
		want   []string
	}{
		{"no caller", nil, alone},
		{"a caller without hooks", &httptrace.ClientTrace{}, alone},
		{"all hooks", all, []string{
			"own get a", "get a", "own got 1ns", "got 1ns", "own headers", "headers", "own byte", "byte",
		}},
	} {
		calls = nil
		call(Join(own, c.caller))
		if !slices.Equal(calls, c.want) {
			t.Errorf("%s: %q, want %q", c.name, calls, c.want)
		}
	}
	calls = nil
	Join(own, all).Wait100Continue()
	all.GetConn("b")
	if want := []string{"wait", "get b"}; !slices.Equal(calls, want) {
		t.Errorf("got %q, want %q", calls, want)
	}
}
