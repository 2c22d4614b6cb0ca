package resilience_test

import (
	"testing"

	"github.com/resgen/resgen/resilience"
)

// none is the number of requests of a call that sent none.
const none = -1

// expect describes the error of a call. Fields with the zero value are not compared.
type expect struct {
	requests int // that reached the server; none: no request
	kind     resilience.Kind
	status   int
	stopped  resilience.Stop
}

// check reports each difference. server counts the requests; it may be nil if requests is 0.
func (want expect) check(t testing.TB, server interface{ Count() int }, e *resilience.Error) {
	t.Helper()
	if want.requests != 0 {
		if got := server.Count(); got != max(want.requests, 0) {
			t.Errorf("%d requests, want %d: %v", got, max(want.requests, 0), e)
		}
	}
	if want.kind != 0 && e.Kind != want.kind {
		t.Errorf("kind %s, want %s: %v", e.Kind, want.kind, e)
	}
	if want.status != 0 && e.Status != want.status {
		t.Errorf("status %d, want %d: %v", e.Status, want.status, e)
	}
	if want.stopped != "" && e.Stopped != want.stopped {
		t.Errorf("stopped by %q, want %q: %v", e.Stopped, want.stopped, e)
	}
}
