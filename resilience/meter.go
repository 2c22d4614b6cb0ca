// This file is the arithmetic of a token bucket as pure functions of what it holds and the time. bucket.go is the goroutine-safe shell.

package resilience

import (
	"math"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// How a bucket answers to a server that says "too many requests".
const (
	throttleCut      = 0.7              // what is left of the rate
	throttleLeast    = 0.1              // the rate never falls below this share of itself
	throttleRecovery = 0.01             // share of the rate that comes back each second, once calls may go out again
	throttleRest     = time.Second      // refusals that follow each other faster are one event and cut the rate once
	throttleGate     = 15 * time.Minute // longest time for which all calls are held
)

// tokenSlack is how much a token may lack through rounding and still be whole.
const tokenSlack = 1e-9

// A meter is what a token bucket holds at an instant, and how it fills. Times are durations since the bucket was made, by the monotonic
// clock.
//
// One token of the burst stays in hand: the bucket holds burst−1 tokens at most (one if burst is 1). The server has a bucket of the full
// size, and requests reach it more closely packed than they left: with the spare token it is not overdrawn as long as the times that
// requests spend on the way differ by less than 1/rate. A burst of one has no token to spare; there each answer puts off the next token by the
// time it took: see answered.
type meter struct {
	stated   float64 // tokens a second that the policy allows; 0: no limit, only gates hold
	learned  float64 // tokens a second that the server states, within the policy's bounds; 0: it stated none
	floor    float64 // lowest rate to learn
	ceiling  float64 // highest rate to learn
	capacity float64
	learns   bool
	single   bool // the burst is one

	tokens float64       // at the instant
	at     time.Duration // the instant: tokens are counted up to here. In the future while all calls are held
	cut    float64       // share of the rate left by the last throttling; 1: all of it
	cutAt  time.Duration // when it was
	resume time.Duration // when it ends: from here on the rate recovers
	gate   time.Duration // until when all calls are held
}

// newMeter returns a full meter.
func newMeter(p policy.Rate) meter {
	m := meter{cut: 1, tokens: math.Inf(1)}
	return m.retuned(p, 0)
}

// retuned returns the meter under another policy; it keeps what it holds as far as it fits.
func (m meter) retuned(p policy.Rate, now time.Duration) meter {
	m = m.filled(now)
	m.stated = max(p.PerSecond, 0)
	if p.Enabled == policy.Off {
		m.stated = 0
	}
	m.floor, m.ceiling = m.stated*p.Floor, m.stated*p.Ceiling
	m.learns = p.Learn == policy.On && m.stated > 0
	m.capacity, m.single = float64(max(p.Burst-1, 1)), p.Burst <= 1
	m.tokens = min(m.tokens, m.capacity)
	if m.learned > 0 {
		m.learned = m.bounded(m.learned)
	}
	return m
}

// bounded returns a rate that the server states as far as the policy lets it be followed.
func (m meter) bounded(rate float64) float64 { return min(max(rate, m.floor), m.ceiling) }

// rate returns the tokens a second that come in when nothing is throttled.
func (m meter) rate() float64 {
	if m.learned > 0 {
		return m.learned
	}
	return m.stated
}

// pace returns the tokens a second that come in at a moment.
func (m meter) pace(now time.Duration) float64 { return m.rate() * m.share(now-m.resume) }

// share returns which part of the rate is in force so long after throttling ended.
func (m meter) share(after time.Duration) float64 {
	return min(1, m.cut+throttleRecovery*max(0, after.Seconds()))
}

// recovered returns how many seconds after the end of throttling the whole rate is back.
func (m meter) recovered() float64 { return (1 - m.cut) / throttleRecovery }

// grown returns what comes in at a rate of 1 in the first t seconds after throttling ended: the integral of share.
func (m meter) grown(t float64) float64 {
	ramp := min(t, m.recovered())
	return m.cut*ramp + throttleRecovery/2*ramp*ramp + (t - ramp)
}

// filled returns the meter with the tokens that came in until now.
func (m meter) filled(now time.Duration) meter {
	if now <= m.at {
		return m
	}
	income := m.rate() * (m.grown((now - m.resume).Seconds()) - m.grown((m.at - m.resume).Seconds()))
	m.tokens = min(m.capacity, m.tokens+income)
	m.at = now
	return m
}

// need returns how long it takes until a token can be had by a call that has so many others before it. It is 0 if one can be had now and
// the longest duration if never.
func (m meter) need(now time.Duration, before int) time.Duration {
	held := max(0, m.gate-now)
	if m.stated == 0 {
		return held
	}
	m = m.filled(now)
	missing := float64(before+1) - m.tokens
	if missing <= tokenSlack {
		return held
	}
	start := (m.at - m.resume).Seconds()
	wait := m.seconds(start, missing/m.rate())
	return later(m.at-now, lengthened(math.Ceil(wait*float64(time.Second))))
}

// seconds returns how long it takes from so many seconds after throttling until the integral of share has grown by an amount.
func (m meter) seconds(start, amount float64) float64 {
	ramp := max(0, m.recovered()-start)
	onRamp := m.grown(start+ramp) - m.grown(start)
	if amount > onRamp {
		return ramp + amount - onRamp
	}
	share := min(1, m.cut+throttleRecovery*start)
	return (math.Sqrt(share*share+2*throttleRecovery*amount) - share) / throttleRecovery
}

// spent returns the meter without one token.
func (m meter) spent(now time.Duration) meter {
	m = m.filled(now)
	if m.stated > 0 {
		m.tokens--
	}
	return m
}

// refunded returns the meter with one token more.
func (m meter) refunded() meter {
	m.tokens = min(m.capacity, m.tokens+1)
	return m
}

// answered returns the meter after a request was answered that took so long. When in that time it reached the server is not known, and the next one may
// get there at once. So with a burst of one the next token comes as much later, by a quarter of a token at most.
func (m meter) answered(now, took time.Duration) meter {
	if !m.single || m.stated == 0 {
		return m
	}
	m = m.filled(now)
	m.tokens -= min(mostDelay, m.rate()*took.Seconds())
	return m
}

// mostDelay is the share of a token by which one answer puts off the next.
const mostDelay = 0.25

// throttled returns the meter after the server has refused a request. One token at most is left: the server's bucket is empty. All calls
// are held for retryAfter (0: not at all), and then one goes out, as the server said.
func (m meter) throttled(now, retryAfter time.Duration) meter {
	m = m.filled(now)
	if m.cut == 1 || now-m.cutAt >= throttleRest {
		m.cut = max(throttleLeast, throttleCut*m.share(now-m.resume))
		m.cutAt = now
	}
	m.resume = max(m.resume, now)
	m.tokens = min(m.tokens, 1)
	return m.held(now, retryAfter)
}

// held returns the meter with all calls held for a while; at its end one token is there.
func (m meter) held(now, d time.Duration) meter {
	until := now + min(d, throttleGate)
	if d <= 0 || until <= m.gate {
		return m
	}
	m.gate, m.resume, m.at, m.tokens = until, max(m.resume, until), until, 1
	return m
}

// observed returns the meter after the server has told its own count: the rate is followed between floor and ceiling, and what the server
// says is left bounds what is here. If nothing is left, all calls are held until the server's count begins anew.
func (m meter) observed(now time.Duration, q quota) meter {
	if !m.learns {
		return m
	}
	m = m.filled(now)
	if rate := q.rate(); rate > 0 {
		m.learned = m.bounded(rate)
	}
	if !q.counted {
		return m
	}
	if now >= m.gate {
		m.tokens = min(m.tokens, q.remaining)
	}
	if q.remaining < 1 {
		m = m.held(now, q.reset)
	}
	return m
}
