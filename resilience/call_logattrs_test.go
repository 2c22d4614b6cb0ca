package resilience_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
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

// All lines of a call have its attributes: attempts, retries, differences, the failure and what
// replaced it.
func TestWithLogAttrs_AllLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelDebug)
		b := memory(t, faults.Status(500), faults.OK(`{"name":7}`), faults.Status(404), faults.Status(501))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op, resilience.WithLogger(log))
		ctx := resilience.WithLogAttrs(t.Context(), slog.String("sku", "A 1"))
		_, _ = resilience.Call[*item](ctx, c, op, wire.Args())
		_, _ = resilience.Call[*item](ctx, c, op, wire.Args())
		_, _ = resilience.Call[*item](ctx, c, op, wire.Args(),
			resilience.WithCallFallback(resilience.FallbackValue(&item{})))
		found := map[string]int{}
		for line := range strings.Lines(text.String()) {
			_, rest, _ := strings.Cut(line, "msg=")
			message, _, _ := strings.Cut(rest, " api=items operation=op ")
			found[message]++
			if !strings.Contains(line, ` api=items operation=op account="" sku="A 1" `) {
				t.Errorf("a line without context: %s", line)
			}
		}
		want := map[string]int{
			"attempt": 4, "repeat": 1, `"call failed"`: 2, `"degraded answer"`: 1,
			`"response differs from the document"`: 1,
		}
		if !maps.Equal(found, want) {
			t.Errorf("got %v, want %v\n%s", found, want, text)
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

// Denied calls are counted by kind, and each kind has its first line at once.
func TestLog_DeniedCallsByKind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signIn := auth.TokenSource(func(context.Context) (string, time.Time, error) {
			return "", time.Time{}, errors.New("the sign-in is down")
		})
		for _, c := range []struct {
			kind, level string
			policy      func(*policy.Policy)
			opts        []resilience.Option
			before      func(bench, func() error) // brings about the denials
		}{
			{kind: "circuit-open", level: "INFO", before: func(b bench, call func() error) {
				_ = call()
				b.runtime.ForceOpen(b.circuit().Key)
			}},
			{kind: "rate-limited", level: "INFO", policy: func(p *policy.Policy) {
				p.Rate = policy.Rate{PerSecond: 0.001, Burst: 1, MaxWait: time.Second}
			}, before: func(_ bench, call func() error) { _ = call() }},
			{kind: "credential", level: "WARN", opts: []resilience.Option{resilience.WithCredential(signIn)}},
		} {
			log, text := logTo(slog.LevelInfo)
			b := memory(t, faults.OK(good))
			op, p := operation("GET", policy.Safe), policy.Default()
			op.Security = []resilience.Requirement{{{Scheme: "one"}}}
			if c.policy != nil {
				c.policy(&p)
			}
			opts := append([]resilience.Option{resilience.WithLogger(log), resilience.WithoutCredential()}, c.opts...)
			caller := b.client(t, p, op, opts...)
			call := func() error {
				_, err := get(t, caller, op)
				return err
			}
			if c.before != nil {
				c.before(b, call)
			}
			for range 12 {
				if call() == nil {
					t.Fatalf("%s: a call succeeded", c.kind)
				}
				time.Sleep(time.Second)
			}
			lines := strings.Split(strings.TrimSpace(text.String()), "\n")
			if len(lines) != 2 || !strings.Contains(lines[0], " kind="+c.kind+" ") ||
				!strings.HasPrefix(lines[0], "level="+c.level) || strings.Contains(lines[0], "not_logged") ||
				!strings.HasSuffix(lines[1], " not_logged_before=9") {
				t.Errorf("%s:\n%s", c.kind, text)
			}
		}
	})
}
