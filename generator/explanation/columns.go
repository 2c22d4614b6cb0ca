package explanation

// This file lays out tables within the width of a terminal.

import (
	"strings"
	"unicode/utf8"

	"github.com/resgen/resgen/resilience/diag"
)

const (
	width = 100 // columns of a terminal
	gap   = 2   // columns between two cells
	least = 10  // columns that a cell keeps when a row is too wide
)

// table returns rows with aligned columns. Rows that are too wide for a terminal have cells of
// several lines. Characters that are not printable are quoted.
func table(rows [][]string) string {
	for _, row := range rows {
		for i, cell := range row {
			row[i] = diag.Printable(cell)
		}
	}
	widths := fit(natural(rows), width)
	var out strings.Builder
	for _, row := range rows {
		cells := make([][]string, len(row))
		height := 0
		for i, cell := range row {
			cells[i] = wrap(cell, widths[i])
			height = max(height, len(cells[i]))
		}
		for line := range height {
			out.WriteString(strings.TrimRight(lineOf(cells, widths, line), " ") + "\n")
		}
	}
	return out.String()
}

// lineOf returns a line of the cells of a row.
func lineOf(cells [][]string, widths []int, line int) string {
	var out strings.Builder
	for i, cell := range cells {
		text := ""
		if line < len(cell) {
			text = cell[line]
		}
		out.WriteString(text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+gap))
	}
	return out.String()
}

// natural returns the width of the widest cell of each column.
func natural(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// fit makes the widest columns narrower until all of them fit.
func fit(widths []int, most int) []int {
	for {
		sum, widest := -gap, 0
		for i, w := range widths {
			sum += w + gap
			if w > widths[widest] {
				widest = i
			}
		}
		if sum <= most || widths[widest] <= least {
			return widths
		}
		widths[widest]--
	}
}

// wrap breaks text into lines: at spaces, else after a slash, comma or dot, else anywhere.
func wrap(text string, most int) []string {
	var lines []string
	for rest := []rune(text); ; {
		if len(rest) <= most {
			return append(lines, string(rest))
		}
		end := breakAt(rest[:most+1])
		lines = append(lines, strings.TrimRight(string(rest[:end]), " "))
		rest = []rune(strings.TrimLeft(string(rest[end:]), " "))
	}
}

// breakAt returns where to break a line that is one character too long.
func breakAt(line []rune) int {
	for _, marks := range []string{" ", "/,.:"} {
		for i := len(line) - 1; i > 0; i-- {
			switch {
			case marks == " " && line[i] == ' ':
				return i
			case marks != " " && strings.ContainsRune(marks, line[i-1]):
				return i
			}
		}
	}
	return len(line) - 1
}

// paragraph returns text in lines that fit a terminal.
func paragraph(text string) string {
	return strings.Join(wrap(diag.Printable(text), width), "\n") + "\n"
}
