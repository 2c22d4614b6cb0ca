package quorumtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/policy"
)

// A Clock is the clock of a store, which cases move.
type Clock struct{ now time.Duration }

// Now returns the time since 1970.
func (c *Clock) Now() time.Duration { return c.now }

// key is the circuit of all cases.
const key = "api host"

// group runs the circuits of some processes in words, one a step, separated by spaces. A process
// is a letter from a to h; * in its place means all that have been named.
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
type group struct {
	t       *testing.T
	store   fleet.Circuits
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
	group   *group
	circuit *breaker.Breaker
	permit  breaker.Permit
	gone    bool
	slow    bool
	late    []func()
}

// errGone is what a store returns that cannot be reached.
var errGone = errors.New("the store is gone")

// start starts a process.
func (g *group) start(name byte) *process {
	p := &process{name: string(name), group: g, circuit: breaker.New(key, "", g.policy)}
	p.circuit.Join(breaker.Fleet{ID: p.name, Wake: func() {}, Lead: p.submit})
	g.process[name] = p
	return p
}

// submit submits a proposal and settles it.
func (p *process) submit(b *breaker.Breaker, proposal breaker.Proposal) {
	if p.gone {
		b.Settle(proposal, fleet.Count{}, false, errGone, p.group.now)
		return
	}
	change := fleet.Change{Circuit: key, Old: proposal.Old, New: proposal.New}
	count, swapped, err := p.group.store.Swap(context.Background(), change)
	if err != nil {
		p.group.t.Fatal(err)
	}
	settle := func() { b.Settle(proposal, count, swapped, nil, p.group.now) }
	if p.slow {
		p.late = append(p.late, settle)
		return
	}
	settle()
}

// exchange exchanges with the store.
func (p *process) exchange() {
	if p.gone {
		p.circuit.Detach()
		return
	}
	g := p.group
	counts, err := g.store.Exchange(context.Background(), []fleet.Ballot{p.circuit.Ballot(g.now)})
	if err != nil {
		g.t.Fatal(err)
	}
	if err := p.circuit.Adopt(counts[0], g.now); err != nil {
		g.t.Fatal(err)
	}
	for range 3 {
		if proposal, ok := p.circuit.Pending(g.now); ok {
			p.submit(p.circuit, proposal)
		}
	}
}

// swap replaces any text in the store.
func (g *group) swap(text string) {
	ctx := context.Background()
	count, _, err := g.store.Swap(ctx, fleet.Change{Circuit: key, Old: "never", New: "never"})
	if err == nil {
		_, _, err = g.store.Swap(ctx, fleet.Change{Circuit: key, Old: count.State, New: text})
	}
	if err != nil {
		g.t.Fatal(err)
	}
}

// text returns the text in the store.
func (g *group) text() string {
	count, _, err := g.store.Swap(context.Background(), fleet.Change{Circuit: key, Old: "never", New: "never"})
	if err != nil {
		g.t.Fatal(err)
	}
	return count.State
}

// run runs a script.
func (g *group) run(script string) {
	g.t.Helper()
	for at, word := range strings.Fields(script) {
		place := fmt.Sprintf("step %d (%s) at %v", at+1, word, g.now.Sub(g.begin))
		if g.world(word, place) {
			continue
		}
		names := []byte{word[0]}
		if word[0] == '*' {
			names = g.names
		} else if g.process[word[0]] == nil {
			g.names = append(g.names, word[0])
			g.start(word[0])
		}
		for _, name := range names {
			g.step(name, word[1:], place+" of "+string(name))
		}
	}
}

// world runs a word that is not about a process, and reports whether it is one.
func (g *group) world(word, place string) bool {
	g.t.Helper()
	switch {
	case word[0] == '+':
		d := g.duration(word[1:])
		g.now, g.clock.now = g.now.Add(d), g.clock.now+d
	case word[0] == '^':
		g.clock.now += g.duration(word[1:])
	case word[0] == '=':
		want := word[1:]
		if text := g.text(); !strings.Contains(text, `"`+want+`"`) && !(text == "" && want == "closed") {
			g.t.Fatalf("%s: the store has %s", place, text)
		}
	case word == "lose":
		g.lose()
	case word == "save":
		g.saved = g.text()
	case word == "back":
		g.swap(g.saved)
	default:
		return false
	}
	return true
}

func (g *group) duration(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		g.t.Fatal(err)
	}
	return d
}

// step runs what a word says about a process.
func (g *group) step(name byte, what, place string) {
	g.t.Helper()
	p := g.process[name]
	switch what[0] {
	case 'S', 'F', 'I':
		for _, verdict := range what {
			permit := p.pass(place)
			permit.RecordAt(breaker.Outcome{Verdict: verdicts[verdict]}, g.now)
		}
	case 'p':
		p.permit = p.pass(place)
	case 's', 'f':
		p.permit.RecordAt(breaker.Outcome{Verdict: verdicts[rune(what[0])]}, g.now)
	case 'x':
		p.rejects(what[1:], place)
	case '=':
		if got := string(p.circuit.Snapshot(g.now).State); got != what[1:] {
			g.t.Fatalf("%s: the state is %s", place, got)
		}
	default:
		g.command(p, what, place)
	}
}

var verdicts = map[rune]breaker.Verdict{
	'S': breaker.Success, 'F': breaker.Failure, 'I': breaker.Ignored, 's': breaker.Success, 'f': breaker.Failure,
}

// command runs a word that is not about a call.
func (g *group) command(p *process, what, place string) {
	g.t.Helper()
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
		g.start(p.name[0])
	case 'O':
		p.circuit.ForceOpen(key)
	case 'R':
		p.circuit.Reset(key)
	default:
		g.t.Fatalf("%s: no such word", place)
	}
}

// lease is how long the probes of all cases hold their places.
const lease = 5 * time.Second

// pass makes a call that must pass.
func (p *process) pass(place string) breaker.Permit {
	p.group.t.Helper()
	permit, wait, ok := p.circuit.Acquire("", p.group.now, lease)
	if !ok {
		p.group.t.Fatalf("%s: rejected for %v", place, wait)
	}
	return permit
}

// rejects makes a call that must be rejected.
func (p *process) rejects(wait, place string) {
	p.group.t.Helper()
	_, got, ok := p.circuit.Acquire("", p.group.now, lease)
	if ok {
		p.group.t.Fatalf("%s: it passed", place)
	}
	peek, rejected := p.circuit.Peek("", p.group.now)
	if !rejected || peek != got || wait != "" && got.String() != wait {
		p.group.t.Fatalf("%s: reported wait %v; peek %v %v", place, got, peek, rejected)
	}
}
