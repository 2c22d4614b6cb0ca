package resilience

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// logAttrsKey is the context key of the attributes of [WithLogAttrs].
type logAttrsKey struct{}

// WithLogAttrs returns a context whose calls have attributes in all their log lines, in addition to
// those of ctx. They identify, for example, the item that the calls are about. They must not be
// secret.
func WithLogAttrs(ctx context.Context, attrs ...slog.Attr) context.Context {
	return context.WithValue(ctx, logAttrsKey{}, slices.Concat(logAttrs(ctx), attrs))
}

// logAttrs returns the attributes of a context.
func logAttrs(ctx context.Context) []slog.Attr {
	list, _ := ctx.Value(logAttrsKey{}).([]slog.Attr)
	return list
}

// denialPause is the time between two log lines about calls of one operation that are denied for
// the same reason.
const denialPause = 10 * time.Second

// denials counts the denied calls of an operation by kind, so that not every one has a log line.
type denials struct {
	mu    sync.Mutex
	kinds map[Kind]denial
}

// A denial counts the calls that were denied for one reason.
type denial struct {
	next  time.Time // when the next one is logged
	since int       // not logged since the last line
}

// due reports whether a denied call is logged, and how many of the same kind before it were not.
func (d *denials) due(kind Kind, now time.Time) (before int, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	last := d.kinds[kind]
	if now.Before(last.next) {
		last.since++
		d.kinds[kind] = last
		return 0, false
	}
	if d.kinds == nil {
		d.kinds = map[Kind]denial{}
	}
	d.kinds[kind] = denial{next: now.Add(denialPause)}
	return last.since, true
}
