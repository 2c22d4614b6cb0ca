package batch

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
)

// itemKey is the key of the idempotency key in a context.
type itemKey struct{}

// IdempotencyKey returns the idempotency key of the item that ctx belongs to, or "" outside of a
// batch. Calls of keyed operations get keys that are derived from it; functions
// that call something else can send it.
func IdempotencyKey(ctx context.Context) string {
	key, _ := ctx.Value(itemKey{}).(string)
	return key
}

// A watch collects what the calls of one invocation of the function did. It is safe for concurrent
// use.
type watch struct {
	key    string
	places *places

	mu        sync.Mutex
	calls     map[string]int // keyed calls by operation
	requests  int
	status    int
	requestID string
	waited    bool
	throttled bool
	changed   bool // a call that may change something succeeded
}

// newWatch returns a watch and a context for the function.
func newWatch(ctx context.Context, key string, p *places) (*watch, context.Context) {
	w := &watch{key: key, places: p, calls: map[string]int{}}
	ctx = context.WithValue(ctx, itemKey{}, key)
	return w, resilience.WithScope(ctx, &resilience.Scope{Key: w.next, Attempt: w.attempt})
}

// next returns the idempotency key of the next call of an operation.
func (w *watch) next(operationID string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[operationID]++
	return derived(w.key, operationID, w.calls[operationID])
}

// derived returns the key of the nth call of an operation for an item, in the form of a UUID
// (RFC 9562, version 8).
func derived(key, operationID string, n int) string {
	b := sha256.Sum256([]byte(key + "\x00" + operationID + "\x00" + strconv.Itoa(n)))
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// attempt notes an attempt of a call.
func (w *watch) attempt(a resilience.ScopedAttempt) {
	w.places.limitTo(a.Places)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests += a.Writes
	w.waited = w.waited || a.Waited > 0
	w.throttled = w.throttled || a.Status == http.StatusTooManyRequests
	w.changed = w.changed || a.Reason == "" && a.Class != policy.Safe
	if a.Status != 0 {
		w.status, w.requestID = a.Status, a.RequestID
	}
}
