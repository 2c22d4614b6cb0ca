package breaker

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/policy"
)

// free reports whether a call of an account passes without a lock.
func free(b *Breaker, account string) bool {
	_, _, ok := b.tickets(account, time.Now())
	return ok
}

// Calls take the lock until one of them has found that the shared circuit is closed, and again
// after each change. Those of an account with an open circuit always do.
func TestBreaker_Calm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			script      string
			free, asked string // accounts whose calls do not take the lock, and do
		}{
			{"", "", "ab"},
			{"ap", "abc", ""},
			{"aS", "abc", ""},
			{"aF aF aF aF =open", "", "ab"},
			{"aF aF aF aF +30s =half-open", "", "ab"},
			{"aF aF aF aF +30s aS =half-open", "", "ab"},
			{"aF aF aF aF +30s aS aS =closed", "", "ab"},
			{"aF aF aF aF +30s aS aS =closed aS", "ab", ""},
			{"bS aF aF aF =closed", "abc", ""},
			{"bS aF aF aF aF =closed a=open", "", "abc"},
			{"bS aF aF aF aF =closed a=open bS bS", "", "abc"}, // there are circuits of two accounts
			{"bS aF aF aF aF =closed a=open bS bS bS", "bc", "a"},
			{"bS aF aF aF aF bS bS bS +30s aS", "", "abc"}, // now it is half-open
			{"bS aF aF aF aF bS bS bS +30s aS aS a=closed bS", "", "abc"},
			{"bS aF aF aF aF bS bS bS +30s aS aS a=closed bS bS", "abc", ""},
		} {
			b := runAccounts(t, plain(nil), tt.script)
			for _, account := range strings.Split(tt.free, "") {
				if !free(b, account) {
					t.Errorf("%q: calls of %s take the lock", tt.script, account)
				}
			}
			for _, account := range strings.Split(tt.asked, "") {
				if free(b, account) {
					t.Errorf("%q: calls of %s do not take the lock", tt.script, account)
				}
			}
			if c := b.calm.Load(); c != nil && len(c.others) != strings.Count(tt.script, "a=") {
				t.Errorf("%q: circuits are listed that are like new ones: %+v", tt.script, c.others)
			}
		}
	})
}

// Everything that changes what calls get withdraws what was published.
func TestBreaker_CalmIsWithdrawn(t *testing.T) {
	for name, change := range map[string]func(*Breaker){
		"update":        func(b *Breaker) { b.Update(plain(nil)) },
		"reset":         func(b *Breaker) { b.Reset("api host") },
		"reset of a":    func(b *Breaker) { b.Reset("api host a") },
		"forced open":   func(b *Breaker) { b.ForceOpen("api host") },
		"a forced open": func(b *Breaker) { b.ForceOpen("api host a") },
		"forced closed": func(b *Breaker) { b.ForceClosed("api host") },
		"a forgotten":   func(b *Breaker) { b.Empty(time.Now().Add(time.Hour)) },
		"fleet opens": func(b *Breaker) {
			b.Adopt(fleet.Count{Now: time.Hour, State: openText(time.Hour)}, time.Now())
		},
		"opens":          func(b *Breaker) { failAll(b, strings.Split("abababab", "")...) },
		"a opens":        func(b *Breaker) { failAll(b, "a", "a", "a", "a") },
		"switched off":   func(b *Breaker) { b.Update(policy.Breaker{Enabled: policy.Off}) },
		"another window": func(b *Breaker) { b.Update(policy.Breaker{Enabled: policy.On, Window: time.Hour}) },
	} {
		synctest.Test(t, func(t *testing.T) {
			b := New("api host", "", plain(nil))
			join(b)
			for _, account := range []string{"b", "a", "b", "a", "b", "a", "b"} {
				succeed(b, account, time.Now())
			}
			if !free(b, "a") || !free(b, "b") {
				t.Fatal("calls take the lock")
			}
			change(b)
			if free(b, "a") || free(b, "b") {
				t.Errorf("%s: calls do not take the lock", name)
			}
		})
	}
}

// failAll makes calls of accounts that fail.
func failAll(b *Breaker, accounts ...string) {
	for _, account := range accounts {
		p, _, _ := b.Acquire(account, time.Now(), time.Second)
		p.Record(Outcome{Verdict: Failure})
	}
}

// A twin is a breaker with another one of which every call takes the lock. Both get the same calls.
type twin struct {
	t       *testing.T
	r       *rand.Rand
	b       [2]*Breaker
	permits [][2]Permit
	log     []string // what has happened
}

// each does the same with both breakers and compares what that returns.
func (w *twin) each(what string, do func(b *Breaker, i int) any) {
	w.log = append(w.log, what)
	w.b[1].withdraw()
	got, want := do(w.b[0], 0), do(w.b[1], 1)
	if !reflect.DeepEqual(got, want) {
		w.t.Fatalf("%s: %+v, want %+v; after\n%s", what, got, want, strings.Join(w.log, "\n"))
	}
}

// call makes a call, the outcome of which may be reported later.
func (w *twin) call(account string) {
	var permits [2]Permit
	w.each("call of "+account, func(b *Breaker, i int) any {
		wait, rejected := b.Peek(account, time.Now())
		w.b[1].withdraw()
		p, asked, ok := b.Acquire(account, time.Now(), 3*time.Second)
		permits[i] = p
		p.breaker = nil
		return []any{wait, rejected, p, asked, ok}
	})
	w.permits = append(w.permits, permits)
}

// report reports the outcome of a call.
func (w *twin) report() {
	i := w.r.IntN(len(w.permits))
	permits := w.permits[i]
	w.permits = append(w.permits[:i], w.permits[i+1:]...)
	v := []Verdict{Ignored, Failure, Failure, Success, Success, Success}[w.r.IntN(6)]
	w.each(fmt.Sprintf("report %d of %+v", v, permits[0].ticket), func(b *Breaker, i int) any {
		permits[i].Record(Outcome{Verdict: v})
		return b.Snapshot(time.Now())
	})
}

// command does what an operator does.
func (w *twin) command(key string) {
	command := []func(*Breaker, string) bool{(*Breaker).Reset, (*Breaker).ForceOpen, (*Breaker).ForceClosed}
	n := max(0, w.r.IntN(6)-3)
	w.each(fmt.Sprint("command ", n, " for ", key), func(b *Breaker, _ int) any { return command[n](b, key) })
}

// exchange plays an exchange with a store that has opened or closed the circuit of a fleet.
func (w *twin) exchange(generation uint64) {
	at := time.Since(w.b[0].epoch)
	r := revision{number: 1, machine: machine{state: Open, generation: generation, until: at + 5*time.Second}}
	if w.r.IntN(2) == 0 {
		r.machine = machine{state: Closed, generation: generation}
	}
	w.each("exchange: "+r.text(0), func(b *Breaker, _ int) any {
		return b.Adopt(fleet.Count{Now: at, State: r.text(0)}, time.Now())
	})
}

// step does something.
func (w *twin) step(i int) {
	account := fmt.Sprint(w.r.IntN(1 + w.r.IntN(4)))
	switch n := w.r.IntN(1000); {
	case n < 450:
		w.call(account)
	case n < 850 && len(w.permits) > 0:
		w.report()
	case n < 910:
		w.log = append(w.log, "time passes")
		time.Sleep(time.Duration(w.r.IntN(8000)) * time.Millisecond)
	case n < 920:
		w.command("api host")
	case n < 935:
		w.command("api host " + account)
	case n < 945 && w.b[0].member != nil:
		w.exchange(uint64(i))
	case n < 950:
		p := plain(func(p *policy.Breaker) { p.Open = 9 * time.Second })
		p.Window = time.Duration(5+w.r.IntN(2)) * time.Second
		p.Enabled = []policy.Switch{policy.On, policy.Off}[w.r.IntN(6)/5]
		w.each("update", func(b *Breaker, _ int) any { b.Update(p); return nil })
	case n < 960:
		w.each("empty", func(b *Breaker, _ int) any { return b.Empty(time.Now()) })
	}
	w.each("accounts", func(b *Breaker, _ int) any { return b.Accounts(time.Now()) })
}

// Calls that take no lock get what they would get if they asked.
func TestBreaker_CalmChangesNothing(t *testing.T) {
	passed := 0
	for seed := range uint64(300) {
		synctest.Test(t, func(t *testing.T) {
			w := &twin{t: t, r: rand.New(rand.NewPCG(seed, 7))}
			for i := range w.b {
				w.b[i] = New("api host", "", plain(nil))
				if seed%3 == 0 {
					join(w.b[i])
				}
			}
			for i := range 400 {
				w.step(i)
				if free(w.b[0], "1") {
					passed++
				}
			}
		})
	}
	if passed < 30_000 {
		t.Errorf("calls passed without a lock after only %d of 120,000 steps", passed)
	}
}

// Once a circuit has been opened, no call passes, however many ask at the same time.
func TestBreaker_NoCallPassesLate(t *testing.T) {
	b := New("api host", "", plain(nil))
	var callers sync.WaitGroup
	done := make(chan struct{})
	for range 8 {
		callers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					succeed(b, "a", time.Now())
				}
			}
		})
	}
	for range 2000 {
		b.ForceOpen("api host")
		if _, _, ok := b.Acquire("a", time.Now(), time.Second); ok {
			t.Error("a call passes an open circuit")
			break
		}
		b.Reset("api host")
	}
	close(done)
	callers.Wait()
}

// Two cool-downs one after the other are spread by different random numbers.
func TestBreaker_EachCoolDownHasItsOwnJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New("api host", "", plain(func(b *policy.Breaker) { b.Jitter = 0.5 }))
		seen := map[time.Duration]bool{}
		for range 20 {
			for _, account := range []string{"", "a"} {
				if account != "" {
					succeed(b, "other", time.Now())
				}
				failAll(b, account, account, account, account)
				wait, _ := b.Peek(account, time.Now())
				seen[wait] = true
				b.Reset("api host")
			}
		}
		if len(seen) != 40 {
			t.Errorf("%d different cool-downs of 40", len(seen))
		}
	})
}
