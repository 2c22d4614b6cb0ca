package limit

import (
	"math"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
)

// fifty is a rate of 50 tokens per second and a bucket of 49.
var fifty = fleet.Rate{PerSecond: 50, Capacity: 49, Floor: 5, Ceiling: 100, Learns: true}

// A drawing is one step of a test of shared buckets.
type drawing struct {
	at      time.Duration // on the clock of the store
	process string
	draw    fleet.Draw // Rate, if empty, is fifty; Since, if 0, is unknown; Most, if 0, is an hour
	permits float64
	wait    time.Duration
	apart   time.Duration
	tokens  float64 // left
}

func TestLedger(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	waiting := func(n float64) fleet.Draw { return fleet.Draw{Waiting: n} }
	slow := fleet.Rate{PerSecond: 1, Capacity: 4}
	fast := fleet.Rate{PerSecond: 1000, Capacity: 100}
	crowd := make([]drawing, 0, 42) // of 40 processes that take what is there, and then some more
	for i := range 40 {
		crowd = append(crowd, drawing{0, string(rune('A' + i)), fleet.Draw{Rate: fast}, 0, 0, 0, 100})
	}
	crowd = append(crowd, drawing{0, "A", fleet.Draw{Rate: fast, Waiting: 100, Least: 100}, 100, 0, 0, 0},
		drawing{0, "A", fleet.Draw{Rate: fast, Waiting: 30}, 5, 5 * ms, 0, -5})
	for name, steps := range map[string][]drawing{
		"batches of many processes are 200 ms of their own part": crowd,
		"what is there is given at once": {
			{0, "a", waiting(3), 3, 0, 0, 46}, {0, "a", waiting(60), 46, 0, 0, 0},
		},
		"then one permit at a time, in advance": {
			{0, "a", waiting(49), 49, 0, 0, 0}, {0, "a", waiting(5), 1, 20 * ms, 0, -1},
			{0, "b", waiting(5), 1, 40 * ms, 0, -2}, {30 * ms, "a", waiting(5), 1, 30 * ms, 0, -1.5},
		},
		"each member gets its part of what is there": {
			{0, "a", waiting(1), 1, 0, 0, 48}, {0, "b", waiting(40), 24, 0, 0, 24},
			{0, "c", waiting(40), 8, 0, 0, 16},
		},
		"a member is forgotten after 15 s": {
			{0, "a", waiting(1), 1, 0, 0, 48}, {0, "b", waiting(0), 0, 0, 0, 48},
			{15 * s, "b", waiting(30), 24, 0, 0, 25}, {15*s + 1, "b", waiting(30), 25, 0, 0, 0},
		},
		"a member that leaves is forgotten": {
			{0, "a", waiting(0), 0, 0, 0, 49}, {0, "a", fleet.Draw{Leave: true}, 0, 0, 0, 49},
			{0, "b", waiting(60), 49, 0, 0, 0},
		},
		"a fast rate comes in batches of 20 ms": {
			{0, "a", fleet.Draw{Rate: fast, Waiting: 100}, 100, 0, 0, 0},
			{0, "a", fleet.Draw{Rate: fast, Waiting: 30}, 20, 20 * ms, 0, -20},
			{0, "a", fleet.Draw{Rate: fast, Waiting: 3}, 3, 23 * ms, 0, -23},
		},
		"further permits are only for what is there": {
			{0, "a", fleet.Draw{Waiting: 47, Extra: 9}, 49, 0, 0, 0},
			{0, "a", fleet.Draw{Waiting: 1, Extra: 9}, 1, 20 * ms, 0, -1},
		},
		"nothing is reserved that comes too late": {
			{0, "a", waiting(49), 49, 0, 0, 0}, {0, "a", fleet.Draw{Waiting: 1, Most: 20*ms - 1}, 0, 20 * ms, 0, 0},
			{0, "a", fleet.Draw{Waiting: 1, Most: 20 * ms}, 1, 20 * ms, 0, -1},
		},
		"a smaller batch may come in time": {
			{0, "a", fleet.Draw{Rate: fast, Waiting: 100}, 100, 0, 0, 0},
			{0, "a", fleet.Draw{Rate: fast, Waiting: 30, Most: 5 * ms}, 1, ms, 0, -1},
			{0, "a", fleet.Draw{Rate: fast, Waiting: 30, Least: 3, Most: 5 * ms}, 3, 4 * ms, 0, -4},
		},
		"a call that costs much gets its permits together": {
			{0, "a", fleet.Draw{Rate: slow, Waiting: 3, Least: 3}, 3, 0, 0, 1},
			{0, "a", fleet.Draw{Rate: slow, Waiting: 3, Least: 3}, 3, 2 * s, 0, -2},
		},
		"one that costs more than the bucket holds needs a full one": {
			{0, "a", fleet.Draw{Rate: slow, Waiting: 1}, 1, 0, 0, 3},
			{0, "a", fleet.Draw{Rate: slow, Waiting: 9, Least: 9}, 9, s, 0, -6},
		},
		"what was used without a grant is missing": {
			{0, "a", waiting(1), 1, 0, 0, 48}, {0, "a", fleet.Draw{Spent: 50}, 0, 40 * ms, 0, -2},
			{0, "a", fleet.Draw{Spent: -3}, 0, 0, 0, 1},
		},
		"a new bucket holds what the process knows": {
			{0, "a", fleet.Draw{Tokens: 3, Waiting: 5, Spent: 2}, 3, 0, 0, 0},
		},
		"a rejection holds all": {
			{0, "a", waiting(1), 1, 0, 0, 48},
			{s, "a", fleet.Draw{Throttled: fleet.Throttled{Now: true, Hold: 3 * s}}, 0, 3 * s, 0, 1},
			{2 * s, "b", waiting(1), 1, 2 * s, 0, 0},
			{2 * s, "b", waiting(1), 1, 2*s + 28565601, 0, -1}, // 1/(0.7·50) s, and a bit less as the rate recovers
		},
		"the rate that the server states is that of all": {
			{0, "a", fleet.Draw{Waiting: 49, Stated: fleet.Stated{PerSecond: 10}}, 49, 0, 0, 0},
			{0, "b", waiting(1), 1, 100 * ms, 0, -1},
		},
		"the clock goes forward by an hour": {
			{0, "a", waiting(49), 49, 0, 0, 0},
			{time.Hour, "a", fleet.Draw{Since: 10 * ms, Waiting: 1}, 1, 10 * ms, 0, -0.5},
		},
		"the clock goes forward, and what others have drawn before counts": {
			{0, "a", waiting(49), 49, 0, 0, 0}, {100 * ms, "b", waiting(0), 0, 0, 0, 5},
			{time.Hour, "a", fleet.Draw{Since: 105 * ms}, 0, 0, 0, 5.25},
			{time.Hour + 100*ms, "b", fleet.Draw{Since: 105 * ms, Waiting: 40}, 5, 0, 0, 5.25},
			{time.Hour + 200*ms, "a", fleet.Draw{Since: 200 * ms}, 0, 0, 0, 10.25},
		},
		"the clock goes forward by a second": {
			{0, "a", fleet.Draw{Rate: slow, Waiting: 4}, 4, 0, 0, 0},
			{2 * s, "a", fleet.Draw{Rate: slow, Since: s}, 0, 0, 0, 1},
		},
		"the clock goes forward by less, or a draw is late": {
			{0, "a", fleet.Draw{Rate: slow, Waiting: 4}, 4, 0, 0, 0},
			{2*s - 1, "a", fleet.Draw{Rate: slow, Since: s}, 0, 0, 0, 1.05},
		},
		"the clock goes forward between draws of a process": {
			{0, "a", waiting(49), 49, 0, 0, 0}, {0, "b", waiting(0), 0, 0, 0, 0},
			{100 * ms, "a", waiting(5), 2, 0, 0, 3},
			{s + 200*ms, "b", fleet.Draw{Since: 200 * ms}, 0, 0, 0, 8},
			{s + 300*ms, "a", fleet.Draw{Since: 200 * ms}, 0, 0, 0, 13},
		},
		"the clock goes forward before a process is known": {
			{0, "a", waiting(49), 49, 0, 0, 0},
			{time.Hour, "b", fleet.Draw{Since: 50 * ms, Waiting: 1}, 1, 0, 0, 4},
		},
		"a server is paused": {
			{0, "a", waiting(49), 49, 0, 0, 0}, {0, "b", waiting(0), 0, 0, 0, 0},
			{30 * s, "a", fleet.Draw{Since: 10 * ms, Waiting: 1}, 1, 10 * ms, 0, -0.5},
			{30*s + 5*ms, "b", fleet.Draw{Since: 29 * s, Away: 29 * s, Spent: 30}, 0, 755 * ms, 750 * ms, -0.25},
			{30*s + 105*ms, "a", fleet.Draw{Since: 30 * s, Away: 29 * s, Spent: 30}, 0, 655 * ms, 650 * ms, -0.25},
			{31*s + 5*ms, "a", fleet.Draw{Since: 900 * ms}, 0, 0, 0, 12.25},
		},
		"a process is away when the clock has gone forward": {
			{0, "a", waiting(49), 49, 0, 0, 0}, {0, "b", waiting(0), 0, 0, 0, 0},
			{time.Hour, "a", fleet.Draw{Since: 10 * ms}, 0, 0, 0, 0.5},
			{time.Hour + 300*ms, "a", fleet.Draw{Since: 300 * ms}, 0, 0, 0, 15.5},
			{time.Hour + 400*ms, "b", fleet.Draw{Since: 410 * ms, Away: 399 * ms, Spent: 3}, 0, 0, 0, 17.5},
			{time.Hour + 410*ms, "a", fleet.Draw{Since: 110 * ms, Away: 411 * ms, Spent: 3}, 0, 0, 750 * ms, 0},
		},
		"one draw was on its way for long": {
			{0, "a", waiting(0), 0, 0, 0, 49}, {1400 * ms, "b", waiting(49), 24, 0, 0, 25},
			{1410 * ms, "a", fleet.Draw{Since: 10 * ms}, 0, 0, 0, 25},
			{1420 * ms, "b", fleet.Draw{Since: 20 * ms, Away: 310 * ms, Spent: 5}, 0, 0, 0, 20.5},
		},
		"the clock goes back by an hour": {
			{time.Hour, "a", waiting(49), 49, 0, 0, 0},
			{0, "a", fleet.Draw{Since: 10 * ms, Waiting: 1}, 1, 20 * ms, 0, -1},
			{20 * ms, "a", fleet.Draw{Since: 20 * ms, Waiting: 1}, 1, 20 * ms, 0, -1},
		},
		"members remain when the clock goes back": {
			{time.Hour, "a", waiting(49), 49, 0, 0, 0}, {time.Hour, "b", waiting(0), 0, 0, 0, 0},
			{0, "a", fleet.Draw{Since: 10 * ms}, 0, 0, 0, 0},
			{s, "a", fleet.Draw{Since: s, Waiting: 49}, 24, 0, 0, 25},
		},
		"time that has passed counts": {
			{0, "a", waiting(49), 49, 0, 0, 0}, {60 * ms, "a", fleet.Draw{Since: 10 * ms, Waiting: 3}, 3, 0, 0, 0},
		},
		"all come back at the same moment after an outage": {
			{0, "a", waiting(9), 9, 0, 0, 40}, {0, "b", waiting(0), 0, 0, 0, 40},
			{10 * s, "a", fleet.Draw{Away: 9 * s, Spent: 30}, 0, 0, 750 * ms, 0},
			{10*s + 250*ms, "b", fleet.Draw{Away: 9 * s, Spent: 30}, 0, 0, 500 * ms, 0},
			{10*s + 250*ms, "c", waiting(1), 1, 520 * ms, 0, -1},
			{11 * s, "d", fleet.Draw{Away: 9 * s, Spent: 30}, 0, 0, 0, 11.5},
		},
		"a short absence is accounted for": {
			{0, "a", waiting(9), 9, 0, 0, 40},
			{100 * ms, "a", fleet.Draw{Away: 100 * ms, Spent: 3}, 0, 0, 0, 42},
			{400 * ms, "a", fleet.Draw{Away: 300*ms - 1, Spent: 3}, 0, 0, 0, 46},
		},
		"one process was absent, the others were not": {
			{0, "a", waiting(9), 9, 0, 0, 40}, {3 * s, "b", waiting(49), 24, 0, 0, 25},
			{4 * s, "a", fleet.Draw{Away: 3 * s, Spent: 5}, 0, 0, 0, 44},
		},
		"a bucket that is lost in an outage": {
			{0, "a", fleet.Draw{Away: 3 * s, Tokens: 20, Spent: 5}, 0, 0, 750 * ms, 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var now time.Duration
			m := NewMemory(func() time.Duration { return now })
			for i, step := range steps {
				now = step.at
				g, _ := m.Draw(t.Context(), "", step.full())
				if g.Permits != step.permits || g.Wait != step.wait || g.Apart != step.apart ||
					math.Abs(g.Bucket.Tokens-step.tokens) > 1e-6 {
					t.Errorf("%d: %v permits after %s, apart %s, left %v\nwant %v after %s, apart %s, left %v", i,
						g.Permits, g.Wait, g.Apart, g.Bucket.Tokens, step.permits, step.wait, step.apart, step.tokens)
				}
			}
		})
	}
}

// full returns the draw with defaults.
func (d drawing) full() fleet.Draw {
	out := d.draw
	out.Process = d.process
	if out.Rate == (fleet.Rate{}) {
		out.Rate = fifty
	}
	if out.Since == 0 {
		out.Since = -1
	}
	if out.Most == 0 {
		out.Most = time.Hour
	}
	if out.Tokens == 0 {
		out.Tokens = 1000
	}
	return out
}
