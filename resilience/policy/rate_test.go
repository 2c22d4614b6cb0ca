package policy

import (
	"math"
	"reflect"
	"testing"
	"time"
)

func TestRate_Size(t *testing.T) {
	for _, c := range []struct{ burst, reserve, want int }{
		{0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {2, 0, 2}, {2, 1, 1}, {2, 2, 1}, {5, 1, 4}, {5, 3, 2}, {5, 9, 1}, {5, -1, 5},
	} {
		if got := (Rate{Burst: c.burst, Reserve: c.reserve}).Size(); got != c.want {
			t.Errorf("a burst of %d with a reserve of %d admits %d, want %d", c.burst, c.reserve, got, c.want)
		}
	}
}

func TestRate_Every(t *testing.T) {
	for _, c := range []struct {
		rate, permits float64
		want          time.Duration
	}{
		{0, 1, 0}, {-1, 1, 0}, {1, 1, time.Second}, {0.5, 3, 6 * time.Second}, {4, 1, 250 * time.Millisecond},
		{1e-300, 1, math.MaxInt64},
	} {
		if got := (Rate{PerSecond: c.rate}).Every(c.permits); got != c.want {
			t.Errorf("%v permits at %v/s come in %s, want %s", c.permits, c.rate, got, c.want)
		}
	}
}

func TestRate_Wait(t *testing.T) {
	named := map[string]Rate{
		"slow": {PerSecond: 0.01}, "slower": {PerSecond: 0.005}, "patient": {PerSecond: 1, MaxWait: time.Hour},
		"hasty": {PerSecond: 1, MaxWait: time.Second}, "fast": {PerSecond: 100},
	}
	for name, c := range map[string]struct {
		r    Rate
		want time.Duration
	}{
		"no rate":                        {Rate{}, time.Minute},
		"two permits within a minute":    {Rate{PerSecond: 1}, time.Minute},
		"two permits in a minute":        {Rate{PerSecond: 1.0 / 30}, time.Minute},
		"two permits in two minutes":     {Rate{PerSecond: 1.0 / 60}, 2 * time.Minute},
		"a longest wait":                 {Rate{PerSecond: 0.001, MaxWait: time.Second}, time.Second},
		"a bucket instead":               {Rate{PerSecond: 1, Bucket: "slow"}, 200 * time.Second},
		"a bucket in addition":           {Rate{PerSecond: 1, Also: []string{"slow"}}, 200 * time.Second},
		"the slowest of several":         {Rate{Also: []string{"slow", "slower", "fast"}}, 400 * time.Second},
		"its own is the slowest":         {Rate{PerSecond: 0.001, Also: []string{"slow"}}, 2000 * time.Second},
		"the longest wait of a bucket":   {Rate{PerSecond: 1, Bucket: "patient"}, time.Hour},
		"a bucket that waits less":       {Rate{PerSecond: 1, Bucket: "hasty"}, time.Minute},
		"an unknown bucket":              {Rate{PerSecond: 0.01, Bucket: "x"}, 200 * time.Second},
		"switched off":                   {Rate{Enabled: Off, PerSecond: 0.001}, time.Minute},
		"slower than a duration can say": {Rate{PerSecond: 1e-300}, math.MaxInt64},
	} {
		if got := c.r.Wait(named); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestRate_Quotas(t *testing.T) {
	named := map[string]Rate{"a": {PerSecond: 2, Scope: ScopeApplication}, "b": {Burst: 9}}
	for name, c := range map[string]struct {
		r    Rate
		want []Quota
	}{
		"off": {Rate{Enabled: Off, PerSecond: 1, Also: []string{"a"}}, nil},
		"own": {Rate{PerSecond: 1}, []Quota{{"", Rate{PerSecond: 1}}}},
		"a shared one instead": {Rate{PerSecond: 1, Burst: 3, Scope: ScopeApplication, Bucket: "b"}, []Quota{
			{"b", Rate{PerSecond: 1, Burst: 9, Bucket: "b"}},
		}},
		"one in addition": {Rate{PerSecond: 1, Also: []string{"a"}}, []Quota{
			{"", Rate{PerSecond: 1, Also: []string{"a"}}},
			{"a", Rate{PerSecond: 2, Also: []string{"a"}, Scope: ScopeApplication}},
		}},
		"both": {Rate{Burst: 3, Bucket: "a", Also: []string{"b"}}, []Quota{
			{"a", Rate{PerSecond: 2, Burst: 3, Bucket: "a", Also: []string{"b"}, Scope: ScopeApplication}},
			{"b", Rate{Burst: 9, Bucket: "a", Also: []string{"b"}}},
		}},
	} {
		if got := c.r.Quotas(named); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}
