package simulation

import (
	"testing"
	"time"
)

// sample is a result with a quota of 10 per second, in which the server was down for a second.
func sample() result {
	return result{
		scenario: &scenario{
			name: "n", title: "T", text: "Text.", length: 4 * time.Second,
			down: span{2 * time.Second, 3 * time.Second},
		},
		quota:   10,
		seconds: []second{{Accepted: 20, Store: 8}, {Accepted: 10, Throttled: 2}, {Down: 5}, {Accepted: 5, Store: 4}},
		shares:  []int{8, 9, 10, 10, 13},
	}
}

func TestResult_Figures(t *testing.T) {
	r := sample()
	if got := r.total(); got != (second{Accepted: 35, Throttled: 2, Down: 5, Store: 12}) {
		t.Errorf("total %+v", got)
	}
	if got := r.sum(time.Second, 3*time.Second); got != (second{Accepted: 10, Throttled: 2, Down: 5}) {
		t.Errorf("sum of two seconds %+v", got)
	}
	if got := r.used(); got != 35.0/40 { // a burst of 10, and three seconds
		t.Errorf("used %v", got)
	}
	if got := r.over(); got != 2.0/37 {
		t.Errorf("over %v", got)
	}
	if got := r.storeRate(); got != 3 {
		t.Errorf("store rate %v", got)
	}
	if most, all := r.spread(); most != 0.3 || all != 0.3 { // 13 instead of 10
		t.Errorf("spread %v, %v", most, all)
	}
	for i, tt := range []struct {
		since time.Duration
		want  time.Duration
	}{{3 * time.Second, time.Second}, {2 * time.Second, 2 * time.Second}, {0, time.Second}} {
		if got := r.recovered(tt.since); got != tt.want {
			t.Errorf("%d: recovered after %s, want %s", i, got, tt.want)
		}
	}
	r.seconds[3].Accepted = 4
	if got := r.recovered(3 * time.Second); got != r.scenario.length {
		t.Errorf("never recovered: %s", got)
	}
}

// One of 20 processes at each end is left out.
func TestResult_Spread(t *testing.T) {
	r := result{}
	if most, all := r.spread(); most != 0 || all != 0 {
		t.Errorf("of no process: %v, %v", most, all)
	}
	r.shares = []int{1}
	for range 18 {
		r.shares = append(r.shares, 10)
	}
	r.shares = append(r.shares, 12)
	if most, all := r.spread(); most != 0 || all != 0.9 {
		t.Errorf("got %v, %v", most, all)
	}
	if most, all := (&result{shares: []int{0, 0, 5}}).spread(); most != 0 || all != 0 {
		t.Errorf("with a median of 0: %v, %v", most, all)
	}
}
