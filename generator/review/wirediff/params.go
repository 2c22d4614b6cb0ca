package wirediff

// This file compares parameters.

import (
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

// parameters compares the parameters of two versions of an operation: those with the same name and
// location, then path parameters in the same place of the path, then those that moved to another
// location.
func (c *comparison) parameters(old, new *exchange) {
	at := Difference{Subject: new.Route(), Direction: Request, Old: old.Pos, New: new.Pos}
	olds, news := old.AllParams(), new.AllParams()
	isKey := func(p *api.Param) bool { return isKeyHeader(old.Operation, p) || isKeyHeader(new.Operation, p) }
	olds, news = slices.DeleteFunc(olds, isKey), slices.DeleteFunc(news, isKey)

	olds, news = c.paired(at, olds, news, func(p, q *api.Param) bool { return p.In == q.In && sameName(p, q) })
	if old.key() == new.key() {
		olds, news = c.paired(at, olds, news, func(p, q *api.Param) bool {
			return slices.Index(old.PathParams, p) == slices.Index(new.PathParams, q) && p.In == api.InPath
		})
	}
	olds, news = c.paired(at, olds, news, func(p, q *api.Param) bool { return strings.EqualFold(p.Name, q.Name) })
	for _, p := range olds {
		c.add(at.at(p.Pos, new.Pos).with("parameter-removed", Breaking, named(p), "was removed"))
	}
	for _, p := range news {
		effect, what := Addition, "was added"
		if p.Required && p.Default == "" {
			effect, what = Breaking, "was added and must be sent"
		}
		c.add(at.at(old.Pos, p.Pos).with("parameter-added", effect, named(p), what))
	}
}

// isKeyHeader reports whether the runtime sets a header because the operation is keyed.
func isKeyHeader(op *api.Operation, p *api.Param) bool {
	return op.Policy.Idempotency == policy.Keyed && p.In == api.InHeader &&
		strings.EqualFold(p.Name, op.Policy.Key.Header)
}

// sameName reports whether two parameters of a location have the same name. Names of headers do not
// depend on case.
func sameName(p, q *api.Param) bool {
	return p.Name == q.Name || p.In == api.InHeader && strings.EqualFold(p.Name, q.Name)
}

// named returns the name of a parameter with its location.
func named(p *api.Param) string { return string(p.In) + " parameter " + p.Name }

// paired compares parameters that are the same and returns the others.
func (c *comparison) paired(
	at Difference, olds, news []*api.Param, same func(p, q *api.Param) bool,
) (_, _ []*api.Param) {
	news = slices.Clone(news)
	var rest []*api.Param
	for _, p := range olds {
		i := slices.IndexFunc(news, func(q *api.Param) bool { return same(p, q) })
		if i < 0 {
			rest = append(rest, p)
			continue
		}
		c.parameter(at, p, news[i])
		news = slices.Delete(news, i, i+1)
	}
	return rest, news
}

// parameter compares two versions of a parameter.
func (c *comparison) parameter(at Difference, p, q *api.Param) {
	at = at.at(p.Pos, q.Pos)
	place := named(p)
	if p.In != q.In {
		c.add(at.with("parameter-moved", Breaking, place, "is a "+string(q.In)+" parameter now"))
	}
	switch {
	case !p.Required && q.Required && q.Default == "":
		c.add(at.with("parameter-required", Breaking, place, "must be sent now"))
	case p.Required && !q.Required:
		c.add(at.with("parameter-optional", Addition, place, "need not be sent any more"))
	}
	if p.In == q.In {
		c.serialization(at, p, q)
	}
	c.assumed(at, place, p.Assumed, q.Assumed)
	if !p.Deprecated && q.Deprecated {
		c.add(at.with("deprecated", Neutral, place, "is deprecated now"))
	}
	c.types(at.with("", 0, place, ""), p.Type, q.Type, nil)
}

// assumed compares what the server assumes when no value is sent.
func (c *comparison) assumed(at Difference, place, old, new string) {
	switch {
	case old == new:
	case old == "":
		c.add(at.with("default-added", Neutral, place, "has the default "+new+" now"))
	case new == "":
		c.add(at.with("default-removed", Neutral, place, "has no default any more; it was "+old))
	default:
		c.add(at.with("default-changed", Breaking, place, "has another default: "+old+" → "+new))
	}
}

// serialization compares how the value of a parameter is written.
func (c *comparison) serialization(at Difference, p, q *api.Param) {
	place := named(p)
	scalar := c.old.isScalar(p.Type) && c.new.isScalar(q.Type)
	if was, is := format(p, scalar), format(q, scalar); was != is {
		c.add(at.with("parameter-format", Breaking, place, "is written in another way: "+was+" → "+is))
	}
	switch {
	case p.AllowEmpty && !q.AllowEmpty:
		c.add(at.with("parameter-empty", Breaking, place, "must not be empty any more"))
	case !p.AllowEmpty && q.AllowEmpty:
		c.add(at.with("parameter-empty", Addition, place, "may be empty now"))
	}
	if p.Reserved != q.Reserved {
		c.add(at.with("parameter-reserved", Neutral, place, "is percent-encoded in another way"))
	}
}

// format describes how a value is written. Most styles write a single value in the same way.
func format(p *api.Param, scalar bool) string {
	if p.Media != "" {
		return p.Media
	}
	style, explode := p.Style, p.Explode
	if scalar {
		explode = false
		switch style {
		case api.StyleForm, api.StyleSpace, api.StylePipe, api.StyleTab, api.StyleDeepObject:
			style = api.StyleForm
		}
	}
	text := "style " + string(style)
	if !scalar {
		text += ", explode " + strconv.FormatBool(explode)
	}
	if p.Inner != "" && !scalar {
		text += ", inner lists with " + strconv.Quote(p.Inner)
	}
	if p.Greedy {
		text += ", with slashes"
	}
	return text
}
