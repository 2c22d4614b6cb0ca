package admin

import (
	"regexp"
	"slices"
	"testing"
)

// Bars are as high as their number of calls, the highest one as high as the picture. Calls that
// failed are at least one unit high.
func TestSparkline(t *testing.T) {
	html := string(sparkline("a<b", []Point{{Calls: 4, Failed: 1, Degraded: 1}, {}, {Calls: 200, Failed: 1}}))
	var got []string
	for _, m := range regexp.MustCompile(`<rect class="(\w+)" x="(\d+)" y="([\d.]+)" width="3" height="([\d.]+)"/>`).
		FindAllStringSubmatch(html, -1) {
		got = append(got, m[1]+" "+m[2]+" "+m[3]+" "+m[4])
	}
	want := []string{"good 0 31.0 1.0", "bad 0 31.0 1.0", "good 8 0.0 32.0", "bad 8 31.0 1.0"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	label := regexp.MustCompile(`aria-label="([^"]*)"`).FindStringSubmatch(html)[1]
	if label != "a&lt;b: 204 calls in 15 minutes, 3 of them failed or degraded; at most 200 in 15s" {
		t.Errorf("the label is %q", label)
	}
}
