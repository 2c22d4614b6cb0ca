package resilience_test

// This file tests that each policy key has an effect: a test that changes only this key observes a
// difference from outside. The rows are in keys_retry_test.go, keys_circuit_test.go,
// keys_limits_test.go, keys_wire_test.go and keys_pages_test.go.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// A keyTest changes one key only.
type keyTest struct {
	key           string
	base          func(p *policy.Policy) // changes to the defaults that the key needs for an effect; may be nil
	change        func(p *policy.Policy)
	run           func(t *testing.T, p policy.Policy) string // runs in a bubble; returns what is observed from outside
	before, after string
}

// generated lists the keys that have an effect on generated code only. A test of the generator
// changes each of them.
var generated = []string{"why"}

var keyTests = slices.Concat(retryKeys, circuitKeys, limitKeys, wireKeys, pageKeys)

func TestKeys(t *testing.T) {
	for _, k := range keyTests {
		t.Run(k.key, func(t *testing.T) {
			p := steady()
			if k.base != nil {
				k.base(&p)
			}
			changed := p
			k.change(&changed)
			if got := differing(p, changed); !slices.Equal(got, []string{k.key}) {
				t.Fatalf("the change is of %q", got)
			}
			for i, want := range []string{k.before, k.after} {
				synctest.Test(t, func(t *testing.T) {
					if got := k.run(t, []policy.Policy{p, changed}[i]); got != want {
						t.Errorf("%s: got %q, want %q", []string{"before", "after"}[i], got, want)
					}
				})
			}
		})
	}
}

// Each key must have a test.
func TestKeys_All(t *testing.T) {
	var want []string
	for _, f := range policy.Fields() {
		want = append(want, f.Path)
	}
	got := slices.Clone(generated)
	for _, k := range keyTests {
		got = append(got, k.key)
		if k.before == k.after {
			t.Errorf("%s makes no difference", k.key)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the tests are of\n%q, the keys are\n%q", got, want)
	}
}

// steady returns the defaults without jitter, so that times are exact.
func steady() policy.Policy {
	p := policy.Default()
	p.Retry.Jitter, p.Breaker.Jitter = policy.NoJitter, -1
	return p
}

// differing returns the keys whose values differ.
func differing(a, b policy.Policy) []string {
	var keys []string
	for _, f := range policy.Fields() {
		x, _ := policy.Get(a, f.Path)
		if y, _ := policy.Get(b, f.Path); x != y {
			keys = append(keys, f.Path)
		}
	}
	return keys
}

// codes returns a rule for codes at the places where errors have them.
func codes(in ...string) []policy.Rule { return []policy.Rule{{Code: policy.ErrorCode{In: in}}} }

// A scene is a sequence of calls to a scripted server.
type scene struct {
	method string        // empty: GET
	calls  int           // 0: one
	pause  time.Duration // between calls
	dials  []faults.Dial
	script []faults.Step
	unit   time.Duration // times are truncated to it; 0: a tenth of a second
}

func (s scene) play(t *testing.T, p policy.Policy) string {
	b := memory(t, s.script...)
	b.FailDials(s.dials...)
	op := operation(cmp.Or(s.method, "GET"), "")
	c := b.client(t, p, op)
	begin := time.Now()
	var err error
	for n := range max(s.calls, 1) {
		if n > 0 {
			time.Sleep(s.pause)
		}
		_, err = get(t, c, op)
	}
	elapsed := time.Since(begin).Truncate(max(s.unit, 100*time.Millisecond))
	return fmt.Sprintf("%d %s %s", b.Count(), elapsed, observe(err).kind)
}

// crowd makes three calls at the same time, each with a delayed response. It reports the number of
// requests, the time, the result of each call, and how many connections were made and are still
// open.
func crowd(after time.Duration) func(t *testing.T, p policy.Policy) string {
	return func(t *testing.T, p policy.Policy) string {
		b := memory(t, faults.OK(good).In(after))
		op := operation("GET", "")
		c := b.client(t, p, op)
		begin := time.Now()
		kinds := together(3, func() error {
			_, err := get(t, c, op)
			return err
		})
		elapsed := time.Since(begin)
		synctest.Wait()
		made, open := b.Connections()
		return fmt.Sprintf("%d %s %s; %d made, %d open", b.Count(), elapsed, kinds, made, open)
	}
}

// together makes n calls at the same time and returns the kinds of their results, sorted.
func together(n int, call func() error) string {
	kinds := make([]string, n)
	var wait sync.WaitGroup
	for i := range kinds {
		wait.Go(func() { kinds[i] = observe(call()).kind })
	}
	wait.Wait()
	slices.Sort(kinds)
	return strings.Join(kinds, " ")
}
