package changes

// This file compares the clients of two versions of a project. It starts in [Between].

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/generator/review/wirediff"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// A Client is one version of a generated package.
type Client struct {
	Output string        // its folder
	Pos    diag.Position // of the client in resgen.yaml
	API    *api.API
}

// Between returns the changes from the old to the new clients, sorted by client. Clients belong
// together that have the same output, else the same document, else the same package name.
func Between(old, new []Client) []Change {
	var found []Change
	rest := slices.Clone(old)
	matches := make([]*Client, len(new))
	for _, same := range []func(a, b Client) bool{
		func(a, b Client) bool { return a.Output == b.Output },
		func(a, b Client) bool { return a.API.Source == b.API.Source },
		func(a, b Client) bool { return a.API.Package == b.API.Package },
	} {
		for i, c := range new {
			at := slices.IndexFunc(rest, func(o Client) bool { return same(o, c) })
			if matches[i] == nil && at >= 0 {
				matches[i] = &rest[at]
				rest = slices.Concat(rest[:at:at], rest[at+1:])
			}
		}
	}
	for i, c := range new {
		if matches[i] == nil {
			found = append(found, added(c))
			continue
		}
		found = append(found, compare(*matches[i], c)...)
	}
	for _, c := range rest {
		found = append(found, Change{
			Code: "client-removed", Client: c.Output, What: "the client was removed: " + c.size(),
			OldAt: Place{Pos: c.Pos},
		})
	}
	slices.SortStableFunc(found, func(a, b Change) int { return cmp.Compare(a.Client, b.Client) })
	return found
}

// mostRaised is the number of operations that the change of a new client names.
const mostRaised = 3

// added returns the change that a client is new. It is looser if an operation may be sent again
// more often than its method allows, like such an operation that is added to a client.
func added(c Client) Change {
	change := Change{
		Code: "client-added", Client: c.Output, What: "the client was added: " + c.size(), NewAt: Place{Pos: c.Pos},
	}
	var raised []string
	for _, op := range c.API.Operations {
		if op.Policy.Idempotency.Rank() > policy.ClassOf(op.Method).Rank() {
			raised = append(raised, op.ID+" is "+string(op.Policy.Idempotency))
		}
	}
	if len(raised) == 0 {
		return change
	}
	change.Direction = policy.Looser
	if more := len(raised) - mostRaised; more > 1 {
		raised = append(raised[:mostRaised], phrase.Count(more, "more operation")+" may be repeated too")
	}
	change.Effect = strings.Join(raised, ", ") + ", more than the method allows"
	return change
}

// size returns the number of operations in words.
func (c Client) size() string { return phrase.Count(len(c.API.Operations), "operation") }

// document returns the place of the document of an API.
func document(a *api.API) diag.Position { return diag.Position{File: a.Source} }

// compare returns the changes of one client.
func compare(old, new Client) []Change {
	at := func(code, subject, what string, was, is diag.Position) Change {
		return Change{
			Code: code, Client: new.Output, Subject: subject, What: what, OldAt: Place{Pos: was}, NewAt: Place{Pos: is},
		}
	}
	var found []Change
	compare := func(key, was, is string, wasAt, isAt diag.Position) {
		if was != is {
			found = append(found, at(key, "", key+" "+orNone(was)+" → "+orNone(is), wasAt, isAt))
		}
	}
	compare("output", old.Output, new.Output, old.Pos, new.Pos)
	compare("package", old.API.Package, new.API.Package, old.Pos, new.Pos)
	compare("document", old.API.Source, new.API.Source, old.Pos, new.Pos)
	compare("group", grouping(old.API), grouping(new.API), old.Pos, new.Pos)
	compare("validate", validation(old.API), validation(new.API), old.Pos, new.Pos)
	compare("title", old.API.Title, new.API.Title, document(old.API), document(new.API))
	compare("version", old.API.Version, new.API.Version, document(old.API), document(new.API))
	for _, p := range pairs(old.API, new.API) {
		if p.old.ID != p.new.ID {
			found = append(found, at("operation-renamed", p.new.Route(),
				"operationId "+p.old.ID+" → "+p.new.ID, p.old.Pos, p.new.Pos))
		}
		if p.old.Name != "" && p.old.Name != p.new.Name {
			found = append(found, at("method-renamed", p.new.Route(),
				"method "+p.old.Name+" → "+p.new.Name, p.old.Pos, p.new.Pos))
		}
	}
	found = append(found, Policies(new.Output, old.API, new.API)...)
	for _, d := range wirediff.Compare(old.API, new.API) {
		found = append(found, wireChange(new, d))
	}
	return withoutWeaker(append(found, constraints(old, new)...))
}

// grouping returns the key group of a client: the methods of operations are grouped, or not.
func grouping(a *api.API) string {
	if len(a.Groups) == 0 {
		return "none"
	}
	return "tag"
}

// validation returns the key validate of a client.
func validation(a *api.API) string { return strconv.FormatBool(a.Names.Rules != "") }

// withoutWeaker returns the changes without those that say the same as another one that also says
// what follows: a value that is new in responses breaks callers, and is new in requests as well.
func withoutWeaker(list []Change) []Change {
	strong := map[Change]bool{}
	for _, c := range list {
		if c.Effect != "" {
			c.Effect, c.Code = "", ""
			strong[c] = true
		}
	}
	return slices.DeleteFunc(list, func(c Change) bool {
		weak := c.Effect == ""
		c.Code = ""
		return weak && strong[c]
	})
}

// wireChange returns a difference of what is sent and received as a change. An operation that was
// added is looser if its class is above that of its method.
func wireChange(c Client, d wirediff.Difference) Change {
	text := d.What
	if d.Place != "" {
		text = d.Place + " " + text
	}
	change := Change{
		Code: d.Code, Client: c.Output, Subject: d.Subject, What: text,
		OldAt: Place{Pos: d.Old}, NewAt: Place{Pos: d.New},
	}
	switch {
	case d.Code == "operation-added":
		change.OldAt = Place{}
		for _, op := range c.API.Operations {
			if op.Route() == d.Subject {
				change.Effect = string(op.Policy.Idempotency) + ", at most " +
					phrase.Count(requests(op.Policy, op), "request") + " a call, refused ones not counted"
				if op.Policy.Idempotency.Rank() > policy.ClassOf(op.Method).Rank() {
					change.Direction = policy.Looser
				}
				break
			}
		}
	case d.Effect == wirediff.Breaking:
		change.Effect = "breaks callers"
	}
	return change
}

// A pair is an operation in two versions.
type pair struct{ old, new *api.Operation }

// pairs returns the operations that both versions have: those with the same method, path and media
// type of the body, else those with the same id.
func pairs(old, new *api.API) []pair {
	rest := slices.Clone(old.Operations)
	matches := make([]*api.Operation, len(new.Operations))
	for _, key := range []func(*api.Operation) string{
		func(op *api.Operation) string { return op.Method + " " + wirediff.Shape(op.Path) + " " + op.Name },
		func(op *api.Operation) string { return op.Method + " " + wirediff.Shape(op.Path) + " " + op.ID },
		func(op *api.Operation) string { return op.Method + " " + wirediff.Shape(op.Path) },
		func(op *api.Operation) string { return op.ID },
	} {
		byKey := map[string][]*api.Operation{}
		for _, op := range rest {
			byKey[key(op)] = append(byKey[key(op)], op)
		}
		for i, op := range new.Operations {
			if same := byKey[key(op)]; matches[i] == nil && len(same) > 0 {
				matches[i], byKey[key(op)] = same[0], same[1:]
			}
		}
		rest = slices.DeleteFunc(rest, func(op *api.Operation) bool { return slices.Contains(matches, op) })
	}
	var list []pair
	for i, op := range new.Operations {
		if matches[i] != nil {
			list = append(list, pair{matches[i], op})
		}
	}
	return list
}
