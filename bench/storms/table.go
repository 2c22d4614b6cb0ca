package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
)

// A table has a row of numbers per variant.
type table struct {
	columns []column
	names   []string
	rows    map[string][]float64
}

func newTable(columns []column) table { return table{columns: columns, rows: map[string][]float64{}} }

// add adds the median of several runs of a variant.
func (t *table) add(name string, runs [][]float64) {
	row := make([]float64, len(t.columns))
	for i := range row {
		var values []float64
		for _, run := range runs {
			values = append(values, run[i])
		}
		row[i] = median(values)
	}
	t.names = append(t.names, name)
	t.rows[name] = row
}

// at returns a number of a variant's row. ok is false if the variant did not participate.
func (t *table) at(name string, column int) (v float64, ok bool) {
	row, ok := t.rows[name]
	if !ok {
		return 0, false
	}
	return row[column], true
}

// print prints the table in Markdown.
func (t *table) print(w io.Writer) {
	tab := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	heads := []string{"variant"}
	rules := []string{"---"}
	for _, c := range t.columns {
		heads, rules = append(heads, c.head), append(rules, "---")
	}
	printRow(tab, heads)
	printRow(tab, rules)
	for _, name := range t.names {
		cells := []string{name}
		for i, v := range t.rows[name] {
			cells = append(cells, cell(t.columns[i], v))
		}
		printRow(tab, cells)
	}
	_ = tab.Flush()
}

func printRow(w io.Writer, cells []string) { fmt.Fprintf(w, "| %s\t|\n", strings.Join(cells, "\t| ")) }

// cell formats a number.
func cell(c column, v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "never"
	case math.IsNaN(v):
		return "–"
	}
	return fmt.Sprintf(c.format, v)
}
