package changes

// This file has the type [Change] and its sentence.

import (
	"cmp"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// A Change is one difference between two versions.
type Change struct {
	Code    string // stable, for filters: policy, client-added, parameter-removed
	Client  string // output folder of the client
	Subject string // operationId, "the defaults", "circuit main", "schema Pet"; empty: the client
	What    string // "retry.attempts 4 → 6", "was removed"
	Effect  string // what follows from it; may be empty

	// Key, Old and New are the policy key and its values as a policy file has them. They are empty
	// for other changes, Old and New also for values that are not set.
	Key, Old, New string

	OldAt, NewAt Place
	Shown        diag.Position // where to show the change if NewAt is in no file
	Direction    policy.Direction
}

// A Place says where something comes from in one version.
type Place struct {
	Pos  diag.Position // zero if it is not from a file
	Note string        // what else there is to say: "built-in default"
}

// String returns the position and the note.
func (p Place) String() string {
	return strings.TrimSpace(p.Pos.String() + " " + p.Note)
}

// Pos returns the place to show the change at: in the new version if it is there.
func (c Change) Pos() diag.Position {
	switch {
	case c.NewAt.Pos.File != "":
		return c.NewAt.Pos
	case c.Shown.File != "":
		return c.Shown
	}
	return diag.Position{File: c.OldAt.Pos.File}
}

// Predicate returns the sentence without its subject: "retry.attempts 4 → 6, policy.yaml:3:5 (was
// built-in default); at most 4 → 6 requests a call: looser".
func (c Change) Predicate() string {
	text := c.What
	switch was, is := c.OldAt.String(), c.NewAt.String(); {
	case is == "" && was != "":
		text += ", was " + was
	case was == "" || was == is:
		text += comma(is)
	default:
		text += ", " + is + " (was " + was + ")"
	}
	if c.Effect != "" {
		text += "; " + c.Effect
	}
	if word := c.DirectionWord(); word != "" {
		text += ": " + word
	}
	return text
}

// DirectionWord returns looser or stricter, or "" for neither.
func (c Change) DirectionWord() string {
	switch c.Direction {
	case policy.Looser:
		return "looser"
	case policy.Stricter:
		return "stricter"
	}
	return ""
}

func comma(text string) string {
	if text == "" {
		return ""
	}
	return ", " + text
}

// A Group is what changes in the same way, at the same places, in several clients and operations.
type Group struct {
	Change            // the first one
	Members  []Change // in their order, the first one included
	Subjects []string // names of the members, each once
}

// Groups joins changes that differ only in their client and subject.
func Groups(list []Change) []Group {
	var groups []Group
	index := map[Change]int{}
	for _, c := range list {
		key := c
		key.Client, key.Subject, key.Shown = "", "", diag.Position{}
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, Group{Change: c})
		}
		groups[i].Members = append(groups[i].Members, c)
		if !slices.Contains(groups[i].Subjects, c.name()) {
			groups[i].Subjects = append(groups[i].Subjects, c.name())
		}
	}
	return groups
}

// name returns the subject, or the client if it is about the whole of it.
func (c Change) name() string { return cmp.Or(c.Subject, c.Client) }

// Sentence returns the sentence of all members: "createFeed: unsafe → idempotent, …".
func (g Group) Sentence() string {
	return phrase.Enumerate(phrase.Few(g.Subjects)) + ": " + g.Predicate()
}

// Looser returns the number of changes that are looser.
func Looser(list []Change) int {
	n := 0
	for _, c := range list {
		if c.Direction == policy.Looser {
			n++
		}
	}
	return n
}
