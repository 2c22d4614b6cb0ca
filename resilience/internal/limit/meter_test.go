package limit

import (
	"math"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"

	"github.com/resgen/resgen/resilience/policy"
)

// rated is a rate policy that keeps one token in reserve and learns between a tenth and twice the
// rate.
func rated(perSecond float64, burst int) policy.Rate {
	return policy.Rate{
		PerSecond: perSecond, Burst: burst, Reserve: 1, MaxWait: time.Minute, Learn: policy.On, Floor: 0.1, Ceiling: 2,
	}
}

// drained returns a meter from which the given number of tokens was spent at time 0.
func drained(p policy.Rate, n int) meter {
	m := newMeter(p)
	for range n {
		m = m.spent(0, 1)
	}
	return m
}

func TestMeter_Need(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	tests := []struct {
		name   string
		m      meter
		now    time.Duration
		before int
		want   time.Duration
	}{
		{"full", newMeter(rated(5, 5)), 0, 0, 0},
		{"one of the burst stays in hand", newMeter(rated(5, 5)), 0, 3, 0},
		{"so the fifth waits", newMeter(rated(5, 5)), 0, 4, 200 * ms},
		{"the sixth longer", newMeter(rated(5, 5)), 0, 5, 400 * ms},
		{"empty", drained(rated(5, 5), 4), 0, 0, 200 * ms},
		{"in part filled", drained(rated(5, 5), 4), 50 * ms, 0, 150 * ms},
		{"filled by one", drained(rated(5, 5), 4), 200 * ms, 0, 0},
		{"filled by one, for the second", drained(rated(5, 5), 4), 200 * ms, 1, 200 * ms},
		{"never more than the burst", drained(rated(5, 5), 4), 1000 * s, 4, 200 * ms},
		{"a burst of 1 is 1", newMeter(rated(5, 1)), 0, 0, 0},
		{"a burst of 1, the second", newMeter(rated(5, 1)), 0, 1, 200 * ms},
		{"a burst of 2 is 1", newMeter(rated(5, 2)), 0, 1, 200 * ms},
		{"no burst is 1", newMeter(rated(5, 0)), 0, 1, 200 * ms},
		{"slow", drained(rated(0.0167, 20), 19), 0, 0, 59880239521},
		{"no rate is no limit", newMeter(rated(0, 0)), 0, 1_000_000, 0},
		{"a negative rate neither", newMeter(rated(-1, 0)), 0, 1_000_000, 0},
		{"nor one switched off", newMeter(policy.Rate{Enabled: policy.Off, PerSecond: 1}), 0, 1_000_000, 0},
		{"hardly any", drained(rated(1e-300, 1), 1), 0, 0, math.MaxInt64},
	}
	for _, tt := range tests {
		if got := tt.m.need(tt.now, float64(tt.before+1)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// exact is a rate policy without a reserve.
func exact(perSecond float64, burst int) policy.Rate {
	p := rated(perSecond, burst)
	p.Reserve = 0
	return p
}

func TestMeter_Capacity(t *testing.T) {
	for _, c := range []struct {
		burst, reserve int
		want           float64
		defers         bool
	}{
		{0, 0, 1, false}, {1, 0, 1, false}, {2, 0, 2, false}, {5, 0, 5, false}, {5, 2, 3, false}, {5, 5, 1, false},
		{2, 1, 1, false}, {1, 1, 1, true}, {0, 1, 1, true}, {1, -1, 1, false}, {3, -1, 3, false},
	} {
		p := exact(5, c.burst)
		p.Reserve = c.reserve
		m := newMeter(p)
		if m.capacity != c.want || m.tokens != c.want || m.defers != c.defers {
			t.Errorf("burst %d, reserve %d: %+v, want a capacity of %v; a response delays: %t", c.burst, c.reserve, m,
				c.want, c.defers)
		}
	}
}

func TestMeter_Cost(t *testing.T) {
	const ms = time.Millisecond
	m := newMeter(exact(10, 4))
	for _, c := range []struct{ cost, want float64 }{{1, 1}, {3.5, 3.5}, {4, 4}, {5, 4}} {
		if got := m.enough(c.cost); got != c.want {
			t.Errorf("a call that costs %v needs %v tokens, want %v", c.cost, got, c.want)
		}
	}
	for _, c := range []struct {
		spent, amount float64
		want          time.Duration
	}{{0, 4, 0}, {1, 4, 100 * ms}, {1, 3, 0}, {7, 1, 400 * ms}} {
		if got := m.spent(0, c.spent).need(0, c.amount); got != c.want {
			t.Errorf("%v tokens after %v were spent: in %s, want %s", c.amount, c.spent, got, c.want)
		}
	}
	if got := m.spent(0, 3).refunded(2).tokens; got != 3 {
		t.Errorf("%v tokens, want 3", got)
	}
	if got := m.spent(0, 3).refunded(5).tokens; got != 4 {
		t.Errorf("%v tokens, want no more than 4", got)
	}
}

func TestMeter_Corrected(t *testing.T) {
	m := newMeter(exact(2, 4))
	for _, c := range []struct {
		tokens, more, want float64
	}{
		{4, 1, 3}, {1, 6, -5}, {4, 1e9, -1800}, {-1799, 1, -1800}, {-1800, 1, -1800}, {-2000, 1, -2000}, {4, 0, 4},
	} {
		m.tokens = c.tokens
		if got := m.corrected(0, c.more).tokens; got != c.want {
			t.Errorf("%v tokens and %v more: %v, want %v", c.tokens, c.more, got, c.want)
		}
	}
	m.tokens = 0
	if got := m.corrected(time.Second, 1).tokens; got != 1 {
		t.Errorf("%v tokens, want 1: two came in before", got)
	}
	if got := newMeter(exact(0, 4)).corrected(0, 3); got.tokens != 4 {
		t.Errorf("%v tokens, want 4: without a rate nothing is taken", got.tokens)
	}
}

// Ten calls that wait during a hold of 20 s leave over 2 s.
func TestMeter_Spread(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	m := newMeter(exact(0, 0)).held(5*s, 20*s)
	for _, c := range []struct {
		now           time.Duration
		place, length int
		want          time.Duration
	}{
		{5 * s, 0, 10, 20 * s}, {5 * s, 1, 10, 20200 * ms}, {5 * s, 9, 10, 21800 * ms}, {15 * s, 5, 10, 11 * s},
		{25 * s, 0, 10, 0}, {25 * s, 4, 10, 800 * ms}, {26 * s, 0, 4, 0}, {26 * s, 2, 4, 500 * ms},
		{27*s - 1, 0, 1, 0}, {27 * s, 9, 10, 0}, {40 * s, 9, 10, 0},
	} {
		if got := m.wait(c.now, c.place, c.length); got != c.want {
			t.Errorf("at %s, place %d of %d: %s, want %s", c.now, c.place, c.length, got, c.want)
		}
	}
	at := 25 * s
	for waiting := 9; waiting > 0; waiting-- {
		m = m.left(at, waiting)
		if got := m.wait(at, 0, waiting); got != 200*ms {
			t.Fatalf("with %d waiting the next leaves after %s, want 200 ms", waiting, got)
		}
		at += 200 * ms
		if got := m.wait(at, 0, waiting); got != 0 {
			t.Fatalf("with %d waiting the next leaves %s later", waiting, got)
		}
	}
	if got := m.left(27*s, 3); got != m {
		t.Error("after the spread a call that leaves delays the next one")
	}
	again := m.held(26*s, 10*s)
	if got := again.wait(26*s, 1, 2); got != 10500*ms {
		t.Errorf("after another hold: %s, want 10.5 s", got)
	}
	if got := again.held(27*s, 2*s); got != again {
		t.Error("a shorter hold changes something")
	}
}

// A token is available exactly at the time that need returns, and not a moment before.
func TestMeter_NeedIsExact(t *testing.T) {
	for _, rate := range []float64{0.0167, 0.5, 1, 3, 7.7, 100, 12345} {
		for _, burst := range []int{1, 2, 20} {
			m := drained(rated(rate, burst), max(1, burst-1))
			if burst%2 == 0 {
				m = m.throttled(0, 3*time.Second)
			}
			now := time.Duration(0)
			for i := range 200 {
				need := m.need(now, 1)
				if early := need - need/1000 - 2; need > 10 && m.need(now+early, 1) == 0 {
					t.Fatalf("rate %v, burst %d, permit %d: there already after %v of %v", rate, burst, i, early, need)
				}
				now += need
				if again := m.need(now, 1); again != 0 {
					t.Fatalf("rate %v, burst %d, permit %d: another %v after %v", rate, burst, i, again, need)
				}
				m = m.spent(now, 1)
			}
		}
	}
}

func TestMeter_Refund(t *testing.T) {
	m := drained(rated(5, 5), 4).refunded(1)
	if got := m.need(0, 1); got != 0 {
		t.Errorf("%v, want a permit", got)
	}
	if got := newMeter(rated(5, 5)).refunded(1).need(0, 5); got != 200*time.Millisecond {
		t.Errorf("%v: a refund must not make more than the burst", got)
	}
}

func TestMeter_Throttled(t *testing.T) {
	const s = time.Second
	m := newMeter(rated(10, 11)).throttled(0, 0)
	if got := m.pace(0); got != 7 {
		t.Errorf("pace %v after one refusal, want 7", got)
	}
	if m.tokens != 1 {
		t.Errorf("%v tokens, want 1", m.tokens)
	}
	for _, tt := range []struct {
		after time.Duration
		want  float64
	}{{0, 7}, {s, 7.1}, {10 * s, 8}, {29 * s, 9.9}, {30 * s, 10}, {1000 * s, 10}} {
		if got := m.pace(tt.after); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("pace %v after %v, want %v", got, tt.after, tt.want)
		}
	}
	if got := m.throttled(999*time.Millisecond, 0).pace(999 * time.Millisecond); math.Abs(got-7) > 1e-9 {
		t.Errorf("pace %v after two refusals within a second, want 7", got)
	}
	if got := m.throttled(100*s, 0).throttled(100*s+s/2, 0).pace(100*s + s/2); math.Abs(got-7) > 1e-9 {
		t.Errorf("pace %v after two refusals within a second, later, want 7", got)
	}
	if got := m.throttled(s, 0).pace(s); math.Abs(got-7.1*0.7) > 1e-9 {
		t.Errorf("pace %v after two refusals a second apart, want 4.97", got)
	}
	if got := m.throttled(100*s, 0).pace(100 * s); got != 7 {
		t.Errorf("pace %v after recovery and another refusal, want 7", got)
	}
	for i := range 100 {
		m = m.throttled(time.Duration(i)*s, 0)
	}
	if got := m.pace(99 * s); got != 1 {
		t.Errorf("pace %v after many refusals, want a tenth", got)
	}
}

// Tokens that accrued before a refusal accrued at the old rate.
func TestMeter_ThrottledKeepsFraction(t *testing.T) {
	m := drained(rated(10, 11), 10).throttled(50*time.Millisecond, 0)
	if math.Abs(m.tokens-0.5) > 1e-9 {
		t.Errorf("%v tokens, want 0.5", m.tokens)
	}
	if got := m.need(50*time.Millisecond, 1); (got - 71392240).Abs() > 1000 { // 7 d + 0.05 d² = 0.5
		t.Errorf("%v, want 71.4ms", got)
	}
}

func TestMeter_NoRate(t *testing.T) {
	m := newMeter(rated(0, 3))
	for range 100 {
		m = m.spent(0, 1)
	}
	if got := m.tuned(rated(1, 3), 0).need(0, 1); got != 0 {
		t.Errorf("%v, want a full bucket once there is a rate", got)
	}
}

func TestMeter_ThrottledHoldsAllCalls(t *testing.T) {
	const s = time.Second
	m := newMeter(rated(10, 11)).throttled(5*s, 20*s)
	for _, tt := range []struct {
		now    time.Duration
		before int
		want   time.Duration
	}{
		{5 * s, 0, 20 * s},
		{15 * s, 0, 10 * s},
		{25*s - 1, 0, 1},
		{25 * s, 0, 0},          // one call is admitted
		{25 * s, 1, 142711668},  // the next at the lower rate: 7 d + 0.05 d² = 1
		{5 * s, 1, 20142711668}, // and both waits are known before
		{24 * s, 1, 1142711668}, //
	} {
		if got := m.need(tt.now, float64(tt.before+1)); (got - tt.want).Abs() > 1 {
			t.Errorf("at %v with %d before: %v, want %v", tt.now, tt.before, got, tt.want)
		}
	}
	if got := m.pace(25 * s); got != 7 {
		t.Errorf("pace %v at the end, want 7: recovery begins with the first call", got)
	}
	if got := m.throttled(6*s, s).need(6*s, 1); got != 19*s {
		t.Errorf("a shorter Retry-After shortens the gate: %v", got)
	}
	if got := m.throttled(6*s, 30*s).need(6*s, 1); got != 30*s {
		t.Errorf("a longer Retry-After: %v, want 30s", got)
	}
	if got := newMeter(rated(1, 1)).throttled(0, time.Hour).need(0, 1); got != 15*time.Minute {
		t.Errorf("a gate of %v, want at most 15m", got)
	}
	if got := newMeter(rated(1, 1)).throttled(0, math.MaxInt64).need(0, 1); got != 15*time.Minute {
		t.Errorf("a gate of %v, want at most 15m", got)
	}
	if got := newMeter(rated(0, 0)).throttled(0, 3*s); got.need(0, 100) != 3*s || got.need(3*s, 100) != 0 {
		t.Errorf("without a rate: %v, then %v", got.need(0, 100), got.need(3*s, 100))
	}
	empty := drained(rated(0.01, 2), 1).throttled(0, 2*s)
	if got := empty.need(0, 1); got != 2*s {
		t.Errorf("%v: the server's invitation is worth a token", got)
	}
}

func TestMeter_Recovery(t *testing.T) {
	// At rate 10 the first 30 seconds after a cut bring 30 × 10 × (0.7 + 1) / 2 = 255 tokens, the
	// next ten 100.
	m := newMeter(rated(10, 1000))
	m = m.throttled(0, 0)
	m.tokens = 0
	for _, tt := range []struct {
		now  time.Duration
		want float64
	}{{10 * time.Second, 75}, {30 * time.Second, 255}, {40 * time.Second, 355}} {
		if got := m.filled(tt.now).tokens; math.Abs(got-tt.want) > 1e-6 {
			t.Errorf("%v tokens after %v, want %v", got, tt.now, tt.want)
		}
	}
	for _, tt := range []struct {
		before int
		want   time.Duration
	}{{74, 10 * time.Second}, {254, 30 * time.Second}, {354, 40 * time.Second}} {
		if got := m.need(0, float64(tt.before+1)); (got - tt.want).Abs() > time.Microsecond {
			t.Errorf("%d calls before: %v, want %v", tt.before, got, tt.want)
		}
	}
}

func TestMeter_Learns(t *testing.T) {
	tests := []struct {
		name   string
		q      advice.Quota
		change func(*policy.Rate)
		want   float64
	}{
		{name: "what the server states", q: advice.Quota{PerSecond: 7}, want: 7},
		{name: "not below the floor", q: advice.Quota{PerSecond: 0.5}, want: 1},
		{name: "not above the ceiling", q: advice.Quota{PerSecond: 21}, want: 20},
		{name: "nothing stated", q: advice.Quota{}, want: 10},
		{name: "what remains until the reset", q: advice.Quota{Counted: true, Remaining: 30, Reset: 10 * time.Second},
			want: 3},
		{name: "not if learning is off", q: advice.Quota{PerSecond: 7},
			change: func(p *policy.Rate) { p.Learn = policy.Off }, want: 10},
		{name: "no floor", q: advice.Quota{PerSecond: 0.5}, change: func(p *policy.Rate) { p.Floor = 0 }, want: 0.5},
		{name: "no ceiling is no learning", q: advice.Quota{PerSecond: 7},
			change: func(p *policy.Rate) { p.Ceiling, p.Floor = 0, 0 }, want: 10},
		{name: "no rate, no learning", q: advice.Quota{PerSecond: 7}, change: func(p *policy.Rate) { p.PerSecond = 0 },
			want: 0},
	}
	for _, tt := range tests {
		p := rated(10, 11)
		if tt.change != nil {
			tt.change(&p)
		}
		m := newMeter(p).observed(0, tt.q)
		if got := m.pace(0); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if !tt.q.Counted && m.tokens != 10 {
			t.Errorf("%s: %v tokens, want 10", tt.name, m.tokens)
		}
	}
}

func TestMeter_LearningKeepsEarlierRefill(t *testing.T) {
	m := drained(rated(10, 11), 10).observed(500*time.Millisecond, advice.Quota{PerSecond: 2})
	if m.tokens != 5 {
		t.Errorf("%v tokens, want 5", m.tokens)
	}
}

func TestMeter_ServerCount(t *testing.T) {
	const s = time.Second
	m := newMeter(rated(10, 11)).observed(0, advice.Quota{Counted: true, Remaining: 3})
	if m.tokens != 3 {
		t.Errorf("%v tokens, want 3", m.tokens)
	}
	if m = m.observed(0, advice.Quota{Counted: true, Remaining: 8}); m.tokens != 3 {
		t.Errorf("%v tokens, want 3: the server's count never adds", m.tokens)
	}
	if got := m.observed(0, advice.Quota{Counted: true, Remaining: 1, Reset: 20 * s}).need(0, 1); got != 0 {
		t.Errorf("%v, want 0: one is left", got)
	}
	m = m.observed(0, advice.Quota{Counted: true, Remaining: 0, Reset: 20 * s})
	if got := m.need(0, 1); got != 20*s {
		t.Errorf("%v, want 20s: nothing is left until the reset", got)
	}
	if got := m.observed(s, advice.Quota{Counted: true, Remaining: 0}).need(s, 1); got != 19*s {
		t.Errorf("%v, want 19s: what the server states while calls are held does not make it longer", got)
	}
	if got := newMeter(rated(10, 11)).observed(0, advice.Quota{Counted: true}).need(0, 1); got != 100*time.Millisecond {
		t.Errorf("%v, want 100ms: no reset is known", got)
	}
	if got := newMeter(rated(0, 0)).observed(0, advice.Quota{Counted: true, Reset: s}).need(0, 1); got != 0 {
		t.Errorf("%v, want 0: without a rate there is nothing to learn", got)
	}
	off := rated(10, 11)
	off.Learn = policy.Off
	if got := newMeter(off).observed(0, advice.Quota{Counted: true, Reset: s}).need(0, 1); got != 0 {
		t.Errorf("%v, want 0: it does not learn", got)
	}
}

func TestMeter_Tuned(t *testing.T) {
	m := drained(rated(10, 11), 10).observed(0, advice.Quota{PerSecond: 5})
	m = m.tuned(rated(20, 11), time.Second)
	if m.tokens != 5 || m.pace(time.Second) != 5 {
		t.Errorf("%v tokens at %v/s, want 5 at 5", m.tokens, m.pace(time.Second))
	}
	if m = m.tuned(rated(1, 3), time.Second); m.tokens != 2 || m.pace(time.Second) != 2 {
		t.Errorf("%v tokens at %v/s, want 2 at 2: burst and ceiling hold", m.tokens, m.pace(time.Second))
	}
	if m = newMeter(rated(1, 3)).tuned(rated(10, 11), 0); m.tokens != 2 || m.pace(0) != 10 {
		t.Errorf("%v tokens at %v/s, want 2 at 10", m.tokens, m.pace(0))
	}
}

// With a burst of one, a response delays the next token by its duration, up to a quarter of a
// token.
func TestMeter_Answered(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct {
		rate  float64
		burst int
		took  time.Duration
		want  time.Duration // until the next token
	}{
		{1, 1, 0, 1000 * ms}, {1, 1, 150 * ms, 1150 * ms}, {1, 1, time.Minute, 1250 * ms}, {1, 2, 150 * ms, 1000 * ms},
		{0.5, 1, 150 * ms, 2150 * ms}, {10, 1, 150 * ms, 125 * ms},
	} {
		m := newMeter(rated(c.rate, c.burst)).filled(time.Second)
		m.tokens = 0
		if got := m.answered(time.Second, c.took).need(time.Second, 1).Round(ms); got != c.want {
			t.Errorf("%v/s, burst %d: after %s the next token is %s away, want %s", c.rate, c.burst, c.took, got,
				c.want)
		}
	}
	if m := newMeter(exact(1, 1)); m.answered(time.Second, time.Second).tokens != 1 {
		t.Error("without a reserve a response delays the next token")
	}
	if m := newMeter(rated(0, 1)).answered(time.Second, time.Second); m.tokens != newMeter(rated(0, 1)).tokens {
		t.Error("where there is no limit, nothing is put off")
	}
}

func FuzzMeter_Observed(f *testing.F) {
	f.Add(0.5, 50.0, true, int64(30*time.Second))
	f.Add(1e300, 0.0, true, int64(math.MaxInt64))
	f.Add(0.0, 1e-300, true, int64(1))
	f.Fuzz(func(t *testing.T, rate, remaining float64, counted bool, reset int64) {
		if !(rate >= 0) || !(remaining >= 0) || math.IsInf(rate+remaining, 0) || reset < 0 {
			t.Skip("ReadQuota returns no such value")
		}
		q := advice.Quota{PerSecond: rate, Remaining: remaining, Counted: counted, Reset: time.Duration(reset)}
		if pace := newMeter(rated(5, 5)).observed(0, q).pace(0); pace < 0.5 || pace > 10 {
			t.Errorf("pace %v after %+v, want 0.5 to 10", pace, q)
		}
	})
}
