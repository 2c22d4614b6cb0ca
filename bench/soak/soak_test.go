package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
)

// TestMain allows the test binary to run as the server.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "-serve") {
		if err := serve(); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// With all faults nothing outlives Close, and every kind of outcome occurs.
func TestSoak_LeaksNothing(t *testing.T) {
	url, stop, err := startServer()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	before := runtime.NumGoroutine()
	caller, rt, err := newCaller(url)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for n := range 800 {
		kinds[kindOf(call(context.Background(), caller, n))]++
	}
	rt.Close()
	if err := leftovers(url, before); err != nil {
		t.Error(err)
	}
	for _, kind := range []string{"ok", "api", "timeout", "transport", "contract"} {
		if kinds[kind] == 0 {
			t.Errorf("no call ended as %q: %v", kind, kinds)
		}
	}
	if kinds["other"] > 0 || kinds["invalid-request"] > 0 || kinds["closed"] > 0 {
		t.Errorf("calls ended as they never should: %v", kinds)
	}
}

func TestDown(t *testing.T) {
	for at, want := range map[time.Duration]bool{
		0: false, 7*time.Second - 1: false, 7 * time.Second: true, 9*time.Second - 1: true, 9 * time.Second: false,
		18 * time.Second: true,
	} {
		if down(at) != want {
			t.Errorf("at %s: got %v, want %v", at, !want, want)
		}
	}
}

func TestHeapVerdict(t *testing.T) {
	for _, c := range []struct {
		quarter, end float64
		ok           bool
	}{{1000, 1100, true}, {1000, 1101, false}, {1000, 500, true}} {
		if err := heapVerdict(c.quarter, c.end); (err == nil) != c.ok {
			t.Errorf("from %g to %g: got %v, want fine %v", c.quarter, c.end, err, c.ok)
		}
	}
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{{nil, "ok"}, {&resilience.Error{Kind: resilience.KindTimeout}, "timeout"}, {errors.New("x"), "other"}} {
		if got := kindOf(c.err); got != c.want {
			t.Errorf("%v: got %q, want %q", c.err, got, c.want)
		}
	}
}

func TestRun_Refuses(t *testing.T) {
	if run(0, 1, false) == nil || run(time.Second, 0, false) == nil {
		t.Error("a soak of no time or with no workers ran")
	}
}
