package limit

// This file is the arithmetic of a token bucket: pure functions of the bucket's contents and the
// time. bucket.go is the goroutine-safe shell.

import (
	"math"
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"
	"github.com/resgen/resgen/resilience/internal/saturate"
	"github.com/resgen/resgen/resilience/policy"
)

// MostHold is the longest time for which all calls of a bucket are held.
const MostHold = 15 * time.Minute

// How a bucket reacts when the server rejects a request because there were too many.
const (
	throttleFactor   = 0.7         // the rate is multiplied by this
	throttleLeast    = 0.1         // the rate never falls below this share of itself
	throttleRecovery = 0.01        // share of the rate that comes back each second, once calls are sent again
	throttleRest     = time.Second // rejections closer together than this cut the rate only once
	resumeSpread     = time.Second // calls that waited leave over this time if a hold is ended early
	spreadShare      = 10          // the calls that waited leave over this part of the time: a tenth
)

// tokenSlack is the rounding error that still counts as a whole token.
const tokenSlack = 1e-9

// A tuning is what a policy sets for a meter.
type tuning struct {
	stated   float64 // tokens per second; 0 means no limit: calls wait only while they are held
	floor    float64 // the lowest rate to learn from the server
	ceiling  float64 // the highest rate to learn from the server
	capacity float64
	learns   bool
	defers   bool // each response delays the next token; see answered
}

// A meter is the contents of a token bucket at one moment and how it fills. Times are durations
// since the bucket was made, on the monotonic clock.
//
// The policy may keep a part of the burst in reserve: the bucket then holds at most burst−reserve
// tokens, at least one. It is for servers that count requests as they arrive, because requests can
// arrive more closely packed than they were sent. With one spare token the server's bucket is not
// overdrawn as long as transmission times differ by less than 1/rate. A burst of one has no token
// to spare; with a reserve each response delays the next token instead: see answered.
type meter struct {
	tuning
	learned float64 // tokens per second that the server states, within floor and ceiling; 0 if it stated none

	tokens    float64       // at the time at
	at        time.Duration // tokens are counted up to here; in the future while all calls are held
	cut       float64       // share of the rate left by the last throttling, 1 if there was none
	cutAt     time.Duration // time of the last throttling
	resume    time.Duration // end of the last throttling: from here on the rate recovers
	heldUntil time.Duration // all calls are held until then
	spreadEnd time.Duration // calls that wait while all are held leave one after the other until then
	turn      time.Duration // before that, the next of them does not leave earlier
}

// newMeter returns a full meter.
func newMeter(p policy.Rate) meter {
	m := meter{cut: 1, tokens: math.Inf(1)}
	return m.tuned(p, 0)
}

// tuned returns the meter under another policy.
func (m meter) tuned(p policy.Rate, now time.Duration) meter { return m.under(tuningOf(p), now) }

// tuningOf returns what a policy sets.
func tuningOf(p policy.Rate) tuning {
	t := tuning{stated: max(p.PerSecond, 0), capacity: float64(p.Size()), defers: p.Burst <= 1 && p.Reserve > 0}
	if p.Enabled == policy.Off {
		t.stated = 0
	}
	t.floor, t.ceiling = t.stated*p.Floor, t.stated*p.Ceiling
	t.learns = p.Learn == policy.On && t.stated > 0
	return t
}

// under returns the meter with another tuning. Tokens and the learned rate are kept within the new
// bounds.
func (m meter) under(t tuning, now time.Duration) meter {
	m = m.filled(now)
	m.tuning = t
	m.tokens = min(m.tokens, m.capacity)
	if m.learned > 0 {
		m.learned = m.bounded(m.learned)
	}
	return m
}

// bounded returns a rate stated by the server, limited to floor and ceiling.
func (m meter) bounded(rate float64) float64 { return min(max(rate, m.floor), m.ceiling) }

// rate returns the tokens per second without throttling.
func (m *meter) rate() float64 {
	if m.learned > 0 {
		return m.learned
	}
	return m.stated
}

// pace returns the tokens per second at a given time.
func (m meter) pace(now time.Duration) float64 { return m.rate() * m.share(now-m.resume) }

// share returns the share of the rate that applies a given time after throttling ended.
func (m *meter) share(after time.Duration) float64 {
	return min(1, m.cut+throttleRecovery*max(0, after.Seconds()))
}

// recovered returns how many seconds after the end of throttling the full rate is back.
func (m *meter) recovered() float64 { return (1 - m.cut) / throttleRecovery }

// grown returns the tokens that a rate of 1 yields in the first t seconds after throttling ended:
// the integral of share.
func (m *meter) grown(t float64) float64 {
	ramp := min(t, m.recovered())
	return m.cut*ramp + throttleRecovery/2*ramp*ramp + (t - ramp)
}

// filled returns the meter with the tokens that came in until now.
func (m meter) filled(now time.Duration) meter {
	m.fill(now)
	return m
}

// fill adds the tokens that came in until now.
func (m *meter) fill(now time.Duration) {
	m.tokens, m.at = m.level(now), max(m.at, now)
}

// level returns the tokens with those that came in until now.
func (m *meter) level(now time.Duration) float64 {
	if now <= m.at {
		return m.tokens
	}
	income := m.rate() * (m.grown((now - m.resume).Seconds()) - m.grown((m.at - m.resume).Seconds()))
	return min(m.capacity, m.tokens+income)
}

// need returns how long it takes until the meter holds a number of tokens: 0 if it does now, the
// longest duration if it never will. The tokens of a call come after those of the calls before it.
func (m meter) need(now time.Duration, amount float64) time.Duration {
	held := max(0, m.heldUntil-now)
	if m.stated == 0 {
		return held
	}
	missing := amount - m.level(now)
	if missing <= tokenSlack {
		return held
	}
	at := max(m.at, now)
	wait := m.seconds((at - m.resume).Seconds(), missing/m.rate())
	return saturate.Add(at-now, saturate.Duration(math.Ceil(wait*float64(time.Second))))
}

// enough returns the tokens that must be there for a call with the given cost. A call that costs
// more than the meter can hold needs a full one and leaves it with a debt.
func (m *meter) enough(cost float64) float64 { return min(cost, m.capacity) }

// wait returns how long the call at a place in a queue of the given length, counted from 0, must
// wait for its turn after all calls were held: those that wait leave at equal distances over a
// tenth of that time.
func (m *meter) wait(now time.Duration, place, length int) time.Duration {
	if now >= m.spreadEnd {
		return 0
	}
	start := max(now, m.turn)
	return start - now + (m.spreadEnd-start)*time.Duration(place)/time.Duration(length)
}

// left returns the meter after a call has left a queue, in which the given number still wait.
func (m meter) left(now time.Duration, waiting int) meter {
	if now < m.spreadEnd {
		m.turn = now + (m.spreadEnd-now)/time.Duration(waiting+1)
	}
	return m
}

// seconds returns how long it takes until the integral of share has grown by amount, beginning
// start seconds after throttling ended.
func (m *meter) seconds(start, amount float64) float64 {
	ramp := max(0, m.recovered()-start)
	onRamp := m.grown(start+ramp) - m.grown(start)
	if amount > onRamp {
		return ramp + amount - onRamp
	}
	share := min(1, m.cut+throttleRecovery*start)
	return (math.Sqrt(share*share+2*throttleRecovery*amount) - share) / throttleRecovery
}

// spent returns the meter with the tokens of a call taken. There may be fewer than 0 afterwards.
func (m meter) spent(now time.Duration, cost float64) meter {
	m.spend(now, cost)
	return m
}

// spend takes the tokens of a call.
func (m *meter) spend(now time.Duration, cost float64) {
	m.fill(now)
	if m.stated > 0 {
		m.tokens -= cost
	}
}

// corrected returns the meter with further tokens taken. The debt is at most what comes in within
// MostHold.
func (m meter) corrected(now time.Duration, more float64) meter {
	m = m.filled(now)
	if m.stated > 0 {
		m.tokens = min(m.tokens, max(m.tokens-more, -m.rate()*MostHold.Seconds()))
	}
	return m
}

// refunded returns the meter with the tokens of a call put back.
func (m meter) refunded(cost float64) meter {
	m.tokens = min(m.capacity, m.tokens+cost)
	return m
}

// mostDelay is the largest part of a token by which one response delays the next token.
const mostDelay = 0.25

// answered returns the meter after the response to a request that took the given time. The moment
// within that time at which the request reached the server is unknown, and the next one may reach
// it at once. So with a burst of one and a reserve the next token is delayed by the time the
// response took, but by a quarter of a token at most.
func (m meter) answered(now, took time.Duration) meter {
	if !m.defers || m.stated == 0 {
		return m
	}
	m = m.filled(now)
	m.tokens -= min(mostDelay, m.rate()*took.Seconds())
	return m
}

// throttled returns the meter after the server rejected a request. At most one token is left, since
// the server's bucket is empty. All calls are held for retryAfter, and then one may be sent; 0
// holds none.
func (m meter) throttled(now, retryAfter time.Duration) meter {
	m = m.filled(now)
	if m.cut == 1 || now-m.cutAt >= throttleRest {
		m.cut = max(throttleLeast, throttleFactor*m.share(now-m.resume))
		m.cutAt = now
	}
	m.resume = max(m.resume, now)
	m.tokens = min(m.tokens, 1)
	return m.held(now, retryAfter)
}

// held returns the meter with all calls held for a time, after which it holds one token, and those
// that waited leave over a tenth of that time.
func (m meter) held(now, d time.Duration) meter {
	until := now + min(d, MostHold)
	if d <= 0 || until <= m.heldUntil {
		return m
	}
	m.heldUntil, m.resume, m.at, m.tokens = until, max(m.resume, until), until, 1
	return m.spread(until, until+(until-now)/spreadShare)
}

// released returns the meter with no call held.
func (m meter) released(now time.Duration) meter {
	m = m.filled(now)
	if now < m.heldUntil {
		m.heldUntil, m.resume, m.at = now, min(m.resume, now), now
	}
	return m.spread(now, now)
}

// spread returns the meter with the calls that wait leaving one after the other from a time until
// another.
func (m meter) spread(from, until time.Duration) meter {
	m.turn, m.spreadEnd = from, until
	return m
}

// observed returns the meter after the server stated its own count. The stated rate is followed
// between floor and ceiling, and the number of remaining requests is an upper bound for the tokens.
// If none remains, all calls are held until the server resets its count.
func (m meter) observed(now time.Duration, q advice.Quota) meter {
	if !m.learns {
		return m
	}
	m = m.filled(now)
	if rate := q.Rate(); rate > 0 {
		m.learned = m.bounded(rate)
	}
	if !q.Counted {
		return m
	}
	if now >= m.heldUntil {
		m.tokens = min(m.tokens, q.Remaining)
	}
	if q.Remaining < 1 {
		m = m.held(now, q.Reset)
	}
	return m
}

// full reports whether the meter is like a new one at the given time.
func (m meter) full(now time.Duration) bool {
	m = m.filled(now)
	return now >= max(m.heldUntil, m.spreadEnd) && m.tokens >= m.capacity && m.share(now-m.resume) >= 1 &&
		(m.learned == 0 || m.learned == m.stated)
}
