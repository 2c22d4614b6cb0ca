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
	if len(r.Drifts) != 17 || r.count(DriftUnknown) != 15+40 || r.count(DriftType) != 40 ||
		r.count(DriftUnknown, DriftType) != 95 || r.count() != 0 {
		t.Errorf("got %d: %+v", len(r.Drifts), r.Drifts)
	}
	for _, d := range r.Drifts {
		if d.Path == "people[].same" && d.Count != 40 || d.Path == "people[].x3" && d.Count != 1 {
			t.Errorf("got %+v", d)
		}
	}
}

// A path that starts like another is a separate path.
func TestReport_Paths(t *testing.T) {
	var r Report
	for _, steps := range [][]string{{"a", "[]", "b"}, {"a", "[]", "b"}, {"a[]", "b"}, {"a"}, {"a", "b"}, {"ab"},
		{"a", "[]"}, {"[]", "[]"}, {}, {"[]"}} {
		r.add(steps, DriftNull, "")
	}
	var got []string
	for _, d := range r.Drifts {
		got = append(got, fmt.Sprintf("%s×%d", d.Path, d.Count))
	}
	if want := "a[].b×3 a×1 a.b×1 ab×1 a[]×1 [][]×1 ×1 []×1"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, " "), want)
	}
	(*Report)(nil).add([]string{"a"}, DriftNull, "")
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

func TestDrift_Text(t *testing.T) {
	for want, d := range map[string]Drift{
		"string where number is declared":          {Kind: DriftType, Reason: "string where number is declared"},
		"null where the document has none":         {Kind: DriftNull},
		"missing, though the document requires it": {Kind: DriftMissing},
		"a member that the document does not name": {Kind: DriftUnknown},
	} {
		if got := d.Text(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
