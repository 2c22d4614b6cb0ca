package resilience

// This file reports where responses differ from the document.

import (
	"log/slog"
	"sync"

	"github.com/resgen/resgen/resilience/wire"
)

// mostDrifts is how many places a client logs at WARN. Others are logged at DEBUG.
const mostDrifts = 1000

// driftLog remembers the places that were logged. The zero driftLog is empty.
type driftLog struct {
	mu     sync.Mutex
	logged map[driftPlace]bool
}

// driftPlace is a place where the responses of an operation differ from the document.
type driftPlace struct {
	operation *Operation
	path      string
	kind      wire.DriftKind
}

// first reports whether a place is logged for the first time.
func (l *driftLog) first(p driftPlace) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.logged[p] || len(l.logged) >= mostDrifts {
		return false
	}
	if l.logged == nil {
		l.logged = map[driftPlace]bool{}
	}
	l.logged[p] = true
	return true
}

// reportDrift reports differences to observers and logs each place: at WARN the first time,
// otherwise at DEBUG. Members that the document does not declare are allowed and always logged at
// DEBUG.
func (k *call) reportDrift(status int, drifts []wire.Drift) {
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
			c.log.LogAttrs(k.ctx, level, "response differs from the document", k.attrs(slog.Int("status", status),
				slog.String("path", d.Path), slog.String("kind", string(d.Kind)),
				slog.String("reason", d.Text()), slog.Int("count", d.Count))...)
		}
	}
	c.runtime.emit(Event{Kind: EventDrift, API: c.api.Name, Operation: op, Account: c.account, Drifts: drifts})
}

// firstMismatch returns an error for the first value that does not have the declared type, or nil.
// It ignores members that the document does not declare.
func firstMismatch(drifts []wire.Drift) error {
	for _, d := range drifts {
		if d.Kind != wire.DriftUnknown {
			return &wire.DecodeError{Member: d.Path, Reason: d.Text()}
		}
	}
	return nil
}
