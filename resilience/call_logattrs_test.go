package resilience_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

func TestWithLogAttrs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelInfo)
		b := memory(t, faults.Status(404), faults.Status(404))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op, resilience.WithLogger(log))
		outer := resilience.WithLogAttrs(t.Context(), slog.String("job", "j1"))
		inner := resilience.WithLogAttrs(outer, slog.String("sku", "A 1"), slog.Int("row", 7))
		_, _ = resilience.Call[*item](inner, c, op, wire.Args())
		_, _ = resilience.Call[*item](outer, c, op, wire.Args())
		for i, want := range []string{`account="" job=j1 sku="A 1" row=7 kind=`, `account="" job=j1 kind=`} {
			if line := strings.Split(text.String(), "\n")[i]; !strings.Contains(line, want) {
				t.Errorf("got %s\nwant %s", line, want)
			}
		}
	})
}

// Of calls that an open circuit denies, one every 10 s is logged, with the number of the others.
func TestLog_DeniedCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelInfo)
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op, resilience.WithLogger(log))
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		b.runtime.ForceOpen(b.circuit().Key)
		for range 25 {
			_, _ = get(t, c, op)
			time.Sleep(time.Second)
		}
		lines := strings.Split(strings.TrimSpace(text.String()), "\n")
		if len(lines) != 3 {
			t.Fatalf("%d lines, want 3:\n%s", len(lines), text)
		}
		for i, want := range []string{"may_have_applied=false", "not_logged_before=9", "not_logged_before=9"} {
			if !strings.HasSuffix(lines[i], want) {
				t.Errorf("line %d: got %s, want %s at the end", i, lines[i], want)
			}
		}
	})
}
