package wirediff

// This file is the entry, [Compare], and finds the operations that belong together.

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
)

// Compare returns what differs between two versions of an API, breaking differences first.
func Compare(old, new *api.API) []Difference {
	c := &comparison{
		old: side{old, api.Declared(old.Types)}, new: side{new, api.Declared(new.Types)}, pairs: map[pair]*schemaPair{},
	}
	c.servers()
	c.schemes()
	c.operations()
	c.schemas()
	return merged(c.found)
}

// A comparison collects the differences of two APIs.
type comparison struct {
	old, new side
	found    []Difference
	pairs    map[pair]*schemaPair // schemas that were compared
	renamed  map[string]string    // new names of security schemes, by their old names
}

// A side is one of the APIs.
type side struct {
	*api.API
	api.Declarations
}

// whole is the place of the document.
func (s side) whole() diag.Position { return diag.Position{File: s.Source} }

func (c *comparison) add(d Difference) { c.found = append(c.found, d) }

// An exchange is an operation of the document. It has one planned operation for each media type of
// its request body, that of the first media type first.
type exchange struct {
	*api.Operation
	all []*api.Operation
}

// exchanges returns the operations of an API.
func exchanges(a *api.API) []*exchange {
	var list []*exchange
	for _, op := range a.Operations {
		last := len(list) - 1
		if last >= 0 && list[last].Path == op.Path && list[last].Method == op.Method {
			list[last].all = append(list[last].all, op)
			continue
		}
		list = append(list, &exchange{op, []*api.Operation{op}})
	}
	return list
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// Shape returns a path template without the names of its parameters, which are not sent.
func Shape(path string) string { return placeholder.ReplaceAllString(path, "{}") }

// key returns method and path without the names of path parameters.
func (e *exchange) key() string { return e.Method + " " + Shape(e.Path) }

// operations compares the operations with the same method and path, then those with the same id.
func (c *comparison) operations() {
	olds, news := exchanges(c.old.API), exchanges(c.new.API)
	olds, news = c.matched(olds, news, (*exchange).key, c.operation)
	olds, news = c.matched(olds, news, (*exchange).id, c.moved)
	for _, e := range olds {
		c.add(Difference{
			Code: "operation-removed", Subject: e.Route(), What: "was removed", Old: e.Pos, New: c.new.whole(),
		})
	}
	for _, e := range news {
		c.add(Difference{
			Code: "operation-added", Effect: Addition, Subject: e.Route(), What: "was added", Old: c.old.whole(),
			New: e.Pos,
		})
	}
}

// id returns the operationId, or method and path without one.
func (e *exchange) id() string { return e.ID }

// matched calls do for operations with the same key and returns the others.
func (c *comparison) matched(
	olds, news []*exchange, key func(*exchange) string, do func(old, new *exchange),
) (_, _ []*exchange) {
	byKey := map[string]*exchange{}
	for _, e := range news {
		byKey[key(e)] = cmp.Or(byKey[key(e)], e)
	}
	done := map[*exchange]bool{}
	for _, e := range olds {
		if other := byKey[key(e)]; other != nil && !done[other] {
			done[e], done[other] = true, true
			do(e, other)
		}
	}
	isDone := func(e *exchange) bool { return done[e] }
	return slices.DeleteFunc(slices.Clone(olds), isDone), slices.DeleteFunc(slices.Clone(news), isDone)
}

// moved compares operations with the same id whose method or path differs.
func (c *comparison) moved(old, new *exchange) {
	c.add(Difference{
		Code: "operation-moved", Subject: old.Route(), What: "is " + new.Route() + " now",
		Old: old.Pos, New: new.Pos,
	})
	c.operation(old, new)
}

// operation compares two versions of an operation.
func (c *comparison) operation(old, new *exchange) {
	at := Difference{Subject: new.Route(), Old: old.Pos, New: new.Pos}
	if !old.Deprecated && new.Deprecated {
		c.add(at.with("deprecated", Neutral, "", "is deprecated now"))
	}
	c.parameters(old, new)
	c.bodies(old, new)
	c.responses(old, new)
	c.security(at, old, new)
	c.ownServer(at, old, new)
}

// with returns a difference of the same subject.
func (d Difference) with(code string, effect Effect, place, what string) Difference {
	d.Code, d.Effect, d.Place, d.What = code, effect, place, what
	return d
}

// at returns the difference with other places.
func (d Difference) at(old, new diag.Position) Difference {
	d.Old, d.New = old, new
	return d
}

// counted returns a number of names that are not listed: "2 more".
func counted(n int) string { return strconv.Itoa(n) + " more" }
