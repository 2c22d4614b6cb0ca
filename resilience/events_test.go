package resilience_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// logTo returns a logger that writes to the buffer, without times.
func logTo(level slog.Level) (*slog.Logger, *bytes.Buffer) {
	b := new(bytes.Buffer)
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: level,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})), b
}

func TestLog_FailedCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelDebug)
		b := configured(t, faults.Config{Script: []faults.Step{faults.Status(500).With("X-Request-Id", "r 1")}},
			resilience.WithRuntimeLogger(log))
		p := policy.Default()
		p.Retry.Attempts, p.Retry.Jitter, p.Breaker.Consecutive, p.Breaker.Jitter = 2, policy.NoJitter, 2, -1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op, resilience.WithLogger(log), resilience.WithCredential(key{"me", "s3cret"}))
		_, err := get(t, c, op)
		if e := failed(t, err); e.RequestID != "r1" {
			t.Errorf("request id: got %q", e.RequestID)
		}
		_, _ = get(t, c, op)
		want := strings.Join([]string{
			`level=DEBUG msg=repeat api=items operation=op account=me reason="status 500" wait=500ms ` +
				`instructed=false attempt=1 max=2 budget=495`,
			`level=WARN msg="circuit open" circuit="items faults.test" from=closed ` +
				`reason="consecutive failures" cool_down=30s`,
			`level=INFO msg="call failed" api=items operation=op account=me kind=api status=500 attempts=2 ` +
				`stopped=attempts elapsed=500ms retry_after=0s may_have_applied=true request_id=r1`,
			`level=INFO msg="call failed" api=items operation=op account=me kind=circuit-open status=0 attempts=0 ` +
				`stopped=final elapsed=0s retry_after=30s may_have_applied=false request_id=""`,
			"",
		}, "\n")
		if text.String() != want {
			t.Errorf("got\n%s\nwant\n%s", text, want)
		}
	})
}

func TestLog_QuietForResponses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelInfo)
		b := memory(t, faults.Status(404), faults.OK(good))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op, resilience.WithLogger(log))
		_, _ = get(t, c, op)
		_, _ = get(t, c, op)
		if text.Len() != 0 {
			t.Errorf("got %s", text)
		}
	})
}

func TestLog_Fallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelInfo)
		b := memory(t, faults.Status(500))
		op := operation("POST", policy.Unsafe)
		_, _ = get(t, b.client(t, policy.Default(), op, resilience.WithLogger(log),
			resilience.WithFallback("op", resilience.FallbackValue(&item{}))), op)
		want := `level=INFO msg="degraded answer" api=items operation=op account="" kind=api status=500` + "\n"
		if text.String() != want {
			t.Errorf("got  %s\nwant %s", text, want)
		}
	})
}

func TestObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var seen []resilience.Event
		watch := resilience.WithObserver(func(e resilience.Event) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, e)
		})
		b := configured(t, faults.Config{Script: []faults.Step{faults.Status(500).In(time.Second), faults.Status(500)}},
			watch)
		p := policy.Default()
		p.Retry.Attempts, p.Retry.Jitter, p.Breaker.Consecutive = 2, policy.NoJitter, 2
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op, resilience.WithCredential(key{"me", "x"}),
			resilience.WithFallback("op", resilience.FallbackValue(&item{})))
		_, _ = get(t, c, op)
		var kinds []string
		for _, e := range seen {
			kinds = append(kinds, string(e.Kind))
			if e.Kind != resilience.EventTransition && (e.API != "items" || e.Operation != op || e.Account != "me") {
				t.Errorf("%s: got %+v", e.Kind, e)
			}
		}
		if got, want := strings.Join(kinds, " "), "attempt repeat transition attempt degraded call"; got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		if a := seen[0].Attempt; a.Latency != time.Second || a.Number != 1 || a.Status != 500 {
			t.Errorf("attempt: got %+v", a)
		}
		if seen[1].Wait != 500*time.Millisecond || seen[2].Transition.To != resilience.CircuitOpen ||
			seen[4].Err == nil || seen[5].Err != nil || seen[5].Elapsed != 1500*time.Millisecond {
			t.Errorf("got %+v", seen)
		}
	})
}
