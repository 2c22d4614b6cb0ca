package conntrace

import (
	"context"
	"net/http/httptrace"

	"github.com/resgen/resgen/resilience/internal/bound"
)

// HooksKey is the key of the value of a context in which net/http looks for the functions that it
// calls for a request. A context that has the value itself can make it when it is needed, which
// [httptrace.WithClientTrace] cannot.
var HooksKey = bound.KeyOf(func(ctx context.Context) { _ = httptrace.ContextClientTrace(ctx) })

// Hooks are what the runtime wants to know.
type Hooks struct {
	GetConn      func(host string)
	GotConn      func(httptrace.GotConnInfo)
	WroteHeaders func()
	Answered     func() // the first byte of the response is there
}

// Join returns hooks that call those of h and then those of a caller, which may be nil.
// [httptrace.WithClientTrace] does the same for all hooks, and links a large part of package
// reflect for it.
func Join(h Hooks, caller *httptrace.ClientTrace) *httptrace.ClientTrace {
	if caller == nil {
		return &httptrace.ClientTrace{
			GetConn: h.GetConn, GotConn: h.GotConn, WroteHeaders: h.WroteHeaders, GotFirstResponseByte: h.Answered,
		}
	}
	t := *caller
	t.GetConn = both(h.GetConn, caller.GetConn)
	t.GotConn = both(h.GotConn, caller.GotConn)
	t.WroteHeaders = inTurn(h.WroteHeaders, caller.WroteHeaders)
	t.GotFirstResponseByte = inTurn(h.Answered, caller.GotFirstResponseByte)
	return &t
}

func inTurn(first, second func()) func() {
	if second == nil {
		return first
	}
	return func() {
		first()
		second()
	}
}

func both[T any](first, second func(T)) func(T) {
	if second == nil {
		return first
	}
	return func(v T) {
		first(v)
		second(v)
	}
}
