package edr_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/resgen/resgen/clients/edr"
)

func TestCodes(t *testing.T) {
	for status, word := range map[edr.Status]string{
		0: "NEW", 1: "REQUESTED", 2: "APPROVED", 3: "CANCELLED", 4: "PERFORMED", 5: "NONPERFORMED", 6: "CLUB DELETED",
		7: "BILLED", 15: "REJECTED", 16: "SCREENED",
		17: "CONFLICTED", 18: "PRODUCT FINALIZED", 19: "NO CAPACITY INFO", 20: "REVIEWED", 35: "RANKED",
		100: "PENDING", 200: "SUPPLIER-CANCELLED", 201: "", 202: "PERFORMED",
	} {
		if status.String() != word || !status.Known() {
			t.Errorf("%d is %q", int32(status), status)
		}
	}
	for _, n := range []edr.Status{-1, 8, 14, 21, 99, 101, 203} {
		if n.Known() || n.String() == "" {
			t.Errorf("%d is known", int32(n))
		}
	}
	types := edr.EventTypes()
	if len(types) != 56 || types[0] != 1 || types[1] != 3 || types[55] != 57 ||
		!reflect.DeepEqual(types, slices.Sorted(slices.Values(types))) {
		t.Errorf("%v", types)
	}
	for n, known := range map[edr.EventType]bool{0: false, 1: true, 2: false, 3: true, 57: true, 58: false} {
		if n.Known() != known {
			t.Errorf("%d is known: %t", n, n.Known())
		}
	}
}
