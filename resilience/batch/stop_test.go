package batch

import (
	"strings"
	"testing"
	"time"
)

func TestStop(t *testing.T) {
	for name, c := range map[string]struct {
		stop Stop
		t    tally
		want string
	}{
		"no rule":                   {Stop{}, tally{100, 100}, ""},
		"failures":                  {Stop{Failures: 3}, tally{9, 3}, "3 items failed"},
		"fewer failures":            {Stop{Failures: 3}, tally{9, 2}, ""},
		"rate":                      {Stop{FailureRate: 0.5}, tally{20, 10}, "10 of 20 items failed"},
		"lower rate":                {Stop{FailureRate: 0.5}, tally{21, 10}, ""},
		"rate of few items":         {Stop{FailureRate: 0.5}, tally{19, 19}, ""},
		"rate of enough items":      {Stop{FailureRate: 0.5, MinItems: 2}, tally{2, 1}, "1 of 2 items failed"},
		"rate of too few, by rules": {Stop{FailureRate: 0.5, MinItems: 3}, tally{2, 2}, ""},
	} {
		if got := c.stop.reason(c.t); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTally(t *testing.T) {
	var got tally
	for _, o := range Outcomes() {
		got = got.add(o)
	}
	if want := (tally{tried: 6, failed: 4}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestStop_Invalid(t *testing.T) {
	for _, s := range []Stop{
		{FailureRate: -0.1}, {FailureRate: 1.1}, {MinItems: -1}, {Failures: -1}, {Count: -1}, {After: -time.Second},
	} {
		if err := s.err(); err == nil || !strings.HasPrefix(err.Error(), "batch: stop rules ") {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if err := (Stop{FailureRate: 1, MinItems: 1, Failures: 1, Count: 1, After: 1}).err(); err != nil {
		t.Error(err)
	}
}
