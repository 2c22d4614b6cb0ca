package lossless

import (
	"fmt"
	"strings"
	"testing"
)

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
