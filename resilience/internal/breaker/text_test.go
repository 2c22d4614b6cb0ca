package breaker

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// What one process writes, another one reads with its own times.
func TestRevision_Text(t *testing.T) {
	open := revision{number: 7, machine: machine{
		state: Open, generation: 5, until: 90 * time.Second, relapses: 2, lastLease: 4,
		culprit: culprit{account: "p", known: true, others: true, until: 91 * time.Second},
	}}
	probing := revision{number: 8, machine: machine{
		state: HalfOpen, generation: 6, relapses: 2, lastLease: 5, wins: 1, slowWins: 1,
		leases: []lease{{id: 5, end: 95 * time.Second}},
	}}
	closed := revision{number: 9, machine: machine{state: Closed, generation: 7}}
	for _, r := range []revision{open, probing, closed} {
		text := r.text(1000 * time.Second)
		got, err := readRevision(text, 1000*time.Second)
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%s: got %+v, %v, want %+v", text, got, err, r)
		}
		later, err := readRevision(text, 990*time.Second) // this process began 10 s later
		if err != nil {
			t.Fatal(err)
		}
		if r.machine.state == Open && (later.machine.until != 100*time.Second ||
			later.machine.culprit.until != 101*time.Second) {
			t.Errorf("%s: got %+v", text, later.machine)
		}
		if r.machine.state == HalfOpen && later.machine.leases[0].end != 105*time.Second {
			t.Errorf("%s: got %+v", text, later.machine)
		}
	}
}

func TestReadRevision_Errors(t *testing.T) {
	if r, err := readRevision("", 0); err != nil || !reflect.DeepEqual(r, newRevision()) {
		t.Errorf("no text: %+v, %v", r, err)
	}
	for text, want := range map[string]string{
		"{":                             "shared circuit: ",
		`{"v":2,"state":"open"}`:        "version 2 is not known",
		`{"v":1}`:                       "it has no state",
		`{"v":1,"state":"ajar"}`:        "it has no state",
		`{"v":1,"state":"forced-open"}`: "it has no state",
	} {
		if _, err := readRevision(text, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func TestRevision_Before(t *testing.T) {
	at := func(generation, number uint64) revision {
		return revision{machine: machine{generation: generation}, number: number}
	}
	for _, tt := range []struct {
		a, b revision
		want bool
	}{
		{at(1, 1), at(1, 1), false}, {at(1, 1), at(1, 2), true}, {at(1, 2), at(1, 1), false},
		{at(1, 9), at(2, 1), true}, {at(2, 1), at(1, 9), false},
	} {
		if got := tt.a.before(&tt.b); got != tt.want {
			t.Errorf("%+v before %+v: %v", tt.a, tt.b, got)
		}
	}
}

func TestMoved(t *testing.T) {
	const most = time.Duration(math.MaxInt64)
	for _, tt := range []struct{ t, by, want time.Duration }{
		{5, 3, 8}, {5, -8, -3}, {-3, 8, 5}, {most, 1, most}, {most - 1, 1, most},
		{most - 2, 1, most - 1}, {most, 0, most},
	} {
		if got := moved(tt.t, tt.by); got != tt.want {
			t.Errorf("moved(%d, %d) = %d, want %d", tt.t, tt.by, got, tt.want)
		}
	}
}

func TestMachine_AtMost(t *testing.T) {
	m := machine{state: HalfOpen, until: 50, culprit: culprit{until: 90}, leases: []lease{{1, 30}, {2, 80}}}
	m = m.atMost(20, 40)
	if m.until != 50 || m.culprit.until != 60 || m.leases[0].end != 30 || m.leases[1].end != 60 {
		t.Errorf("got %+v", m)
	}
}
