package lossless

import (
	"math"
	"strconv"
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

// What is not read must be left to the slow way: a result that is not exact, and everything that is
// no number of the short form.
func TestShortInteger(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "7,": 7, "-12]": -12, "100 ": 100, "999999999999999999": 999999999999999999,
		"-999999999999999999}": -999999999999999999, "1:": 1, "1/": 1,
	} {
		if got, n := shortInteger([]byte(text)); got != want || n != numberLength([]byte(text)) {
			t.Errorf("%q: got %d of %d bytes, want %d", text, got, n, want)
		}
	}
	for _, text := range []string{
		"", "-", "a", "01", "-01", "00", "1.0", "1e2", "1E2", "1000000000000000000", "-1000000000000000000", `"1"`,
		"+1", ":1", "/1",
	} {
		if got, n := shortInteger([]byte(text)); n != 0 || got != 0 {
			t.Errorf("%q: got %d of %d bytes, want nothing", text, got, n)
		}
	}
}

func TestShortFloat(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "7,": 7, "-12]": -12, "0.1": 0.1, "1.50 ": 1.5, "-0.25}": -0.25, "123456789012345": 123456789012345,
		"0.1234567890123": 0.1234567890123, "0.0000000000001": 1e-13, "12345678901.234": 12345678901.234, "99.0": 99,
	} {
		if got, n := shortFloat([]byte(text)); got != want || n != numberLength([]byte(text)) {
			t.Errorf("%q: got %v of %d bytes, want %v", text, got, n, want)
		}
	}
	if f, n := shortFloat([]byte("-0.0")); f != 0 || !math.Signbit(f) || n != 4 {
		t.Errorf("got %v of %d bytes, want -0", f, n)
	}
	for _, text := range []string{
		"", "-", ".5", "5.", "-.5", "01", "01.5", "1e2", "1.5E2", "1.e2", "1234567890123456", "0.12345678901234",
		"-12345678901234.5", "a", `"1"`, "5.a",
	} {
		if got, n := shortFloat([]byte(text)); n != 0 || got != 0 {
			t.Errorf("%q: got %v of %d bytes, want nothing", text, got, n)
		}
	}
}

func FuzzShortNumbers(f *testing.F) {
	for _, s := range []string{"0", "-0.0", "12", "0.1", "123456789012345", "99999999999999.9", "1.5e3", "01"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if i, n := shortInteger(text); n > 0 {
			if want, err := strconv.ParseInt(string(text[:n]), 10, 64); err != nil || i != want ||
				n != numberLength(text) {
				t.Fatalf("%q: got %d of %d bytes, want %d, %v", text, i, n, want, err)
			}
		}
		if x, n := shortFloat(text); n > 0 {
			want, err := strconv.ParseFloat(string(text[:n]), 64)
			if err != nil || x != want || math.Signbit(x) != math.Signbit(want) || n != numberLength(text) {
				t.Fatalf("%q: got %v of %d bytes, want %v, %v", text, x, n, want, err)
			}
		}
	})
}
