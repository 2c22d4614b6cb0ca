package admin

import (
	"slices"
	"testing"

	"github.com/resgen/resgen/resilience"
)

// The API fails if the circuit of a whole host rejects all calls, or if all circuits do.
func TestAPI_JudgeCircuits(t *testing.T) {
	const (
		closed = string(resilience.CircuitClosed)
		open   = string(resilience.CircuitOpen)
		half   = string(resilience.CircuitHalfOpen)
	)
	gates := []resilience.GateSnapshot{{API: "shop", Host: "one"}, {API: "shop", Host: "two"}}
	for name, c := range map[string]struct {
		circuits []Circuit
		want     State
		reasons  []string
	}{
		"closed": {[]Circuit{{Key: "shop one", State: closed}}, Pass, nil},
		"a whole host": {
			[]Circuit{{Key: "shop one", State: open}, {Key: "shop two", State: closed}}, Fail,
			[]string{"circuit shop one is open"},
		},
		"an operation": {
			[]Circuit{{Key: "shop one", State: closed}, {Key: "shop one list", State: open}}, Warn,
			[]string{"circuit shop one list is open"},
		},
		"all operations": {
			[]Circuit{{Key: "shop one get", State: open}, {Key: "shop one list", State: open}}, Fail,
			[]string{"circuit shop one get is open", "circuit shop one list is open"},
		},
		"half-open": {[]Circuit{{Key: "shop one", State: half}}, Warn, []string{"circuit shop one is half-open"}},
		"observed":  {[]Circuit{{Key: "shop one", State: open, Observed: true}}, Pass, nil},
	} {
		a := API{Status: Pass, Circuits: c.circuits}
		a.judgeCircuits(gates)
		if a.Status != c.want || !slices.Equal(a.Reasons, c.reasons) {
			t.Errorf("%s: %s %q, want %s %q", name, a.Status, a.Reasons, c.want, c.reasons)
		}
	}
}
