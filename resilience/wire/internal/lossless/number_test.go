package lossless

import (
	"math"
	"testing"
)

func TestRat(t *testing.T) {
	for text, want := range map[string]string{"12": "12", "-0.50": "-1/2", "1.2e1": "12", "1e-3": "1/1000"} {
		if r, ok := Rat(text); !ok || r.RatString() != want {
			t.Errorf("%s: got %v, %v, want %s", text, r, ok, want)
		}
	}
	for _, text := range []string{"", "1/2", "0x10", `"12"`, "1e1000", "NaN"} {
		if r, ok := Rat(text); ok {
			t.Errorf("%q: got %v, want no number", text, r)
		}
	}
}

func TestFloatText(t *testing.T) {
	for want, f := range map[string]float64{"0.1": 0.1, "1e+21": 1e21, "1e-7": 1e-7, "100000": 1e5} {
		if got, err := FloatText(f, 64); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	if got, err := FloatText(math.Inf(1), 64); err == nil {
		t.Errorf("got %s, want an error", got)
	}
}
