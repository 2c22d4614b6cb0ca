package main

// This file prints what diff found: as text, Markdown or JSON.

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/markdown"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/generator/review/changes"
	"github.com/resgen/resgen/generator/review/wirediff"
	"github.com/resgen/resgen/resilience/diag"
)

// A diffReport is what diff prints. Its JSON form is described by docs/schema/diff.json.
type diffReport struct {
	Old      string        `json:"old"`
	New      string        `json:"new"`
	Breaking bool          `json:"breaking"`
	Step     string        `json:"step"`     // none, patch, minor or major
	BeforeV1 string        `json:"beforeV1"` // the step of a module of version 0
	Clients  []clientDiffs `json:"clients"`
}

// clientDiffs is what changed about one client.
type clientDiffs struct {
	Name   string       `json:"name"`
	Output string       `json:"output,omitempty"` // empty if two documents are compared
	State  string       `json:"state"`            // changed, added, removed or same
	Go     []goDiff     `json:"go"`
	Wire   []wireDiff   `json:"wire"`
	Policy []policyDiff `json:"policy"`

	policies []string // in sentences, each for all operations with the same change
}

// A policyDiff is one change of the policy of an operation, or of the client as a whole.
type policyDiff struct {
	Subject   string    `json:"subject"`
	What      string    `json:"what"`
	Result    string    `json:"result,omitempty"` // what follows from it
	Direction string    `json:"direction"`        // looser, stricter or neither
	Old       diffPlace `json:"old"`              // without a file: not from a file
	New       diffPlace `json:"new"`
}

// A goDiff is one change of the Go API.
type goDiff struct {
	Effect string `json:"effect"` // breaking or addition
	Name   string `json:"name"`
	What   string `json:"what"`
}

// A wireDiff is one change of what is sent or received.
type wireDiff struct {
	Code       string    `json:"code"`
	Effect     string    `json:"effect"`    // breaking, addition or change
	Direction  string    `json:"direction"` // request, response or both
	Subject    string    `json:"subject"`
	Place      string    `json:"place,omitempty"`
	What       string    `json:"what"`
	Operations []string  `json:"operations,omitempty"`
	Old        diffPlace `json:"old"`
	New        diffPlace `json:"new"`

	text string // without places and effect
}

// A diffPlace is a position in a document.
type diffPlace struct {
	File   string `json:"file"`
	Line   int    `json:"line"`   // from 1; 0: the file as a whole
	Column int    `json:"column"` // in bytes, from 1; 0: the file as a whole
}

func placeOf(pos diag.Position) diffPlace { return diffPlace{pos.File, pos.Line, pos.Column} }

func (p diffPlace) String() string { return diag.Position(p).String() }

// newDiffReport returns the report about two versions.
func newDiffReport(old, new side, clients []generator.ClientDiff) diffReport {
	step := generator.StepOf(clients)
	r := diffReport{
		Old: old.name, New: new.name, Breaking: step == generator.Major, Step: step.String(),
		BeforeV1: step.BeforeV1().String(), Clients: []clientDiffs{},
	}
	for _, d := range clients {
		c := clientDiffs{
			Name: d.Name, State: string(d.State), Go: []goDiff{}, Wire: []wireDiff{}, Policy: []policyDiff{},
		}
		if !new.isDocument {
			c.Output = d.Output
		}
		switch {
		case d.State == generator.Changed && d.Step() == generator.NoStep:
			c.State = "same"
		case d.State == generator.Changed:
			c.State = "changed"
		}
		for _, g := range d.Go {
			effect := wirediff.Addition
			if g.Breaking {
				effect = wirediff.Breaking
			}
			c.Go = append(c.Go, goDiff{effect.String(), g.Name, g.What})
		}
		for _, w := range d.Wire {
			c.Wire = append(c.Wire, wireDiff{
				w.Code, w.Effect.String(), w.Direction.String(), w.Subject, w.Place, w.What, w.Operations,
				placeOf(old.place(w.Old)), placeOf(new.place(w.New)), w.String(),
			})
		}
		c.addPolicies(old, new, d.Policy)
		r.Clients = append(r.Clients, c)
	}
	return r
}

// addPolicies adds the changes of policies.
func (c *clientDiffs) addPolicies(old, new side, list []changes.Change) {
	for i := range list {
		p := &list[i]
		p.OldAt.Pos, p.NewAt.Pos = old.place(p.OldAt.Pos), new.place(p.NewAt.Pos)
		c.Policy = append(c.Policy, policyDiff{
			p.Subject, p.What, p.Effect, cmp.Or(p.DirectionWord(), "neither"),
			placeOf(p.OldAt.Pos), placeOf(p.NewAt.Pos),
		})
	}
	for _, g := range changes.Groups(list) {
		c.policies = append(c.policies, g.Sentence())
	}
}

// text returns the report for a terminal.
func (r diffReport) text() string {
	var b strings.Builder
	for _, c := range r.Clients {
		if c.State == "same" {
			continue
		}
		b.WriteString(c.heading(r) + "\n")
		if c.State == "added" || c.State == "removed" {
			fmt.Fprintf(&b, "  the client was %s\n", c.State)
		}
		section(&b, "  Go API\n", c.Go, func(g goDiff) string {
			return fmt.Sprintf("    %s: %s: %s\n", g.Effect, g.Name, g.What)
		})
		section(&b, "  requests and responses\n", c.Wire, func(w wireDiff) string {
			return fmt.Sprintf("    %s: %s: %s (old: %s)\n", w.New, w.Effect, w.text, w.Old)
		})
		section(&b, "  policies\n", c.policies, func(sentence string) string { return "    " + sentence + "\n" })
	}
	return b.String() + r.summary() + "\n"
}

// heading names the client, or the documents if they are compared.
func (c clientDiffs) heading(r diffReport) string {
	if c.Output == "" {
		return r.Old + " → " + r.New
	}
	return c.Name + " (" + c.Output + ")"
}

// section writes a heading and a line for each entry, and nothing if there are none.
func section[T any](b *strings.Builder, heading string, list []T, line func(T) string) {
	if len(list) == 0 {
		return
	}
	b.WriteString(heading)
	for _, entry := range list {
		b.WriteString(line(entry))
	}
}

// summary returns the numbers of changes and the version step in words.
func (r diffReport) summary() string {
	numbers := map[string]int{}
	for _, c := range r.Clients {
		switch c.State {
		case "added":
			numbers["addition"]++
		case "removed":
			numbers["breaking"]++
		}
		for _, g := range c.Go {
			numbers[g.Effect]++
		}
		for _, w := range c.Wire {
			numbers[w.Effect]++
		}
		numbers["change"] += len(c.policies)
	}
	if r.Step == generator.NoStep.String() {
		return "nothing changes for callers"
	}
	text := fmt.Sprintf("%s, %s, %s: raise the %s version", phrase.Count(numbers["breaking"], "breaking change"),
		phrase.Count(numbers["addition"], "addition"), phrase.Count(numbers["change"], "other change"), r.Step)
	if r.BeforeV1 != r.Step {
		text += "; before v1, the " + r.BeforeV1 + " version"
	}
	return text
}

// markdown returns the report for a pull request.
func (r diffReport) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s → %s:** %s\n", cell(r.Old), cell(r.New), r.summary())
	for _, c := range r.Clients {
		if c.State == "same" {
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n", cell(c.heading(r)))
		if c.State != "changed" {
			fmt.Fprintf(&b, "The client was %s.\n", c.State)
			continue
		}
		b.WriteString("| effect | what | new place | old place |\n|---|---|---|---|\n")
		section(&b, "", c.Go, func(g goDiff) string {
			return fmt.Sprintf("| %s | Go: %s: %s | | |\n", g.Effect, cell(g.Name), cell(g.What))
		})
		section(&b, "", c.Wire, func(w wireDiff) string {
			return fmt.Sprintf("| %s | %s | %s | %s |\n",
				w.Effect, cell(w.text), cell(w.New.String()), cell(w.Old.String()))
		})
		section(&b, "", c.policies, func(sentence string) string {
			return fmt.Sprintf("| policy | %s | | |\n", cell(sentence))
		})
	}
	return b.String()
}

// cell returns a text for a cell of a Markdown table, or for another line of the report.
func cell(text string) string { return markdown.EscapeComment(text) }
