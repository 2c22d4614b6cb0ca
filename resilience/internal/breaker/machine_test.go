package breaker

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// plain is a breaker whose cool-downs are exact.
func plain(change func(*policy.Breaker)) policy.Breaker {
	b := policy.Breaker{
		FailureRate: 0.5, MinCalls: 4, Window: 10 * time.Second, Consecutive: -1,
		Open: 30 * time.Second, MaxOpen: 100 * time.Second, Growth: 2, Jitter: -1, Probes: 1, Successes: 2,
	}
	if change != nil {
		change(&b)
	}
	return b
}

// A script runs a machine in words, one a step, separated by spaces:
//
//	S F I   a call asks, must pass, and reports success, failure, nothing to say
//	L M J   the same, slowly
//	a1      a call asks and must pass; its permit is kept as 1
//	s1 f1 i1  the call with permit 1 reports
//	x       a call asks and must be refused
//	x5s     … and the reported wait must be 5s
//	+5s     time passes
//	O C R   force open, force closed, reset
//	=open   the effective state must be open
func runScript(t *testing.T, b policy.Breaker, script string) machine {
	t.Helper()
	m := newMachine()
	var now time.Duration
	permits := map[string]ticket{}
	verdicts := map[byte]Verdict{'S': Success, 'F': Failure, 'I': Ignored, 's': Success, 'f': Failure, 'i': Ignored,
		'L': Success, 'M': Failure, 'J': Ignored}
	ask := func() reply {
		var r reply
		m, r = step(m, &b, event{kind: eventAsk, now: now, lease: 5 * time.Second})
		return r
	}
	for at, word := range strings.Fields(script) {
		place := fmt.Sprintf("step %d (%s) at %v", at+1, word, now)
		rest := word[1:]
		switch c := word[0]; c {
		case 'S', 'F', 'I', 'L', 'M', 'J':
			r := ask()
			if !r.ok {
				t.Fatalf("%s: refused for %v", place, r.wait)
			}
			m, _ = step(m, &b, event{kind: eventReport, now: now, ticket: r.ticket,
				outcome: Outcome{Verdict: verdicts[c]}, slow: strings.IndexByte("LMJ", c) >= 0})
		case 'a':
			r := ask()
			if !r.ok {
				t.Fatalf("%s: refused for %v", place, r.wait)
			}
			permits[rest] = r.ticket
		case 's', 'f', 'i':
			m, _ = step(m, &b, event{kind: eventReport, now: now, ticket: permits[rest],
				outcome: Outcome{Verdict: verdicts[c]}})
		case 'x':
			r := ask()
			if r.ok {
				t.Fatalf("%s: passed", place)
			}
			if rest != "" && r.wait.String() != rest {
				t.Fatalf("%s: reported wait %v", place, r.wait)
			}
		case '+':
			d, err := time.ParseDuration(rest)
			if err != nil {
				t.Fatal(err)
			}
			now += d
		case 'O', 'C', 'R':
			kind := map[byte]eventKind{'O': eventForceOpen, 'C': eventForceClosed, 'R': eventReset}[c]
			m, _ = step(m, &b, event{kind: kind, now: now})
		case '=':
			if got := string(m.effective(now)); got != rest {
				t.Fatalf("%s: the state is %s", place, got)
			}
		default:
			t.Fatalf("%s: no such word", place)
		}
	}
	return m
}

func TestMachine(t *testing.T) {
	count := func(b *policy.Breaker) { b.FailureRate, b.Consecutive = -1, 3 }
	slow := func(b *policy.Breaker) {
		b.FailureRate, b.SlowCall = -1, policy.SlowCall{After: 5 * time.Second, Rate: 0.5}
	}
	tests := []struct {
		name, script string
		change       func(*policy.Breaker)
	}{
		{name: "half of the fewest calls open it", script: "S S F =closed F =open x30s"},
		{name: "too few calls do not", script: "F F F =closed"},
		{name: "less than the rate does not", script: "S S S F F =closed S F F =open"},
		{name: "a success that completes the calls opens it too", script: "F F F S =open"},
		{name: "successes alone never do", script: "S S S S S S =closed"},
		{name: "what says nothing does not count", script: "F F F I I I =closed F =open"},
		{name: "never by rate", script: "F F F F F F F F =closed",
			change: func(b *policy.Breaker) { b.FailureRate = -1 }},
		{name: "nor with a rate that was left out", script: "F F F F F F F F =closed",
			change: func(b *policy.Breaker) { b.FailureRate = 0 }},
		{name: "no fewest calls: the first failure", script: "I =closed S =closed S F =closed F =open",
			change: func(b *policy.Breaker) { b.MinCalls = 0 }},
		{name: "a rate of 1", script: "F F F F =open", change: func(b *policy.Breaker) { b.FailureRate = 1 }},
		{name: "a rate of 1 with one success", script: "S F F F F F F F =closed",
			change: func(b *policy.Breaker) { b.FailureRate = 1 }},
		{name: "failures leave the window", script: "F F F +10s F =closed F F F =open"},
		{name: "the window slides by tenths", script: "F F F +9s F =open"},
		{name: "only what is older leaves", script: "F F +5s F +5s F =closed F F =open"},

		{name: "consecutive failures open it", script: "F F =closed F =open x30s", change: count},
		{name: "a success restarts the run", script: "F F S F F =closed F =open", change: count},
		{name: "what says nothing does not", script: "F F I F =open", change: count},
		{name: "the run knows no window", script: "F +1h F +1h F =open", change: count},
		{name: "the first of both counts: the run", script: "S S S S F F F =open",
			change: func(b *policy.Breaker) { b.Consecutive = 3 }},
		{name: "the first of both counts: the rate", script: "F S F S =open",
			change: func(b *policy.Breaker) { b.Consecutive = 3 }},

		{name: "the cool-down ends by the clock", script: "F F F F x30s +29999ms x1ms =open +1ms =half-open"},
		{name: "one probe at a time, two successes close it",
			script: "F F F F +30s a1 x1s +1s x1s s1 =half-open a2 x s2 =closed S F F =closed"},
		{name: "two probes at a time", script: "F F F F +30s a1 +1s a2 x1s s1 a3 x s2 =closed",
			change: func(b *policy.Breaker) { b.Probes = 2 }},
		{name: "no probes stated is one", script: "F F F F +30s a1 x s1 =closed",
			change: func(b *policy.Breaker) { b.Probes, b.Successes = 0, 0 }},
		{name: "a failed probe opens it for longer",
			script: "F F F F +30s F x1m0s +1m F x1m40s +100s F x1m40s +100s S S =closed"},
		{name: "once closed, the cool-down is the first again", script: "F F F F +30s F +1m S S =closed F F F F x30s"},
		{name: "no growth stated is none", script: "F F F F +30s F x30s",
			change: func(b *policy.Breaker) { b.Growth = 0 }},
		{name: "a failure after one success too", script: "F F F F +30s S F x1m0s +1m S =half-open S =closed"},
		{name: "successes of an earlier half-open do not count", script: "F F F F +30s S F +1m S =half-open"},
		{name: "a probe that says nothing frees its place", script: "F F F F +30s a1 x i1 a2 s2 S =closed"},
		{name: "a lost probe frees its place after the lease",
			script: "F F F F +30s a1 +3999ms x1s +1ms x1s +1ms x999ms +998ms x1ms +1ms a2 x1s"},
		{name: "the answer of a lost probe still counts: failure", script: "F F F F +30s a1 +5s f1 x1m0s"},
		{name: "the answer of a lost probe still counts: success", script: "F F F F +30s a1 +5s a2 s1 x s2 =closed"},
		{name: "a late answer of a lost probe changes nothing",
			script: "F F F F +30s a1 +5s a2 f2 =open s1 f1 =open +1m S =half-open"},

		{name: "answers from before the trip change nothing",
			script: "a1 a2 a3 F F F F =open s1 f2 =open x30s +30s s3 f1 =half-open S S =closed"},
		{name: "answers from before the trip do not count after it",
			script: "a1 F F F F +30s S S =closed f1 f1 f1 f1 =closed"},
		{name: "answers of probes do not count after it is closed",
			script: "F F F F +30s a1 a2 s1 =closed f2 f2 f2 f2 =closed",
			change: func(b *policy.Breaker) { b.Probes, b.Successes = 2, 1 }},
		{name: "a success cannot close it twice over", script: "a1 F F F F +30s s1 s1 s1 =half-open a2 x"},

		{name: "half of the fewest calls are slow", script: "S S L =closed L =open x30s", change: slow},
		{name: "slow failures are slow calls", script: "S M S M =open", change: slow},
		{name: "too few slow calls", script: "L L L =closed S =open", change: slow},
		{name: "fewer slow calls than the rate", script: "S S S L L =closed S L =closed L =open", change: slow},
		{name: "slow calls that say nothing", script: "J J J J S S S S =closed", change: slow},
		{name: "slow calls leave the window", script: "L L L +10s S S S L =closed", change: slow},
		{name: "no time of slow calls", script: "L L L L =closed",
			change: func(b *policy.Breaker) { slow(b); b.SlowCall.After = 0 }},
		{name: "no rate of slow calls", script: "L L L L =closed",
			change: func(b *policy.Breaker) { slow(b); b.SlowCall.Rate = 0 }},
		{name: "never by slow calls", script: "L L L L =closed",
			change: func(b *policy.Breaker) { slow(b); b.SlowCall.Rate = -1 }},
		{name: "slow calls and failures do not add up", script: "S S S L F =closed S S S S S S =closed",
			change: func(b *policy.Breaker) { slow(b); b.FailureRate = 0.5 }},
		{name: "slow calls end a run of failures", script: "F F L F F =closed F =open",
			change: func(b *policy.Breaker) { slow(b); b.MinCalls, b.Consecutive = 100, 3 }},
		{name: "slow probes open it for longer", script: "L L L L +30s L =half-open L =open x1m0s +1m S S =closed",
			change: slow},
		{name: "half of the probes are slow", script: "L L L L +30s S L =open x1m0s", change: slow},
		{name: "fewer slow probes than the rate", script: "L L L L +30s L S =closed",
			change: func(b *policy.Breaker) { slow(b); b.SlowCall.Rate = 0.6 }},
		{name: "a slow probe that failed", script: "L L L L +30s M =open x1m0s", change: slow},
		{name: "slow probes of an earlier half-open do not count", script: "L L L L +30s L F +1m S S =closed",
			change: slow},

		{name: "forced open", script: "O =forced-open x0s +1000h x0s R =closed S"},
		{name: "forced closed", script: "C =forced-closed F F F F F F F F =forced-closed R F F F =closed"},
		{name: "answers from before it was forced change nothing", script: "a1 C f1 f1 f1 f1 R =closed"},
		{name: "answers from before a reset change nothing",
			script: "a1 F F F R f1 f1 f1 f1 =closed F F F =closed F =open"},
		{name: "a reset ends a cool-down and its growth", script: "F F F F +30s F R =closed F F F F x30s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { runScript(t, plain(tt.change), tt.script) })
	}
}

// The reasons appear in logs and on the status page.
func TestMachine_Reasons(t *testing.T) {
	tests := []struct{ before, last, want string }{
		{"F F F", "F", "failure rate"},
		{"F F F F +30s", "S", ""}, // see below: the next call makes it half-open
		{"F F F F +30s a1", "f1", "probe failed"},
		{"F F F F +30s S a1", "s1", "probes succeeded"},
		{"", "O", "forced"},
		{"", "C", "forced"},
		{"O", "R", "reset"},
	}
	for _, tt := range tests {
		m := runScript(t, plain(nil), tt.before)
		kind := map[string]eventKind{"O": eventForceOpen, "C": eventForceClosed, "R": eventReset, "F": eventReport,
			"f1": eventReport, "s1": eventReport, "S": eventAsk}[tt.last]
		e := event{kind: kind, now: 30 * time.Second, ticket: ticket{generation: m.generation},
			outcome: Outcome{Verdict: Failure},
			lease:   time.Second}
		if tt.before == "F F F" {
			e.now = 0
		}
		if tt.last == "s1" {
			e.outcome.Verdict = Success
		}
		if tt.last == "S" {
			tt.want = "cool-down over"
		}
		b := plain(nil)
		if _, r := step(m, &b, e); r.reason != tt.want {
			t.Errorf("%s, then %s: %q, want %q", tt.before, tt.last, r.reason, tt.want)
		}
	}
	b := plain(func(b *policy.Breaker) { b.Consecutive = 1 })
	if _, r := step(newMachine(), &b, event{kind: eventReport,
		outcome: Outcome{Verdict: Failure}}); r.reason != "consecutive failures" {
		t.Errorf("%q, want consecutive failures", r.reason)
	}
	b = plain(func(b *policy.Breaker) {
		b.MinCalls, b.Successes, b.SlowCall = 1, 1, policy.SlowCall{After: 1, Rate: 1}
	})
	e := event{kind: eventReport, outcome: Outcome{Verdict: Success}, slow: true}
	m, r := step(newMachine(), &b, e)
	if r.reason != "slow calls" || m.state != Open {
		t.Errorf("%q, want slow calls", r.reason)
	}
	m, r = step(m, &b, event{kind: eventAsk, now: time.Hour, lease: time.Second})
	e.now, e.ticket = time.Hour, r.ticket
	if m, r = step(m, &b, e); r.reason != "probes were slow" || m.relapses != 1 {
		t.Errorf("%q after %d relapses, want probes were slow", r.reason, m.relapses)
	}
}

func TestStep_DoesNotChangeItsArgument(t *testing.T) {
	m := runScript(t, plain(func(b *policy.Breaker) { b.Probes = 3 }), "F F F F +30s a1 a2")
	b := plain(func(b *policy.Breaker) { b.Probes = 3 })
	before := fmt.Sprint(m)
	for _, kind := range []eventKind{eventAsk, eventReport, eventForceOpen, eventForceClosed, eventReset} {
		for _, v := range []Verdict{Ignored, Success, Failure} {
			step(m, &b, event{kind: kind, now: 31 * time.Second, outcome: Outcome{Verdict: v},
				ticket: ticket{m.generation, 1}, lease: 1})
		}
	}
	if after := fmt.Sprint(m); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}

func TestAtLeast_IsExact(t *testing.T) {
	tests := []struct {
		part, whole int
		rate        float64
		want        bool
	}{
		{99, 200, 0.5, false}, // 49.5 % is not 50 %
		{100, 200, 0.5, true},
		{101, 200, 0.5, true},
		{99, 200, 0.495, true},
		{98, 200, 0.495, false},
		{7, 100, 0.07, true}, // 0.07 × 100 > 7
		{6, 100, 0.07, false},
		{2, 3, 2.0 / 3, true},
		{666, 1000, 2.0 / 3, false},
		{1, 3, 0.33, true},
		{29, 100, 0.29, true},
		{57, 100, 0.57, true},
		{1, 1, 1, true},
		{0, 0, 0.5, false},
		{999_999, 1_000_000, 1, false},
		{499_999_999, 1_000_000_000, 0.5, false},
	}
	for _, tt := range tests {
		if got := atLeast(tt.part, tt.whole, tt.rate); got != tt.want {
			t.Errorf("atLeast(%d, %d, %v) = %v", tt.part, tt.whole, tt.rate, got)
		}
	}
	for whole := 1; whole <= 1000; whole++ {
		for percent := 1; percent <= 100; percent++ {
			rate := float64(percent) / 100
			part := (percent*whole + 99) / 100 // the smallest sufficient count, in integers
			if !atLeast(part, whole, rate) || part > 0 && atLeast(part-1, whole, rate) {
				t.Fatalf("%d or %d of %d at %v", part, part-1, whole, rate)
			}
		}
	}
}

func TestCoolDown(t *testing.T) {
	b := policy.Breaker{Open: 100 * time.Second, MaxOpen: 1000 * time.Second, Growth: 2, Jitter: 0.1}
	tests := []struct {
		relapses int
		random   float64
		change   func(*policy.Breaker)
		want     time.Duration
	}{
		{0, 0, nil, 90 * time.Second},
		{0, 0.5, nil, 100 * time.Second},
		{0, 0.75, nil, 105 * time.Second},
		{1, 0.5, nil, 200 * time.Second},
		{3, 0, nil, 720 * time.Second},
		{3, 0.5, nil, 800 * time.Second},
		{4, 0.5, nil, 1000 * time.Second},
		{4, 0.75, nil, 1000 * time.Second}, // max-open holds after jitter
		{4, 0, nil, 900 * time.Second},
		{100_000, 0.5, nil, 1000 * time.Second},
		{1, 0.5, func(b *policy.Breaker) { b.Growth = 1.5 }, 150 * time.Second},
		{9, 0.5, func(b *policy.Breaker) { b.Growth = 1 }, 100 * time.Second},
		{9, 0.5, func(b *policy.Breaker) { b.Growth = 0.5 }, 100 * time.Second},
		{0, 0, func(b *policy.Breaker) { b.Jitter = -1 }, 100 * time.Second},
		{0, 0, func(b *policy.Breaker) { b.Jitter = 1 }, 0},
		{3, 0.5, func(b *policy.Breaker) { b.MaxOpen = 0 }, 800 * time.Second},
		{100_000, 0.5, func(b *policy.Breaker) { b.MaxOpen = 0 }, math.MaxInt64},
		{0, 0.5, func(b *policy.Breaker) { b.MaxOpen = time.Second }, time.Second},
	}
	for _, tt := range tests {
		p := b
		if tt.change != nil {
			tt.change(&p)
		}
		if got := coolDown(&p, tt.relapses, tt.random); got != tt.want {
			t.Errorf("coolDown(%+v, %d, %v) = %v, want %v", p, tt.relapses, tt.random, got, tt.want)
		}
	}
}

// After any history, once the service has recovered and the lease of the last probe has expired,
// calls are admitted again after at most the longest cool-down.
func TestMachine_IsNeverStuck(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := policy.Breaker{
			FailureRate: []float64{-1, 0.1, 0.5, 1}[r.IntN(4)], MinCalls: r.IntN(5),
			Window: time.Duration(r.IntN(20)) * time.Second, Consecutive: r.IntN(4) - 1,
			Open: time.Duration(r.IntN(60)) * time.Second, MaxOpen: time.Duration(60+r.IntN(60)) * time.Second,
			Growth: r.Float64() * 3,
			Jitter: r.Float64() - 0.5, Probes: r.IntN(4), Successes: r.IntN(4),
		}
		m, now := newMachine(), time.Duration(0)
		var out []ticket
		for range 200 {
			now += time.Duration(r.IntN(10_000)) * time.Millisecond
			e := event{kind: eventKind(r.IntN(2)), now: now, lease: time.Duration(r.IntN(10)) * time.Second,
				outcome: Outcome{Verdict: Verdict(r.IntN(3))}, random: r.Float64()}
			if e.kind == eventReport && len(out) > 0 {
				e.ticket = out[r.IntN(len(out))] // late, repeated and in any order
			}
			var got reply
			m, got = step(m, &b, e)
			if got.ok {
				out = append(out, got.ticket)
			}
			if live := len(m.live(now)); live > max(b.Probes, 1) {
				t.Fatalf("seed %d: %d probes under way of %d", seed, live, b.Probes)
			}
		}
		for range 2 { // failures that are still in the window may open it once more
			now += b.MaxOpen + 10*time.Second
			if m = recover10(t, m, b, now); t.Failed() {
				t.Fatalf("seed %d: %+v", seed, b)
			}
			now += 10 * time.Second
		}
		if m.state != Closed {
			t.Fatalf("seed %d: %s after successes only: %+v", seed, m.state, b)
		}
	}
}

// recover10 makes ten calls that succeed at once, one per second, and returns the resulting
// machine. The first call must be admitted.
func recover10(t *testing.T, m machine, b policy.Breaker, now time.Duration) machine {
	for i := range 10 {
		var got reply
		m, got = step(m, &b, event{kind: eventAsk, now: now, lease: time.Second})
		if !got.ok && i == 0 {
			t.Errorf("%s refuses after the longest cool-down: %+v", m.state, got)
		}
		if got.ok {
			m, _ = step(m, &b, event{kind: eventReport, now: now, ticket: got.ticket,
				outcome: Outcome{Verdict: Success}})
		}
		now += time.Second
	}
	return m
}

// What a machine gives to every call is what it replies when asked, and asking does not change it.
func TestMachine_Standing(t *testing.T) {
	b := policy.Default().Breaker
	for _, state := range []State{Closed, Open, HalfOpen, ForcedOpen, ForcedClosed} {
		m := machine{state: state, generation: 7, run: 2}
		s := m.standing()
		if s.ok != (state == Closed) {
			t.Errorf("%s: %t", state, s.ok)
		}
		next, r := step(m, &b, event{kind: eventAsk})
		if s.ok && (r != reply{ok: true, ticket: s.ticket} || !reflect.DeepEqual(next, m)) {
			t.Errorf("%s: %+v, when asked %+v", state, s, r)
		}
	}
}

// A step in place has the result of the function.
func TestMachine_StepInPlace(t *testing.T) {
	b := plain(func(b *policy.Breaker) { b.Consecutive, b.Successes = 2, 1 })
	for _, state := range []State{Closed, Open, HalfOpen, ForcedOpen, ForcedClosed} {
		for _, kind := range []eventKind{eventAsk, eventReport, eventForceOpen, eventForceClosed, eventReset} {
			for _, v := range []Verdict{Ignored, Success, Failure} {
				for generation := range uint64(2) {
					m := machine{state: state, generation: 1, run: 1}
					e := event{kind: kind, now: time.Second, outcome: Outcome{Verdict: v},
						ticket: ticket{generation: generation}}
					want, reply := step(m, &b, e)
					if got := m.step(&b, &e); got != reply || !reflect.DeepEqual(m, want) {
						t.Errorf("%s, %+v: got %+v and %+v, want %+v and %+v", state, e, got, m, reply, want)
					}
				}
			}
		}
	}
}
