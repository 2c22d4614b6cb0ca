package main

import (
	"fmt"
	"slices"

	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/diag"
)

// maxFindingLines is the number of lines that warnings may fill without -v.
const maxFindingLines = 36

// mostPlaces is the number of findings of one kind that are printed without -v.
const mostPlaces = 3

// A group is the findings with one code and severity, in their order.
type group struct {
	code string
	list diag.List
}

// grouped returns the findings by code, in the order of the first of each.
func grouped(found diag.List) []group {
	var groups []group
	for _, d := range found {
		i := slices.IndexFunc(groups, func(g group) bool { return g.code == d.Code })
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{code: d.Code})
		}
		groups[i].list = append(groups[i].list, d)
	}
	return groups
}

// lines returns the first findings of the group, and how many more there are.
func (g group) lines(places int, format func(diag.Diagnostic) string) []string {
	if len(g.list) <= places+1 {
		places = len(g.list)
	}
	var lines []string
	for _, d := range g.list[:places] {
		lines = append(lines, format(d))
	}
	if more := len(g.list) - places; more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more of the kind %s; -v shows all", more, g.code))
	}
	return lines
}

// summary returns the lines to print for findings: warnings, then errors. Unless verbose is set,
// only the first findings of each kind are listed. Errors are never shortened to fit.
func summary(found diag.List, verbose bool, format func(diag.Diagnostic) string) []string {
	var warnings, errors diag.List
	for _, d := range found {
		if d.Severity == diag.Error {
			errors = append(errors, d)
		} else {
			warnings = append(warnings, d)
		}
	}
	lines := shortened(grouped(warnings), verbose, format)
	for _, g := range grouped(errors) {
		places := 10
		if verbose {
			places = len(g.list)
		}
		lines = append(lines, g.lines(places, format)...)
	}
	return lines
}

// shortened lists as many findings of each kind as fit into maxFindingLines, at least one.
func shortened(groups []group, verbose bool, format func(diag.Diagnostic) string) []string {
	for places := mostPlaces; ; places-- {
		var lines []string
		for _, g := range groups {
			n := places
			if verbose {
				n = len(g.list)
			}
			lines = append(lines, g.lines(n, format)...)
		}
		if verbose || places == 1 || len(lines) <= maxFindingLines {
			return lines
		}
	}
}

// total returns the numbers of errors and warnings as text.
func total(found diag.List) string {
	errors := 0
	for _, d := range found {
		if d.Severity == diag.Error {
			errors++
		}
	}
	return phrase.Count(errors, "error") + ", " + phrase.Count(len(found)-errors, "warning")
}
