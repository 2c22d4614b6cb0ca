package fleet

import (
	"context"
	"time"
)

// Quotas keep the buckets of rate limits. A bucket is a token bucket with a clock of the store. It
// may be in debt: permits are given in advance, each with the time from which on it can be used. So
// processes take turns in the order of their requests, and the permits of a process that died lapse
// with their time.
type Quotas interface {
	// Draw applies a report to a bucket and reserves permits, in one step. A bucket that does not
	// exist is made.
	Draw(ctx context.Context, bucket string, d Draw) (Grant, error)
}

// A Draw is what a process reports about a bucket and what it asks for. Reports are applied in the
// order of the fields.
type Draw struct {
	Process string // identifies the process and its runtime
	Leave   bool   // the process no longer uses the bucket
	Rate    Rate

	// Since is how long ago the process sent its previous Draw of this bucket; less than 0: never.
	// More time cannot have passed on the clock of the store, which may have been changed.
	Since time.Duration
	// Tokens is what the bucket holds as far as the process knows. A bucket that the store does not
	// have, or has lost, is made with it, and Spent is accounted for.
	Tokens float64
	// Away is for how long the process has worked without the store; 0: it has not.
	Away time.Duration

	Spent     float64 // permits used without a grant; less than 0: permits given back
	Stated    Stated
	Throttled Throttled

	Least   float64       // permits that must be granted together
	Waiting float64       // permits that calls wait for, Least included
	Extra   float64       // further permits that would be used soon
	Most    time.Duration // no permits are reserved that can be used only after this time
}

// A Rate is the rate limit of a bucket. A PerSecond of 0 means no limit; such a bucket only holds
// calls after a rejection.
type Rate struct {
	PerSecond      float64 // tokens per second by policy
	Capacity       float64 // most tokens
	Floor, Ceiling float64 // bounds of the tokens per second that a server may state
	Learns         bool    // what the server states is followed
}

// Stated is what the server says about its own count. The zero Stated is nothing.
type Stated struct {
	PerSecond float64       // tokens per second; 0 if unknown
	Remaining float64       // requests left, if Counted
	Counted   bool          // whether Remaining is known
	Reset     time.Duration // until the server resets its count
}

// Throttled reports that the server rejected requests because there were too many.
type Throttled struct {
	Now  bool          // there was a rejection
	Hold time.Duration // how long no request may be sent; 0: unknown
}

// A Grant is the result of a [Draw].
type Grant struct {
	// Permits is the number of permits that were reserved. Less than Least, which is then 0, means
	// that they would have been usable too late.
	Permits float64
	Wait    time.Duration // until the permits can be used, or until they could have been
	// Apart is how much longer a process that was away continues without the store, so that all
	// processes come back at the same moment.
	Apart   time.Duration
	Members int // processes that drew within [MemberFor], this one included
	Bucket  Bucket
}

// A Bucket is the content of a bucket after a [Draw]. Times are relative to the Draw.
type Bucket struct {
	Tokens  float64       // at the time Filled; less than 0: reserved in advance
	Filled  time.Duration // 0, or more while all calls are held
	Learned float64       // tokens per second that the server stated; 0 if it stated none
	Cut     float64       // share of the rate that the last rejection left; 1 if there was none
	Resume  time.Duration // when the rate began to recover, or will
	Held    time.Duration // how much longer all calls are held; 0 or less: they are not
}

// MemberFor is how long a process counts as a member after its last [Draw] of a bucket.
const MemberFor = 15 * time.Second
