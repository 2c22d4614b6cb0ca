package main

import (
	"io"
	"strings"
	"testing"

	"github.com/resgen/resgen/bench/variant"
)

// tableOf returns a table with rows for plain retry, breaker and bucket, and ours. Nil rows are
// omitted.
func tableOf(plain, bucket, ours []float64) table {
	t := table{rows: map[string][]float64{}}
	for name, row := range map[string][]float64{variant.Plain: plain, variant.Bucket: bucket, variant.Ours: ours} {
		if row != nil {
			t.rows[name] = row
		}
	}
	return t
}

func TestChecks(t *testing.T) {
	reference := []float64{0.86, 80, 1.5}
	for _, c := range []struct {
		name            string
		check           func(table) []verdict
		table           table
		calibrated, met bool
	}{
		{"outage as described", checkOutage, tableOf([]float64{3.81}, nil, []float64{0.25}), true, true},
		{"plain retry 9.9 % off", checkOutage, tableOf([]float64{3.44}, nil, []float64{0.2}), true, true},
		{"plain retry makes too few", checkOutage, tableOf([]float64{3.42}, nil, []float64{0.2}), false, true},
		{"plain retry makes too many", checkOutage, tableOf([]float64{4.2}, nil, []float64{0.2}), false, true},
		{"ours makes too many", checkOutage, tableOf([]float64{3.81}, nil, []float64{0.26}), true, false},
		{"without plain retry", checkOutage, tableOf(nil, nil, []float64{0.2}), true, true},
		{
			"overload as described", checkOverload,
			tableOf([]float64{3.4, 0, never}, reference, []float64{0.86, 76, 2}), true, true,
		},
		{
			"plain retry recovers", checkOverload, tableOf([]float64{3.4, 50, 6}, reference, []float64{0.86, 80, 1}),
			false, true,
		},
		{
			"ours recovers late", checkOverload,
			tableOf([]float64{3.4, 0, never}, reference, []float64{0.86, 80, 2.25}), true, false,
		},
		{
			"ours never recovers", checkOverload,
			tableOf([]float64{3.4, 0, never}, reference, []float64{0.86, 80, never}), true, false,
		},
		{
			"ours succeeds less", checkOverload,
			tableOf([]float64{3.4, 0, never}, reference, []float64{0.86, 75.9, 1}), true, false,
		},
		{"plain retry alone", checkOverload, tableOf([]float64{3.4, 0, never}, nil, nil), true, true},
		{"drop", checkDrop, tableOf(nil, nil, []float64{60, 1.2, 60, 1.2}), true, true},
		{"drop, too many before", checkDrop, tableOf(nil, nil, []float64{61, 1, 60, 1}), true, false},
		{"drop, too many after", checkDrop, tableOf(nil, nil, []float64{50, 1.3, 60, 1}), true, false},
		{"drop, too many of many accounts", checkDrop, tableOf(nil, nil, []float64{60, 1, 61, 1}), true, false},
		{"drop, too many of them after", checkDrop, tableOf(nil, nil, []float64{60, 1, 60, 1.3}), true, false},
		{"drop without ours", checkDrop, tableOf([]float64{60, 1, 60, 1}, nil, nil), true, true},
		{"long", checkLong, tableOf(nil, nil, []float64{98.5}), true, true},
		{"long, too little", checkLong, tableOf(nil, nil, []float64{98.4}), true, false},
		{"long without ours", checkLong, tableOf(nil, reference, nil), true, true},
	} {
		calibrated, met := printVerdicts(io.Discard, c.check(c.table))
		if calibrated != c.calibrated || met != c.met {
			t.Errorf("%s: calibrated %v, met %v; want %v, %v", c.name, calibrated, met, c.calibrated, c.met)
		}
	}
}

func TestTable(t *testing.T) {
	tab := newTable([]column{{"attempts/call", "%.2f"}, {"recovery s", "%.2f"}})
	tab.add("no retry", [][]float64{{1, 2}, {1, 3}, {1, 2.75}})
	tab.add("retry 3", [][]float64{{3.4, never}, {3.5, never}, {3.43, 1}})
	var b strings.Builder
	tab.print(&b)
	want := `| variant  | attempts/call | recovery s |
| ---      | ---           | ---        |
| no retry | 1.00          | 2.75       |
| retry 3  | 3.43          | never      |
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
