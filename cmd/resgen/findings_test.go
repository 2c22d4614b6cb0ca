package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

func some(n int, severity diag.Severity, code string) diag.List {
	var found diag.List
	for i := range n {
		found.Add(diag.Diagnostic{
			Pos: diag.Position{File: code, Line: i + 1, Column: 1}, Severity: severity, Code: code, What: "wrong",
		})
	}
	return found
}

func short(d diag.Diagnostic) string { return fmt.Sprintf("%s:%d", d.Pos.File, d.Pos.Line) }

func TestSummary(t *testing.T) {
	tests := []struct {
		name    string
		found   diag.List
		verbose bool
		want    string
	}{
		{"none", nil, false, ""},
		{"one", some(1, diag.Warning, "a"), false, "a:1"},
		{"all fit", some(4, diag.Warning, "a"), false, "a:1 a:2 a:3 a:4"},
		{
			"grouped", some(5, diag.Warning, "a"), false,
			"a:1 a:2 a:3   and 2 more of the kind a; -v shows all",
		},
		{"verbose", some(5, diag.Warning, "a"), true, "a:1 a:2 a:3 a:4 a:5"},
		{
			"errors last", slices.Concat(some(1, diag.Error, "e"), some(2, diag.Warning, "a")), false,
			"a:1 a:2 e:1",
		},
		{"two errors", some(2, diag.Error, "e"), false, "e:1 e:2"},
		{
			"many errors", some(12, diag.Error, "e"), false,
			"e:1 e:2 e:3 e:4 e:5 e:6 e:7 e:8 e:9 e:10   and 2 more of the kind e; -v shows all",
		},
		{
			"many errors, verbose", some(12, diag.Error, "e"), true,
			"e:1 e:2 e:3 e:4 e:5 e:6 e:7 e:8 e:9 e:10 e:11 e:12",
		},
	}
	for _, tt := range tests {
		if got := strings.Join(summary(tt.found, tt.verbose, short), " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Warnings of many kinds list fewer places of each.
func TestSummary_FitsTheScreen(t *testing.T) {
	for kinds, want := range map[int]int{9: 9 * 4, 10: 10 * 3, 12: 12 * 3, 13: 13 * 2, 30: 30 * 2} {
		var found diag.List
		for i := range kinds {
			found = append(found, some(100, diag.Warning, fmt.Sprint("kind", i))...)
		}
		if got := len(summary(found, false, short)); got != want {
			t.Errorf("%d kinds: %d lines, want %d", kinds, got, want)
		}
		if got := len(summary(found, true, short)); got != kinds*100 {
			t.Errorf("%d kinds, verbose: %d lines, want all", kinds, got)
		}
	}
}

func TestTotal(t *testing.T) {
	for want, found := range map[string]diag.List{
		"0 errors, 0 warnings": nil, "1 error, 0 warnings": some(1, diag.Error, "e"),
		"0 errors, 1 warning":  some(1, diag.Warning, "a"),
		"2 errors, 3 warnings": slices.Concat(some(3, diag.Warning, "a"), some(2, diag.Error, "e")),
	} {
		if got := total(found); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
