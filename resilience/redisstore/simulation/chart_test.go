package simulation

import (
	"strings"
	"testing"
)

func TestRounded(t *testing.T) {
	for _, tt := range []struct{ most, want float64 }{
		{0, 1}, {-1, 1}, {0.3, 0.4}, {1, 1}, {1.1, 2}, {2, 2}, {3, 4}, {4, 4}, {7.9, 8}, {8, 8}, {9, 10}, {10, 10},
		{15, 20}, {950, 1000}, {1001, 2000},
	} {
		if got := rounded(tt.most); got != tt.want {
			t.Errorf("rounded(%g) = %g, want %g", tt.most, got, tt.want)
		}
	}
}

// The axis of a panel ends at 4, 150 units below its top; two seconds are 680 wide.
func TestChart_SVG(t *testing.T) {
	c := chart{title: "A & B", panels: []panel{
		{unit: "1/s", limit: 2, lines: []line{{name: "x<y", color: "#123", values: []float64{0, 4}}, {name: "none"}}},
		{unit: "2/s"},
	}}
	got := c.svg()
	for _, want := range []string{
		`viewBox="0 0 760 422"`, "<title>A &amp; B</title>", ">x&lt;y</text>",
		`<path fill="none" stroke="#123" stroke-width="1.5" d="M230.0 184.0L570.0 54.0"/>`,
		`<path d="M60 119.0H740" stroke="#888" stroke-dasharray="5 4"/>`, // the limit is in the middle
		`<text x="54" y="188.0" text-anchor="end">0</text>`, `<text x="54" y="58.0" text-anchor="end">4</text>`,
		`<text x="60.0" y="200" text-anchor="middle">0 s</text>`,
		`<text x="740.0" y="200" text-anchor="middle">2 s</text>`,
		`y="240" fill="#000">2/s</text>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "stroke-dasharray"); n != 1 {
		t.Errorf("%d limits are drawn, want one", n)
	}
	if n := strings.Count(got, "stroke-width"); n != 1 {
		t.Errorf("%d lines are drawn, want one", n)
	}
}
