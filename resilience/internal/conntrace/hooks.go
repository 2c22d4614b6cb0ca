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
