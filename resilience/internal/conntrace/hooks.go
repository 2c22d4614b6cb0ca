package conntrace

import (
	"context"
	"net/http/httptrace"
)

// HooksKey is the key of the value of a context in which net/http looks for the functions that it
// calls for a request. A context that has the value itself can make it when it is needed, which
// [httptrace.WithClientTrace] cannot.
var HooksKey = func() any {
	p := keyProbe{Context: context.Background()}
	_ = httptrace.ContextClientTrace(&p)
	return p.key
}()

// A keyProbe is a context that notes the key of a value.
type keyProbe struct {
	context.Context
	key any
}

// Value implements [context.Context].
func (p *keyProbe) Value(key any) any {
	p.key = key
	return nil
}
