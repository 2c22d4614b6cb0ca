package wire

import (
	"fmt"
	"strings"
	"testing"
)

// For each response 16 unknown members and 16 other places are reported, each with a count.
func TestReport_IsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"id":"a","people":[`)
	for i := range 40 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"x%d":1,"same":1,"name":%d}`, i, i)
	}
	b.WriteString(`]}`)
	var r Report
	if _, err := JSONAs[*parcel]([]byte(b.String()), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Drifts) != 17 || countDrifts(r.Drifts, DriftUnknown) != 15+40 || countDrifts(r.Drifts, DriftType) != 40 ||
		countDrifts(r.Drifts, DriftUnknown, DriftType) != 95 || countDrifts(r.Drifts) != 0 {
		t.Errorf("got %d: %+v", len(r.Drifts), r.Drifts)
	}
	for _, d := range r.Drifts {
		if d.Path == "people[].same" && d.Count != 40 || d.Path == "people[].x3" && d.Count != 1 {
			t.Errorf("got %+v", d)
		}
	}
}

// The name of an unknown member is part of a path only if it is safe in a log.
func TestReport_Names(t *testing.T) {
	long := strings.Repeat("n", 64)
	for name, want := range map[string]string{"new": "new", long: long, long + "n": "?", `a b`: "?", `a\nb`: "?",
		"é": "?", `~!`: "~!", "": ""} {
		var r Report
		if _, err := JSONAs[*person]([]byte(`{"`+name+`":1}`), &r); err != nil || len(r.Drifts) != 1 ||
			r.Drifts[0].Path != want {
			t.Errorf("%q: got %+v, %v", name, r.Drifts, err)
		}
	}
}
