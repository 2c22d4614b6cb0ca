package rules

import "testing"

func TestDecimal_Compare(t *testing.T) {
	// In ascending order; the members of a row are equal.
	rows := [][]string{
		{"-1e400"}, {"-12"}, {"-11.9"}, {"-1", "-1.0", "-10e-1"}, {"-1e-9"}, {"0", "-0", "0.00", "0e99"},
		{"1e-99999999999999999999"},

		{"0.00001", "1e-5", "1E-5"}, {"0.1"}, {"0.12"}, {"0.13"}, {"1", "1.000"}, {"9"}, {"10", "1e1", "1e+1"},
		{"99.99"},
		{"100"}, {"9007199254740993"},
		{"9007199254740994"}, {"1e99999999999999999999"},
	}
	for i, row := range rows {
		for j, other := range rows {
			for _, a := range row {
				for _, b := range other {
					want := 0
					if i < j {
						want = -1
					} else if i > j {
						want = 1
					}
					if got := decimalOf(a).compare(decimalOf(b)); got != want {
						t.Errorf("%s and %s: got %d, want %d", a, b, got, want)
					}
					if same := decimalOf(a).text() == decimalOf(b).text(); same != (want == 0) {
						t.Errorf("%s and %s have the same text: %v", a, b, same)
					}
				}
			}
		}
	}
}

func TestDecimal_IsInteger(t *testing.T) {
	for text, want := range map[string]bool{
		"1": true, "1.0": true, "1.50e1": true, "0.0": true, "1.5": false, "1e-1": false, "10e-1": true,
	} {
		if got := decimalOf(text).isInteger(); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}
