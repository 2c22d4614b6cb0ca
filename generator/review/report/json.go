package report

import (
	"cmp"
	"encoding/json"
	"io"

	"github.com/resgen/resgen/generator/review/changes"
	"github.com/resgen/resgen/resilience/diag"
)

// The types below are the JSON form. Its schema is docs/schema/check.json.

type jsonReport struct {
	Exit     int           `json:"exit"`
	Clients  int           `json:"clients"`
	Base     string        `json:"base,omitempty"`
	Findings []jsonFinding `json:"findings"`
	Files    []jsonFile    `json:"files"`
	Changes  []jsonChange  `json:"changes"`
	Notes    []string      `json:"notes"`
}

type jsonFinding struct {
	Severity string    `json:"severity"`
	Code     string    `json:"code"`
	Place    jsonPlace `json:"place"`
	Subject  string    `json:"subject,omitempty"`
	What     string    `json:"what"`
	Cure     string    `json:"cure,omitempty"`
}

type jsonFile struct {
	Place jsonPlace `json:"place"`
	Kind  string    `json:"kind"`
	What  string    `json:"what"`
	Cure  string    `json:"cure,omitempty"`
}

type jsonChange struct {
	Code      string     `json:"code"`
	Client    string     `json:"client"`
	Subject   string     `json:"subject,omitempty"`
	Key       string     `json:"key,omitempty"`
	Old       string     `json:"old,omitempty"`
	New       string     `json:"new,omitempty"`
	What      string     `json:"what"`
	Effect    string     `json:"effect,omitempty"`
	Direction string     `json:"direction"`
	OldPlace  *jsonPlace `json:"oldPlace,omitempty"`
	NewPlace  *jsonPlace `json:"newPlace,omitempty"`
	Sentence  string     `json:"sentence"`
}

type jsonPlace struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Note   string `json:"note,omitempty"`
}

// JSON prints the report as JSON.
func JSON(w io.Writer, r Report) error {
	out := jsonReport{
		Exit: r.ExitCode(), Clients: r.Clients, Base: r.Base, Findings: []jsonFinding{}, Files: []jsonFile{},
		Changes: []jsonChange{}, Notes: append([]string{}, r.Notes...),
	}
	for _, d := range r.Findings {
		out.Findings = append(out.Findings, jsonFinding{
			d.Severity.String(), d.Code, placeAt(d.Pos), d.Subject, d.What, d.Cure,
		})
	}
	for _, d := range r.Files {
		out.Files = append(out.Files, jsonFile{placeAt(d.Pos), string(d.Kind), d.What, d.Cure})
	}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, changeOf(c))
	}
	return encode(w, out)
}

// encode prints a value as indented JSON.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func changeOf(c changes.Change) jsonChange {
	return jsonChange{
		c.Code, c.Client, c.Subject, c.Key, c.Old, c.New, c.What, c.Effect, cmp.Or(c.DirectionWord(), "neither"),
		place(c.OldAt), place(c.NewAt), changes.Groups([]changes.Change{c})[0].Sentence(),
	}
}

// place returns nil for no place.
func place(p changes.Place) *jsonPlace {
	if p == (changes.Place{}) {
		return nil
	}
	out := placeAt(p.Pos)
	out.Note = p.Note
	return &out
}

func placeAt(p diag.Position) jsonPlace {
	return jsonPlace{File: p.File, Line: p.Line, Column: p.Column}
}
