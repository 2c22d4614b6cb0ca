package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// A result is the outcome of a comparison.
type result struct {
	From        string       `json:"from"`
	To          string       `json:"to"`
	Visits      int          `json:"visits"` // read from Crossmark
	Events      int          `json:"events"` // read from the EDR
	Differences []difference `json:"differences"`
	Missing     []string     `json:"lacking,omitempty"` // what could not be read, and why

	noVisits, noEvents bool // nothing could be read of a side
}

// exit returns the exit status. An incomplete result takes precedence over differences.
func (r result) exit() int {
	switch {
	case len(r.Missing) > 0:
		return exitDegraded
	case len(r.Differences) > 0:
		return exitDifferent
	}
	return 0
}

// print writes the result as text.
func (r result) print(w io.Writer, width int) {
	unknown := 0
	for _, d := range r.Differences {
		if d.Kind == notCompared {
			unknown++
		}
	}
	fmt.Fprintf(w, "%s to %s: %s, %s, %s", r.From, r.To, read(r.Visits, "visit", r.noVisits),
		read(r.Events, "event", r.noEvents), read(len(r.Differences)-unknown, "difference", false))
	if unknown > 0 {
		fmt.Fprintf(w, ", %d not compared", unknown)
	}
	fmt.Fprintln(w)
	if len(r.Differences) > 0 {
		fmt.Fprintln(w, r.table(width))
	}
	for _, missing := range r.Missing {
		fmt.Fprintln(w, "could not be read:", missing)
	}
}

// read returns how many things were read, in words.
func read(n int, thing string, unread bool) string {
	switch {
	case unread:
		return thing + "s not read"
	case n == 1:
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// table draws the differences. width is that of the terminal, or 0 if there is none.
func (r result) table(width int) string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Size.WidthMax = width
	t.SetColumnConfigs([]table.ColumnConfig{{Name: "name", WidthMax: 32, WidthMaxEnforcer: snip}})
	t.AppendHeader(table.Row{"difference", "event", "name", "store", "Crossmark", "EDR"})
	for _, d := range r.Differences {
		t.AppendRow(table.Row{d.Kind, d.Event, printable(d.Name), d.Store, printable(d.Visits), printable(d.Events)})
	}
	return t.Render()
}

// printable replaces control characters, which could change the state of a terminal.
func printable(s string) string {
	clean := []rune(s)
	for i, c := range clean {
		if c < ' ' || c >= 0x7f && c < 0xa0 {
			clean[i] = '·'
		}
	}
	return string(clean)
}

func (r result) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// snip truncates s to width and marks the cut with an ellipsis.
func snip(s string, width int) string { return text.Snip(s, width, "…") }
