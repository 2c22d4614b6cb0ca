// This file tells where answers are not what the document declares.

package resilience

import (
	"log/slog"
	"sync"

	"github.com/resgen/resgen/resilience/wire"
)

// mostDrifts is how many places a client remembers to have told. Beyond it further ones are told at DEBUG only.
const mostDrifts = 1000

// driftLog remembers which places were told. The zero driftLog has none.
type driftLog struct {
	mu   sync.Mutex
	told map[driftPlace]bool
}

// A driftPlace is where an operation's answers drift.
type driftPlace struct {
	operation *Operation
	path      string
	kind      wire.DriftKind
}

// first reports whether a place was not told before.
func (l *driftLog) first(p driftPlace) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.told[p] || len(l.told) >= mostDrifts {
		return false
	}
	if l.told == nil {
		l.told = map[driftPlace]bool{}
	}
	l.told[p] = true
	return true
}

// tellDrift tells observers of each answer that drifts, and the log of each place once: at WARN, or at DEBUG if a member is there that
// the document does not name, which it may.
func (k *call) tellDrift(status int, drifts []wire.Drift) {
	if len(drifts) == 0 {
		return
	}
	c, op := k.route.caller, k.route.op
	for _, d := range drifts {
		level := slog.LevelWarn
		if d.Kind == wire.DriftUnknown || !c.drifts.first(driftPlace{op, d.Path, d.Kind}) {
			level = slog.LevelDebug
		}
		if c.log.Enabled(k.ctx, level) {
			c.log.LogAttrs(k.ctx, level, "answer drifts from the document", k.attrs(slog.Int("status", status),
				slog.String("path", d.Path), slog.String("kind", string(d.Kind)), slog.String("reason", d.Text()), slog.Int("count", d.Count))...)
		}
	}
	c.runtime.emit(Event{Kind: EventDrift, API: c.api.Name, Operation: op, Account: c.account, Drifts: drifts})
}

// firstMismatch returns an error for the first value that does not have the declared type, or nil.
// Members that the document does not declare are no mismatch.
func firstMismatch(drifts []wire.Drift) error {
	for _, d := range drifts {
		if d.Kind != wire.DriftUnknown {
			return &wire.DecodeError{Member: d.Path, Reason: d.Text()}
		}
	}
	return nil
}
