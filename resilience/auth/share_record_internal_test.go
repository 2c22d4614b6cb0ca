package auth

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// What a process does about a record: the record, what the process wants, and the step.
func TestWish_Next(t *testing.T) {
	const hour = time.Hour
	secret := json.RawMessage(`"s"`)
	fresh := common{Secret: secret, Expires: true, Life: hour, Whole: hour}
	with := func(c common, change func(*common)) common {
		change(&c)
		return c
	}
	failed := func(state string, rest time.Duration) *commonFailure {
		return &commonFailure{Count: 1, State: state, Rest: rest, By: "me"}
	}
	forced := with(fresh, func(c *common) { c.Forced, c.FetchAge = true, 29*time.Second })
	none := wish{margin: time.Minute, pause: 30 * time.Second, identity: "me"}
	rejected := none
	rejected.rejected = secret
	proven := rejected
	proven.proven = true
	other := rejected
	other.rejected = json.RawMessage(`"t"`)
	for _, c := range []struct {
		name   string
		record common
		wish   wish
		step   step
		usable bool
	}{
		{"no record", common{}, none, renew, false},
		{"a fresh secret", fresh, none, adopt, true},
		{"a minute and a bit left", with(fresh, func(c *common) { c.Life = time.Minute + 1 }), none, adopt, true},
		{"a minute left", with(fresh, func(c *common) { c.Life = time.Minute }), none, renew, true},
		{"nothing left", with(fresh, func(c *common) { c.Life = 0 }), none, renew, false},
		{
			"a short life, more than half left", common{Secret: secret, Expires: true, Life: 16, Whole: 30}, none,
			adopt, true,
		},
		{"a short life, half left", common{Secret: secret, Expires: true, Life: 15, Whole: 30}, none, renew, true},
		{"a secret without expiry", common{Secret: secret}, none, adopt, true},
		{"no margin", with(fresh, func(c *common) { c.Life = 1 }), wish{margin: -1}, adopt, true},
		{
			"a secret that another process saw rejected", with(fresh, func(c *common) { c.Rejected = true }), none,
			renew, false,
		},

		{"the rejected secret", fresh, rejected, renew, false},
		{"another than the rejected one", fresh, other, adopt, true},
		{"the rejected one, fetched after a rejection", forced, rejected, adopt, true},
		{"such a one without expiry", with(forced, func(c *common) { c.Expires = false }), rejected, adopt, true},
		{"such a one that had worked", forced, proven, renew, false},
		{
			"such a one after the pause", with(forced, func(c *common) { c.FetchAge = 30 * time.Second }),
			rejected, renew, false,
		},
		{"such a one that has expired", with(forced, func(c *common) { c.Life = 0 }), rejected, renew, false},
		{"such a one, marked", with(forced, func(c *common) { c.Rejected = true }), rejected, renew, false},

		{"a failure", common{Failed: failed("unavailable", 1)}, none, abstain, false},
		{"a failure whose rest is over", common{Failed: failed("unavailable", 0)}, none, renew, false},
		{"a refusal", common{Failed: failed("refused", 1)}, none, abstain, false},
		{"a refusal of another identity", common{Failed: failed("refused", 1)}, wish{identity: "you"}, renew, false},
		{
			"an outage for another identity", common{Failed: failed("unavailable", 1)}, wish{identity: "you"},
			abstain, false,
		},
		{
			"a failure to renew",
			with(fresh, func(c *common) { c.Life, c.Failed = time.Second, failed("unavailable", 1) }),
			none, abstain, true,
		},
		{
			"a failure to replace a rejected one",
			with(fresh, func(c *common) { c.Rejected, c.Failed = true, failed("unavailable", 1) }), rejected,
			abstain, false,
		},
		{
			"a fresh secret with a failure", with(fresh, func(c *common) { c.Failed = failed("unavailable", 1) }), none,
			adopt, true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if step, usable := c.wish.next(c.record); step != c.step || usable != c.usable {
				t.Errorf("step %d, usable %t; want %d, %t", step, usable, c.step, c.usable)
			}
		})
	}
}

func TestCommon_After(t *testing.T) {
	c := common{
		Life: 10, Whole: 20, FetchAge: 3,
		Failed: &commonFailure{Count: 2, State: "refused", Rest: 5, By: "me", Reason: "r"},
	}
	for _, s := range []struct{ d, life, age, rest time.Duration }{
		{0, 10, 3, 5}, {4, 6, 7, 1}, {5, 5, 8, 0}, {6, 4, 9, 0}, {10, 0, 13, 0}, {11, 0, 14, 0}, {-1, 10, 3, 5},
	} {
		got := c.after(s.d)
		if got.Life != s.life || got.FetchAge != s.age || got.Failed.Rest != s.rest || got.Whole != 20 {
			t.Errorf("after %d: %+v, %+v", s.d, got, *got.Failed)
		}
	}
	if c.Life != 10 || c.Failed.Rest != 5 {
		t.Errorf("the record itself has changed: %+v, %+v", c, *c.Failed)
	}
	if got := (common{Life: 5}).after(1); got.Failed != nil || got.Life != 4 {
		t.Errorf("without a failure: %+v", got)
	}
}

// How long a store keeps a record.
func TestCommon_Keep(t *testing.T) {
	const hour, month = time.Hour, 30 * 24 * time.Hour
	secret := json.RawMessage(`"s"`)
	for _, c := range []struct {
		name string
		c    common
		want time.Duration
	}{
		{"nothing", common{}, hour},
		{"a secret that expires", common{Secret: secret, Expires: true, Life: 2 * hour}, 3 * hour},
		{"one that does not", common{Secret: secret}, month + hour},
		{"one that does not but was rejected", common{Secret: secret, Rejected: true}, hour},
		{"a failure with a long rest", common{Failed: &commonFailure{Rest: 24 * hour}}, 25 * hour},
		{"a rest shorter than the life", common{Secret: secret, Expires: true, Life: 2 * hour,
			Failed: &commonFailure{Rest: hour}}, 3 * hour},
	} {
		if got := c.c.keep(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestCommon_Failures(t *testing.T) {
	for _, c := range []struct {
		f        *commonFailure
		identity string
		want     int
	}{
		{nil, "me", 0},
		{&commonFailure{Count: 3, State: "unavailable", By: "me"}, "me", 3},
		{&commonFailure{Count: 3, State: "unavailable", By: "me"}, "you", 3},
		{&commonFailure{Count: 3, State: "refused", By: "me"}, "me", 3},
		{&commonFailure{Count: 3, State: "refused", By: "me"}, "you", 0},
	} {
		if got := (common{Failed: c.f}).failures(c.identity); got != c.want {
			t.Errorf("%+v for %s: %d, want %d", c.f, c.identity, got, c.want)
		}
	}
}

// A new record has no trace of a failure, and is marked if it replaces a rejected secret.
func TestWish_Records(t *testing.T) {
	secret, old := json.RawMessage(`"s"`), json.RawMessage(`"old"`)
	got := fmt.Sprintf("%+v", wish{}.fetched(secret, true, 7))
	if want := fmt.Sprintf("%+v", common{Secret: secret, Expires: true, Life: 7, Whole: 7}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	got = fmt.Sprintf("%+v", wish{rejected: old}.fetched(secret, false, -7))
	if want := fmt.Sprintf("%+v", common{Secret: secret, Forced: true}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, c := range []struct {
		rejected json.RawMessage
		want     bool
	}{{nil, false}, {old, true}, {secret, false}} {
		if r := (wish{rejected: c.rejected}).refuse(common{Secret: old}); r.Rejected != c.want {
			t.Errorf("rejecting %s marks %s: %t", c.rejected, old, r.Rejected)
		}
	}
	if r := (wish{}).refuse(common{}); r.Rejected {
		t.Error("no secret is marked as rejected")
	}
}

// Polls begin at 10 to 20 ms and stay between 100 and 200 ms.
func TestPollAfter(t *testing.T) {
	for _, c := range []struct {
		n      int
		random float64
		want   time.Duration
	}{
		{0, 0, 20 * time.Millisecond}, {0, 0.5, 15 * time.Millisecond}, {1, 0, 40 * time.Millisecond},
		{3, 0, 160 * time.Millisecond}, {4, 0, 200 * time.Millisecond}, {1000, 0.5, 150 * time.Millisecond},
	} {
		if got := pollAfter(c.n, c.random); got != c.want {
			t.Errorf("after %d looks with %g: %s, want %s", c.n, c.random, got, c.want)
		}
	}
}
