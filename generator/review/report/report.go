package report

// This file has the value that all formats print, and its flat form for the formats that show
// messages at lines.

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/generator/review"
	"github.com/resgen/resgen/generator/review/changes"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// A Report is the result of a check.
type Report struct {
	Clients  int                 // number of clients
	Findings diag.List           // of documents, policies and resgen.yaml
	Files    []review.Difference // between the disk and what generate would write
	Base     string              // what Changes are counted from; empty: the checked-in files
	Changes  []changes.Change
	Loosen   bool     // a looser change fails the check
	Notes    []string // what the user must know about the comparison
}

// The exit codes of a check, strongest first.
const (
	ExitError  = 1
	ExitStale  = 3
	ExitLooser = 4
)

// ExitCode returns the exit code: errors win over stale files, and those over looser policies.
func (r Report) ExitCode() int {
	switch {
	case r.Findings.HasErrors():
		return ExitError
	case len(r.Files) > 0:
		return ExitStale
	case r.Loosen && changes.Looser(r.Changes) > 0:
		return ExitLooser
	}
	return 0
}

// A level is the weight of a message. The words are those of SARIF.
type level string

const (
	levelError   level = "error"
	levelWarning level = "warning"
	levelNote    level = "note"
)

// A message is one thing that a report has to say.
type message struct {
	level   level
	rule    string // stable code
	pos     diag.Position
	text    string
	finding bool // of lint
}

// messages returns everything that a report has to say. Changes that differ only in their subject
// are one message.
func (r Report) messages() []message {
	var list []message
	for _, d := range r.Findings {
		m := message{levelError, d.Code, d.Pos, d.What, true}
		if d.Severity == diag.Warning {
			m.level = levelWarning
		}
		if d.Subject != "" {
			m.text = d.Subject + ": " + m.text
		}
		if d.Cure != "" {
			m.text += "; " + d.Cure
		}
		list = append(list, m)
	}
	for _, d := range r.Files {
		list = append(list, message{levelError, ruleStale, d.Pos, d.What + "; " + d.Cure, false})
	}
	for _, g := range changes.Groups(r.Changes) {
		m := message{levelNote, ruleOf(g.Change), g.Pos(), r.sentence(g), false}
		if g.Direction == policy.Looser {
			m.level = levelWarning
			if r.Loosen {
				m.level = levelError
			}
		}
		list = append(list, m)
	}
	for i, m := range list {
		list[i].text = diag.Printable(m.text)
	}
	return list
}

// ruleStale is the rule of files that are not as resgen would write them.
const ruleStale = "stale-file"

// ruleOf returns the rule of a change: its code, and for policies its direction.
func ruleOf(c changes.Change) string {
	if c.Code != "policy" {
		return c.Code
	}
	return "policy-" + cmp.Or(c.DirectionWord(), "changed")
}

// sentence returns the sentence of a group, with the clients if there are several.
func (r Report) sentence(g changes.Group) string {
	var clients []string
	for _, c := range g.Members {
		if !slices.Contains(clients, c.Client) {
			clients = append(clients, c.Client)
		}
	}
	switch {
	case len(clients) > 1:
		return strconv.Itoa(len(clients)) + " clients: " + g.Sentence()
	case r.Clients > 1 && g.Subject != "" && g.Client != "":
		return path.Base(clients[0]) + ": " + g.Sentence()
	}
	return g.Sentence()
}

// Summary returns the numbers of changes: "3 changes since main: 1 looser, 2 stricter".
func (r Report) Summary() string {
	if r.Base == "" {
		return ""
	}
	if len(r.Changes) == 0 {
		return "no changes since " + r.Base
	}
	loose, strict := changes.Looser(r.Changes), 0
	for _, c := range r.Changes {
		if c.Direction == policy.Stricter {
			strict++
		}
	}
	text := phrase.Count(len(r.Changes), "change") + " since " + r.Base
	var parts []string
	if loose > 0 {
		parts = append(parts, strconv.Itoa(loose)+" looser")
	}
	if strict > 0 {
		parts = append(parts, strconv.Itoa(strict)+" stricter")
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}
