package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// An answer is what a run found.
type answer struct {
	From        string       `json:"from"`
	To          string       `json:"to"`
	Visits      int          `json:"visits"` // read from Crossmark
	Events      int          `json:"events"` // read from the EDR
	Differences []difference `json:"differences"`
	Lacking     []string     `json:"lacking,omitempty"` // what could not be read, and why; the differences tell nothing of it
}

// exit returns the status of the process: what a script wants to know first is whether the answer is whole.
func (a answer) exit() int {
	switch {
	case len(a.Lacking) > 0:
		return exitDegraded
	case len(a.Differences) > 0:
		return exitDifferent
	}
	return 0
}

// print writes the answer for a person.
func (a answer) print(w io.Writer, width int) {
	unknown := 0
	for _, d := range a.Differences {
		if d.Kind == notCompared {
			unknown++
		}
	}
	fmt.Fprintf(w, "%s to %s: %d visits, %d events, %d differences", a.From, a.To, a.Visits, a.Events, len(a.Differences)-unknown)
	if unknown > 0 {
		fmt.Fprintf(w, ", %d not compared", unknown)
	}
	fmt.Fprintln(w)
	if len(a.Differences) > 0 {
		fmt.Fprintln(w, a.table(width))
	}
	for _, lack := range a.Lacking {
		fmt.Fprintln(w, "could not be read:", lack)
	}
}

// table draws the differences; width is that of the terminal, 0 if there is none.
func (a answer) table(width int) string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Size.WidthMax = width
	t.SetColumnConfigs([]table.ColumnConfig{{Name: "name", WidthMax: 32, WidthMaxEnforcer: snip}})
	t.AppendHeader(table.Row{"difference", "event", "name", "store", "Crossmark", "EDR"})
	for _, d := range a.Differences {
		t.AppendRow(table.Row{d.Kind, d.Event, printable(d.Name), d.Store, printable(d.Visits), printable(d.Events)})
	}
	return t.Render()
}

// printable takes away what a server could do to a terminal.
func printable(s string) string {
	clean := []rune(s)
	for i, r := range clean {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			clean[i] = '·'
		}
	}
	return string(clean)
}

func (a answer) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(a)
}

// snip cuts what is too long for its column and shows that it did.
func snip(s string, width int) string { return text.Snip(s, width, "…") }
