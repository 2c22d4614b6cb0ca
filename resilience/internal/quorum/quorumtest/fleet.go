package quorumtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/quorum"
	"github.com/resgen/resgen/resilience/policy"
)

// A Clock is the clock of a store, which cases move.
type Clock struct{ now time.Duration }

// Now returns the time since 1970.
func (c *Clock) Now() time.Duration { return c.now }

// key is the circuit of all cases.
const key = "api host"

// fleet runs the circuits of some processes in words, one a step, separated by spaces. A process
// is a letter from a to h. Where it stands, * means all that have been named.
//
//	aSFI   calls of process a pass and report success, failure, nothing to say
//	ap     a call passes; its permit is kept
//	as af  the kept permit reports
//	ax     a call is rejected
//	ax5s   … and the reported wait is 5s
//	a:     a exchanges with the store
//	a-     the store can no longer be reached by a
//	a+     it can again
//	a~     the store is slow: a's probes do not wait for it
//	a!     the answers to a's probes arrive, and it is no longer slow
//	aN     a is restarted
//	aO aR  an operator forces a's circuit open, or resets it
//	a=open the state of a's circuit
//	=open  the state in the store
//	+5s    time passes
//	^5s    the clock of the store jumps, back if negative
//	lose   the store loses everything
//	save   the state in the store is remembered
//	back   the store has the state that was remembered, as after a failover
type fleet struct {
	t       *testing.T
	store   quorum.Store
	lose    func()
	clock   *Clock
	policy  policy.Breaker
	begin   time.Time
	now     time.Time
	names   []byte
	process map[byte]*process
	saved   string
}

// A process is a process of a fleet.
type process struct {
	name    string
	fleet   *fleet
	circuit *breaker.Breaker
	permit  breaker.Permit
	gone    bool
	slow    bool
	late    []func()
}

// errGone is what a store returns that cannot be reached.
var errGone = errors.New("the store is gone")

// start starts a process.
func (f *fleet) start(name byte) *process {
	p := &process{name: string(name), fleet: f, circuit: breaker.New(key, "", f.policy)}
	p.circuit.Join(breaker.Fleet{ID: p.name, Wake: func() {}, Lead: p.lead})
	f.process[name] = p
	return p
}

// submit submits a proposal and settles it.
func (p *process) submit(b *breaker.Breaker, proposal breaker.Proposal) {
	if p.gone {
		b.Settle(proposal, breaker.Count{}, false, errGone, p.fleet.now)
		return
	}
	change := quorum.Change{Key: key, Old: proposal.Old, New: proposal.New}
	count, swapped, err := p.fleet.store.Swap(context.Background(), change)
	if err != nil {
		p.fleet.t.Fatal(err)
	}
	settle := func() { b.Settle(proposal, count, swapped, nil, p.fleet.now) }
	if p.slow {
		p.late = append(p.late, settle)
		return
	}
	settle()
}

func (p *process) lead(b *breaker.Breaker, proposal breaker.Proposal) { p.submit(b, proposal) }

// exchange exchanges with the store.
func (p *process) exchange() {
	if p.gone {
		p.circuit.Detach()
		return
	}
	f := p.fleet
	ballot := quorum.Ballot{Key: key, Process: p.name, Ballot: p.circuit.Ballot(f.now)}
	counts, err := f.store.Exchange(context.Background(), []quorum.Ballot{ballot})
	if err != nil {
		f.t.Fatal(err)
	}
	if err := p.circuit.Adopt(counts[0], f.now); err != nil {
		f.t.Fatal(err)
	}
	for range 3 {
		if proposal, ok := p.circuit.Pending(f.now); ok {
			p.submit(p.circuit, proposal)
		}
	}
}

// swap replaces the text in the store, whatever it is.
func (f *fleet) swap(text string) {
	ctx := context.Background()
	count, _, err := f.store.Swap(ctx, quorum.Change{Key: key, Old: "never", New: "never"})
	if err == nil {
		_, _, err = f.store.Swap(ctx, quorum.Change{Key: key, Old: count.State, New: text})
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// text returns the text in the store.
func (f *fleet) text() string {
	count, _, err := f.store.Swap(context.Background(), quorum.Change{Key: key, Old: "never", New: "never"})
	if err != nil {
		f.t.Fatal(err)
	}
	return count.State
}

// run runs a script.
func (f *fleet) run(script string) {
	f.t.Helper()
	for at, word := range strings.Fields(script) {
		place := fmt.Sprintf("step %d (%s) at %v", at+1, word, f.now.Sub(f.begin))
		if f.world(word, place) {
			continue
		}
		names := []byte{word[0]}
		if word[0] == '*' {
			names = f.names
		} else if f.process[word[0]] == nil {
			f.names = append(f.names, word[0])
			f.start(word[0])
		}
		for _, name := range names {
			f.step(name, word[1:], place+" of "+string(name))
		}
	}
}

// world runs a word that is not about a process, and reports whether it is one.
func (f *fleet) world(word, place string) bool {
	f.t.Helper()
	switch {
	case word[0] == '+':
		d := f.duration(word[1:])
		f.now, f.clock.now = f.now.Add(d), f.clock.now+d
	case word[0] == '^':
		f.clock.now += f.duration(word[1:])
	case word[0] == '=':
		want := word[1:]
		if text := f.text(); !strings.Contains(text, `"`+want+`"`) && !(text == "" && want == "closed") {
			f.t.Fatalf("%s: the store has %s", place, text)
		}
	case word == "lose":
		f.lose()
	case word == "save":
		f.saved = f.text()
	case word == "back":
		f.swap(f.saved)
	default:
		return false
	}
	return true
}

func (f *fleet) duration(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		f.t.Fatal(err)
	}
	return d
}

// step runs what a word says about a process.
func (f *fleet) step(name byte, what, place string) {
	f.t.Helper()
	p := f.process[name]
	switch what[0] {
	case 'S', 'F', 'I':
		for _, verdict := range what {
			permit := p.pass(place)
			permit.RecordAt(breaker.Outcome{Verdict: verdicts[verdict]}, f.now)
		}
	case 'p':
		p.permit = p.pass(place)
	case 's', 'f':
		p.permit.RecordAt(breaker.Outcome{Verdict: verdicts[rune(what[0])]}, f.now)
	case 'x':
		p.rejects(what[1:], place)
	case '=':
		if got := string(p.circuit.Snapshot(f.now).State); got != what[1:] {
			f.t.Fatalf("%s: the state is %s", place, got)
		}
	default:
		f.command(p, what, place)
	}
}

var verdicts = map[rune]breaker.Verdict{
	'S': breaker.Success, 'F': breaker.Failure, 'I': breaker.Ignored, 's': breaker.Success, 'f': breaker.Failure,
}

// command runs a word that is not about a call.
func (f *fleet) command(p *process, what, place string) {
	f.t.Helper()
	switch what[0] {
	case ':':
		p.exchange()
	case '-', '+':
		p.gone = what == "-"
	case '~':
		p.slow = true
	case '!':
		for _, settle := range p.late {
			settle()
		}
		p.late, p.slow = nil, false
	case 'N':
		f.start(p.name[0])
	case 'O':
		p.circuit.ForceOpen(key)
	case 'R':
		p.circuit.Reset(key)
	default:
		f.t.Fatalf("%s: no such word", place)
	}
}

// lease is how long the probes of all cases hold their places.
const lease = 5 * time.Second

// pass makes a call that must pass.
func (p *process) pass(place string) breaker.Permit {
	p.fleet.t.Helper()
	permit, wait, ok := p.circuit.Acquire("", p.fleet.now, lease)
	if !ok {
		p.fleet.t.Fatalf("%s: rejected for %v", place, wait)
	}
	return permit
}

// rejects makes a call that must be rejected.
func (p *process) rejects(wait, place string) {
	p.fleet.t.Helper()
	_, got, ok := p.circuit.Acquire("", p.fleet.now, lease)
	if ok {
		p.fleet.t.Fatalf("%s: it passed", place)
	}
	peek, rejected := p.circuit.Peek("", p.fleet.now)
	if !rejected || peek != got || wait != "" && got.String() != wait {
		p.fleet.t.Fatalf("%s: reported wait %v; peek %v %v", place, got, peek, rejected)
	}
}
