package breaker

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// runAccounts runs a breaker in words, one a step, separated by spaces:
//
//	aS aF aI   a call of account a passes and reports success, failure, nothing to say
//	ap         a call of account a passes; its permit is kept
//	as af      the kept permit of account a reports
//	ax         a call of account a is refused
//	ax5s       … and the reported wait is 5s
//	+5s        time passes
//	=open      the shared circuit is open
//	a=open     the circuit of account a is open; a=none: it has none that was ever open
func runAccounts(t *testing.T, p policy.Breaker, script string) *Breaker {
	t.Helper()
	b := New("api host", "", p)
	kept := map[string]Permit{}
	verdicts := map[byte]Verdict{'S': Success, 'F': Failure, 'I': Ignored, 's': Success, 'f': Failure}
	for at, word := range strings.Fields(script) {
		place := fmt.Sprintf("step %d (%s)", at+1, word)
		account, rest := word[:1], word[1:]
		switch {
		case account == "+":
			d, err := time.ParseDuration(rest)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(d)
		case account == "=":
			if got := string(b.Snapshot(time.Now()).State); got != rest {
				t.Fatalf("%s: the state is %s", place, got)
			}
		case rest[0] == '=':
			if got := stateOf(b, account); got != rest[1:] {
				t.Fatalf("%s: the state is %s", place, got)
			}
		case rest[0] == 'x':
			peek, refused := b.Peek(account, time.Now())
			_, wait, ok := b.Acquire(account, time.Now(), 5*time.Second)
			if ok || !refused || peek != wait {
				t.Fatalf("%s: passed: %v; peek %v %v, acquire %v", place, ok, refused, peek, wait)
			}
			if rest != "x" && wait.String() != rest[1:] {
				t.Fatalf("%s: reported wait %v", place, wait)
			}
		case rest[0] == 's', rest[0] == 'f':
			permit := kept[account]
			permit.Record(Outcome{Verdict: verdicts[rest[0]]})
		default:
			_, refused := b.Peek(account, time.Now())
			permit, wait, ok := b.Acquire(account, time.Now(), 5*time.Second)
			if !ok || refused || wait != 0 {
				t.Fatalf("%s: refused for %v; peek %v", place, wait, refused)
			}
			if rest == "p" {
				kept[account] = permit
				continue
			}
			permit.Record(Outcome{Verdict: verdicts[rest[0]]})
		}
	}
	return b
}

// stateOf returns the state of an account's circuit, or none.
func stateOf(b *Breaker, account string) string {
	for _, s := range b.Accounts(time.Now()) {
		if s.Account == account {
			return string(s.State)
		}
	}
	return "none"
}

func TestBreaker_Accounts(t *testing.T) {
	inRow := func(b *policy.Breaker) { b.FailureRate, b.Consecutive = -1, 3 }
	slow := func(b *policy.Breaker) {
		b.FailureRate, b.MinCalls, b.SlowCall = -1, 2, policy.SlowCall{After: time.Second, Rate: 0.6}
	}
	seldom := func(b *policy.Breaker) { slow(b); b.SlowCall.Rate = 0.3 }
	apart := func(b *policy.Breaker) { b.Scope = policy.ScopeAccount }
	tests := []struct {
		name, script string
		change       func(*policy.Breaker)
	}{
		{name: "a single account opens the shared circuit", script: "aF aF aF aF =open ax30s bx30s a=none"},
		{name: "failures of two accounts open it", script: "aF bF aS bF =open a=none b=none"},
		{name: "failures of one account among two open its own",
			script: "bS aF aF aF =closed a=none aF =closed a=open ax30s bS b=none"},
		{name: "also if the other calls last", script: "aF aF aF bS =closed a=none bS aF =closed a=open bS"},
		{name: "one failure of another account is enough", script: "cS bF aF aF =open"},
		{name: "the other account leaves the window", script: "bS +9s aF aF aF +1s aF =open a=none"},
		{name: "the failure of the other account leaves the window",
			script: "bF +9s bS aF +1s aF aF =closed a=none aF a=open =closed"},
		{name: "what says nothing is no call", script: "bI aF aF aF aF =open"},
		{name: "the successes of an account count for it",
			script: "bS bS bS aS aS aS aF aF =closed aF =closed a=open bS"},
		{name: "counts from the time alone are the account's", script: "aF aF aF bS bS bS bS aF a=open =closed bS"},
		{name: "failures that left the window do not count for the account",
			script: "aF aF aF +10s bS bS aF aF aF a=none aF a=open"},
		{name: "a third account opens nothing", script: "aS bS cF cF cF c=none cF c=open =closed aS bS"},
		{name: "two circuits of accounts", script: "aS aS aS aS bF bF bF bF b=open aS aS aS aS cS cS cF cF =closed cS",
			change: func(b *policy.Breaker) { b.FailureRate = 0.6 }},

		{name: "failures in a row of a single account", script: "aF aF aF =open", change: inRow},
		{name: "of two accounts", script: "aF bF aF =open a=none", change: inRow},
		{name: "of one account among two", script: "bS aF aF aF =closed a=open bS", change: inRow},
		{name: "an earlier failure of the other is not in the row", script: "bF bS aF aF aF =closed a=open",
			change: inRow},
		{name: "the row of an account is its own", script: "aS bF aS bF aS bF b=open =closed", change: inRow},
		{name: "the row knows no window", script: "aF +1h bF +1h aF =open", change: inRow},
		{name: "a row that began alone goes on in the account's circuit", script: "aF aF bS aF a=open =closed",
			change: inRow},

		{name: "slow calls of a single account", script: "ap +2s as ap +2s as =open", change: slow},
		{name: "of two accounts", script: "ap +2s as bp +2s bs =open a=none b=none", change: slow},
		{name: "of one account among two open its own", script: "bS ap +2s as ap +2s as =closed a=open bS",
			change: slow},
		{name: "the slow call of the other leaves the window",
			script: "bp +2s bs aS aS aS +9s aS bS ap +2s as =closed a=open", change: seldom},
		{name: "the slow call of the other is in the window", script: "bp +2s bs aS aS aS +1s ap +2s as =open",
			change: seldom},
		{name: "calls that are not slow", script: "ap +1s as ap +1s as =closed", change: slow},
		{name: "just slow", script: "ap +1001ms as ap +1001ms as =open", change: slow},

		{name: "scope account: from the first call", script: "aF aF aF aF =closed a=open ax30s bS", change: apart},
		{name: "scope account: failures of two open the shared one", script: "aF aF bF bF =open", change: apart},

		{name: "an account's circuit recovers by itself",
			script: "bS aF aF aF aF ax30s +30s a=half-open aS a=half-open aS a=closed aF a=closed =closed"},
		{name: "a failed probe of an account opens its circuit for longer",
			script: "bS aF aF aF aF +30s aF ax1m0s bS =closed"},
		{name: "one probe of an account at a time", script: "bS aF aF aF aF +30s ap ax1s bS as a=half-open"},
		{name: "answers from before it opened change nothing",
			script: "bS ap aF aF aF aF a=open af ax30s +30s as a=half-open"},
		{name: "a call from before the account was counted apart counts", script: "ap bS aF aF aF a=none af a=open"},
		{name: "answers from before the shared circuit opened do not count for the account",
			script: "ap aF bF aF bF =open +30s aS aS =closed af bS aF aF aF a=none aF a=open"},
		{name: "when the shared circuit opens, counts of accounts begin again",
			script: "bS aF aF bF =open +30s aS aS =closed bS aF aF a=none =closed"},
		{name: "an account's circuit stays open while the shared one recovers",
			script: "bS bS bS bS aF aF aF aF a=open +1s bF bF =open +29s ax1s a=half-open +1s aS =half-open " +
				"a=half-open aS =closed a=closed",
			change: func(b *policy.Breaker) { b.FailureRate = 0.6 }},

		{name: "others come first when it is half-open",
			script: "bS aF bF aF =open +30s =half-open ax1s bS bS =closed"},
		{name: "but not for long",
			script: "aF bF aF bF =open bx31s ax30s +30999ms bx1ms =half-open +1ms bS =half-open"},
		{name: "for a tenth of a short cool-down", script: "aF bF aF bF bx5.5s +5s bx500ms +500ms bS",
			change: func(b *policy.Breaker) { b.Open = 5 * time.Second }},
		{name: "a single account need not wait", script: "aF aF aF aF =open +30s aS"},
		{name: "after a failed probe, others come first", script: "aF bF aF bF +30s aF ax1m1s bx1m0s +1m ax1s bS"},
		{name: "also if it opened for one account", script: "aF aF aF aF +30s bF bx1m1s ax1m0s"},
		{name: "not if only one account was ever seen", script: "aF aF aF aF +30s aF ax1m0s +1m aS"},
		{name: "closed, it forgets who was to blame",
			script: "aF bF aF bF +30s aS aS =closed bF bF bF bF =open +30s bS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { runAccounts(t, plain(tt.change), tt.script) })
		})
	}
}

// failed and passed are outcomes with a Retry-After.
func failed(d time.Duration) Outcome { return Outcome{Verdict: Failure, RetryAfter: d} }
func passed(d time.Duration) Outcome { return Outcome{Verdict: Success, RetryAfter: d} }

// A longer Retry-After of a failure in the window makes the first cool-down longer, up to max-open.
func TestBreaker_RetryAfter(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		name   string
		script []any // durations pass, outcomes are recorded
		want   time.Duration
	}{
		{"a longer one", []any{failed(40 * s), failed(7 * s), passed(0),
			passed(0)}, 40 * s},
		{"a shorter one", []any{failed(29 * s), failed(0), failed(0), failed(0)}, 30 * s},
		{"at most max-open", []any{failed(101 * s), failed(0), failed(0),
			failed(0)}, 100 * s},
		{"of the last failure", []any{failed(0), failed(0), failed(0), failed(31 * s)}, 31 * s},
		{"of a success", []any{failed(0), passed(50 * s), passed(0), failed(0)}, 30 * s},
		{"that left the window", []any{failed(40 * s), 10 * s, failed(0), failed(0),
			failed(0), failed(0)}, 30 * s},
		{"of a probe", []any{failed(40 * s), failed(0), failed(0), failed(0),
			40 * s,
			failed(70 * s)}, 70 * s},
		{"of a probe, shorter than the second cool-down", []any{failed(0), failed(0),
			failed(0), failed(0), 30 * s, failed(50 * s)}, 60 * s},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := New("", "", plain(nil))
				for _, step := range tt.script {
					switch step := step.(type) {
					case time.Duration:
						time.Sleep(step)
					case Outcome:
						p, _, _ := b.Acquire("", time.Now(), s)
						p.Record(step)
					}
				}
				if wait, open := b.Peek("", time.Now()); !open || wait != tt.want {
					t.Errorf("open %v for %v, want %v", open, wait, tt.want)
				}
			})
		})
	}
	unbounded := plain(func(b *policy.Breaker) { b.MaxOpen = 0 })
	if got := bounded(&unbounded, time.Hour); got != time.Hour {
		t.Errorf("without max-open: %v", got)
	}
}

func TestBreaker_AccountSnapshots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New("api host", "circuit c", plain(nil))
		var seen []string
		b.Subscribe(func(tr Transition) { seen = append(seen, fmt.Sprintf("%s: %s", tr.Key, tr.To)) })
		record := func(account string, v Verdict) {
			p, _, _ := b.Acquire(account, time.Now(), time.Second)
			p.Record(Outcome{Verdict: v})
		}
		for _, account := range []string{"z", "a", ""} {
			for range 4 {
				record("ok", Success)
			}
			for range 4 {
				record(account, Failure)
			}
			b.Update(plain(func(b *policy.Breaker) { b.Window = time.Duration(len(seen)) * time.Minute })) // empties it
		}
		var keys []string
		for _, s := range b.Accounts(time.Now()) {
			keys = append(keys, s.Account+": "+s.Key)
			if s.State != Open || s.RetryAfter != 30*time.Second || len(s.Transitions) != 1 ||
				s.Transitions[0].Key != s.Key {
				t.Errorf("%+v", s)
			}
		}
		want := []string{": api host (no account) circuit c", "a: api host a circuit c", "z: api host z circuit c"}
		if !reflect.DeepEqual(keys, want) {
			t.Errorf("%q, want %q", keys, want)
		}
		if want := []string{"api host z circuit c: open", "api host a circuit c: open",
			"api host (no account) circuit c: open"}; !reflect.DeepEqual(seen, want) {
			t.Errorf("%q, want %q", seen, want)
		}
		if s := b.Snapshot(time.Now()); s.Key != "api host circuit c" || s.State != Closed || s.Account != "" {
			t.Errorf("%+v", s)
		}
	})
}

func TestBreaker_CommandsOfAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sick := "bS aF aF aF aF a=open"
		b := runAccounts(t, plain(nil), sick)
		if b.Reset("api host c") || b.ForceClosed("api other") {
			t.Error("there is no such circuit")
		}
		if !b.Reset("api host a") || stateOf(b, "a") != "closed" {
			t.Errorf("after a reset: %s", stateOf(b, "a"))
		}
		b = runAccounts(t, plain(nil), sick)
		if !b.ForceClosed("api host a") || stateOf(b, "a") != "forced-closed" ||
			b.Snapshot(time.Now()).State != Closed {
			t.Errorf("forced closed: %s", stateOf(b, "a"))
		}
		for name, command := range map[string]func(*Breaker, string) bool{
			"reset": (*Breaker).Reset, "force closed": (*Breaker).ForceClosed,
		} {
			b = runAccounts(t, plain(nil), sick)
			var seen []Transition
			b.Subscribe(func(tr Transition) { seen = append(seen, tr) })
			if !command(b, "api host") || stateOf(b, "a") != "none" || len(seen) == 0 ||
				seen[0].Key != "api host a" || seen[0].To != Closed || seen[0].Reason != "reset" {
				t.Errorf("%s of all: %s, %+v", name, stateOf(b, "a"), seen)
			}
		}
		b = runAccounts(t, plain(nil), sick)
		if !b.ForceOpen("api host") || stateOf(b, "a") != "open" || b.Snapshot(time.Now()).State != ForcedOpen {
			t.Errorf("forced open: %s", stateOf(b, "a"))
		}
	})
}

// Circuits of accounts are kept only while they hold something.
func TestBreaker_ForgetsAccountsThatHoldNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := runAccounts(t, plain(nil), "bS aF aF aF aF a=open +1s")
		succeed := func(account string) {
			p, _, _ := b.Acquire(account, time.Now(), time.Second)
			p.Record(Outcome{Verdict: Success})
		}
		for i := range 1000 {
			succeed(fmt.Sprint("first", i))
		}
		if n := len(b.accounts.of); n != 1002 {
			t.Errorf("%d circuits, want one for each account with a call in the window", n)
		}
		time.Sleep(10 * time.Second)
		for i := range 1100 {
			succeed(fmt.Sprint("second", i))
		}
		if n := len(b.accounts.of); n != 1101 || stateOf(b, "a") != "open" {
			t.Errorf("%d circuits, want those of the window and the open one, which is %s", n, stateOf(b, "a"))
		}
		time.Sleep(10 * time.Second)
		if b.Empty(time.Now()) || len(b.accounts.of) != 1 {
			t.Errorf("a breaker with an open circuit holds something: %d", len(b.accounts.of))
		}
	})
}

func TestBreaker_Empty(t *testing.T) {
	count := func(b *policy.Breaker) { b.Consecutive = 9 }
	for script, want := range map[string]bool{
		"": true, "aS": false, "aF": false, "aS +9s": false, "aS +10s": true, "aI": true, "ap": true,
		"aF aF aF aF =open +40s": false, "aF aF aF aF +40s aS aS =closed": true, "bS aF aF aF aF +15s =closed": false,
		"bS aF aF aF aF +30s aS aS a=closed +10s": true,
	} {
		synctest.Test(t, func(t *testing.T) {
			if got := runAccounts(t, plain(nil), script).Empty(time.Now()); got != want {
				t.Errorf("%s: %v, want %v", script, got, want)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		if runAccounts(t, plain(count), "aF +1h").Empty(time.Now()) {
			t.Error("a row of failures counts without end")
		}
		if !runAccounts(t, plain(count), "aF aS +1h").Empty(time.Now()) {
			t.Error("there is no row of failures")
		}
		off := plain(func(b *policy.Breaker) { b.Consecutive = 0 })
		if !runAccounts(t, off, "aF +1h").Empty(time.Now()) {
			t.Error("a row of failures that is not counted holds nothing")
		}
	})
}

func TestLatest(t *testing.T) {
	var l latest
	for i, tt := range []struct {
		account string
		tick    int64
		after   int64
		want    bool
	}{
		{"a", 1, 0, false}, {"a", 2, 0, false}, {"b", 3, 0, true}, {"b", 3, 1, true}, {"b", 3, 2, false},
		{"c", 4, 2, true}, {"a", 5, 3, true}, {"a", 9, 4, false}, {"a", 9, -20, true},
	} {
		l.note(tt.account, tt.tick)
		if got := l.two(tt.after); got != tt.want {
			t.Errorf("%d: two(%d) = %v with %+v", i, tt.after, got, l)
		}
	}
	if new(latest).two(-5) {
		t.Error("nothing is not two")
	}
}

// A panic of a watcher while a circuit becomes half-open gives the place of the probe back.
func TestAcquire_PanickingWatcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New("", "", plain(nil))
		trip(t, b)
		b.Subscribe(func(Transition) { panic("a watcher") })
		time.Sleep(30 * time.Second)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is swallowed")
				}
			}()
			_, _, _ = b.Acquire("", time.Now(), time.Minute)
		}()
		if s := b.Snapshot(time.Now()); s.State != HalfOpen || s.Probes != 0 {
			t.Errorf("%s with %d probes in flight", s.State, s.Probes)
		}
	})
}

func BenchmarkBreaker_Accounts(b *testing.B) {
	c := New("", "", policy.Default().Breaker)
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprint("account", i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p, _, _ := c.Acquire(names[i%1000], time.Now(), time.Second)
		p.Record(Outcome{Verdict: Success})
	}
}

func TestMachine_Counts(t *testing.T) {
	counted := event{kind: eventReport, outcome: Outcome{Verdict: Success}, ticket: ticket{generation: 3}}
	for _, tt := range []struct {
		name   string
		state  State
		change func(*event)
		want   bool
	}{
		{"a success", Closed, func(*event) {}, true},
		{"a failure", Closed, func(e *event) { e.outcome.Verdict = Failure }, true},
		{"nothing to say", Closed, func(e *event) { e.outcome.Verdict = Ignored }, false},
		{"a question", Closed, func(e *event) { e.kind = eventAsk }, false},
		{"of an earlier state", Closed, func(e *event) { e.ticket.generation = 2 }, false},
		{"half-open", HalfOpen, func(*event) {}, false},
		{"forced closed", ForcedClosed, func(*event) {}, false},
	} {
		e, m := counted, machine{state: tt.state, generation: 3}
		tt.change(&e)
		if got := m.counts(&e); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Circuits of accounts are looked through when there are twice as many as after the last time.
func TestAccounts_Sweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New("", "", plain(func(b *policy.Breaker) { b.Scope = policy.ScopeAccount }))
		record := func(from, to int, v Verdict) {
			for i := from; i < to; i++ {
				p, _, _ := b.Acquire(fmt.Sprint(i), time.Now(), time.Second)
				p.Record(Outcome{Verdict: v})
			}
		}
		check := func(step string, circuits, sweep int) {
			t.Helper()
			if len(b.accounts.of) != circuits || b.accounts.sweep != sweep {
				t.Errorf("%s: %d circuits, next at %d; want %d and %d", step, len(b.accounts.of), b.accounts.sweep,
					circuits, sweep)
			}
		}
		record(0, 64, Success)
		check("the first", 64, 64)
		record(64, 65, Success)
		check("one more", 65, 128)
		record(65, 128, Success)
		time.Sleep(10 * time.Second)
		record(128, 129, Success)
		check("after the window", 1, 64)
		record(0, 100, Success)
		check("more", 101, 128)
		b.ForceOpen("")
		check("after a change of the shared circuit", 0, 64)
		if b.accounts.of != nil {
			t.Error("the memory of dropped circuits is kept")
		}
	})
}

// A single account does not have a separate circuit, and its first call creates none for others.
func TestBreaker_NoCircuitsForASingleAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for script, want := range map[string]int{"aS": 0, "aS aF aF": 0, "aS bS": 2, "aS bI": 0, "aS bS cS": 3} {
			if b := runAccounts(t, plain(nil), script); len(b.accounts.of) != want {
				t.Errorf("%s: %d circuits of accounts, want %d", script, len(b.accounts.of), want)
			}
		}
	})
}
