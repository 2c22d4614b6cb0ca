package wirediff

// This file compares declared types: objects, enums and unions. Two declarations are compared once
// for requests and once for responses, however many operations use them.

import (
	"maps"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
)

// A pair names two declarations that are compared.
type pair struct {
	old, new  string
	direction Direction
}

// A schemaPair is two declarations with their differences.
type schemaPair struct {
	old, new   *api.Named
	found      []Difference
	uses       []*schemaPair
	operations map[string]bool // operations that use the schemas directly
}

// refer compares two declarations, unless that was done already, and records who uses them.
func (c *comparison) refer(at Difference, old, new *api.Named, owner *schemaPair) {
	key := pair{old.Name, new.Name, at.Direction}
	p := c.pairs[key]
	if p == nil {
		p = &schemaPair{old: old, new: new, operations: map[string]bool{}}
		c.pairs[key] = p
		outer := c.found
		c.found = nil
		c.declarations(Difference{Subject: new.Schema, Direction: at.Direction, Old: old.Pos, New: new.Pos}, p)
		p.found, c.found = c.found, outer
	}
	if owner == nil {
		p.operations[at.Subject] = true
	} else {
		owner.uses = append(owner.uses, p)
	}
}

// declarations compares two declarations of the same shape.
func (c *comparison) declarations(at Difference, p *schemaPair) {
	switch p.new.Shape {
	case api.Struct:
		c.objects(at, p)
	case api.Union:
		c.unions(at, p)
	case api.Enum:
		c.kinds(at, value{api.Ref(p.old.Name), ""}, value{api.Ref(p.new.Name), ""})
	}
}

// schemas adds the differences of declarations, with the operations that use them.
func (c *comparison) schemas() {
	users := map[*schemaPair]map[string]bool{}
	for _, p := range c.pairs {
		if len(p.operations) > 0 {
			p.reach(p.operations, users, map[*schemaPair]bool{})
		}
	}
	for p, operations := range users {
		for _, d := range p.found {
			d.Operations = slices.Sorted(maps.Keys(operations))
			c.add(d)
		}
	}
}

// reach records that operations use p and all that p uses.
func (p *schemaPair) reach(
	operations map[string]bool, users map[*schemaPair]map[string]bool, seen map[*schemaPair]bool,
) {
	if seen[p] {
		return
	}
	seen[p] = true
	if users[p] == nil {
		users[p] = map[string]bool{}
	}
	maps.Copy(users[p], operations)
	for _, q := range p.uses {
		q.reach(operations, users, seen)
	}
}

// objects compares the members of two objects.
func (c *comparison) objects(at Difference, p *schemaPair) {
	olds, news := visible(p.old, at.Direction), visible(p.new, at.Direction)
	for _, f := range p.old.Fields {
		g := fieldOf(news, f.Name)
		switch {
		case fieldOf(olds, f.Name) == nil:
		case g != nil:
			c.member(at.at(f.Pos, g.Pos), f, g, p)
		case fieldOf(p.new.Fields, f.Name) != nil: // it is read-only or write-only now
			hidden := fieldOf(p.new.Fields, f.Name)
			what := "is read-only now"
			if at.Direction == Response {
				what = "is not returned any more"
			}
			c.add(at.at(f.Pos, hidden.Pos).with("member-hidden", Breaking, "member "+f.Name, what))
		default:
			c.add(at.at(f.Pos, p.new.Pos).with("member-removed", Breaking, "member "+f.Name, "was removed"))
		}
	}
	for _, g := range news {
		if fieldOf(olds, g.Name) == nil {
			c.newMember(at, g, p)
		}
	}
	if was, is := p.old.Additional, p.new.Additional; was != nil && is != nil {
		at.Place = "further members"
		c.types(at, was, is, p)
	}
}

// newMember adds the difference of a member that callers could not send or did not receive before.
func (c *comparison) newMember(at Difference, g *api.Field, p *schemaPair) {
	effect, what, pos := Addition, "was added", p.old.Pos
	if hidden := fieldOf(p.old.Fields, g.Name); hidden != nil {
		pos, what = hidden.Pos, "can be sent now"
		if at.Direction == Response {
			what = "is returned now"
		}
	}
	if at.Direction == Request && g.Required && g.Assumed == "" && g.Constant == "" {
		effect, what = Breaking, "was added and must be sent"
	}
	c.add(at.at(pos, g.Pos).with("member-added", effect, "member "+g.Name, what))
}

// visible returns the members that are sent in a direction.
func visible(n *api.Named, d Direction) []*api.Field {
	return slices.DeleteFunc(slices.Clone(n.Fields), func(f *api.Field) bool {
		return d == Request && f.ReadOnly || d == Response && f.WriteOnly
	})
}

func fieldOf(list []*api.Field, name string) *api.Field {
	if i := slices.IndexFunc(list, func(f *api.Field) bool { return f.Name == name }); i >= 0 {
		return list[i]
	}
	return nil
}

// member compares two versions of a member.
func (c *comparison) member(at Difference, f, g *api.Field, p *schemaPair) {
	at.Place = "member " + f.Name
	switch {
	case !f.Required && g.Required && at.Direction == Response:
		c.add(at.with("member-required", Neutral, at.Place, "is always returned now"))
	case !f.Required && g.Required && g.Assumed == "":
		c.add(at.with("member-required", Breaking, at.Place, "must be sent now"))
	case f.Required && !g.Required && at.Direction == Response:
		c.add(at.with("member-optional", Breaking, at.Place, "is not always returned any more"))
	case f.Required && !g.Required:
		c.add(at.with("member-optional", Addition, at.Place, "need not be sent any more"))
	}
	if at.Direction == Request {
		c.assumed(at, at.Place, f.Assumed, g.Assumed)
	}
	if !f.Deprecated && g.Deprecated {
		c.add(at.with("deprecated", Neutral, at.Place, "is deprecated now"))
	}
	c.null(at, f.Nullable, g.Nullable)
	c.values(at, value{f.Type, f.Constant}, value{g.Type, g.Constant}, p)
}

// unions compares the variants of two unions: those with the same discriminator values, then those
// with the same schema.
func (c *comparison) unions(at Difference, p *schemaPair) {
	if was, is := p.old.Discriminator, p.new.Discriminator; was != "" && is != "" && was != is {
		c.add(at.with("discriminator", Breaking, "", "has another discriminator: "+was+" → "+is))
	}
	olds, news := slices.Clone(p.old.Variants), slices.Clone(p.new.Variants)
	for _, key := range []func(side, *api.Variant) string{side.variantValues, side.variantSchema} {
		olds = slices.DeleteFunc(olds, func(v *api.Variant) bool {
			i := slices.IndexFunc(news, func(w *api.Variant) bool {
				return key(c.old, v) != "" && key(c.old, v) == key(c.new, w)
			})
			if i < 0 {
				return false
			}
			at.Place = "variant " + c.new.variantName(news[i])
			c.enumerations(at, constants(v.Values), constants(news[i].Values))
			c.types(at, v.Type, news[i].Type, p)
			news = slices.Delete(news, i, i+1)
			return true
		})
	}
	for _, v := range olds {
		at.Place = "variant " + c.old.variantName(v)
		c.add(at.narrowed("variant-removed", "is never returned any more", "was removed"))
	}
	for _, v := range news {
		at.Place = "variant " + c.new.variantName(v)
		c.add(at.widened("variant-added", "may be returned now", "was added"))
	}
}

// variantValues returns the discriminator values of a variant.
func (s side) variantValues(v *api.Variant) string { return strings.Join(constants(v.Values), ", ") }

// variantSchema returns the schema of a variant.
func (s side) variantSchema(v *api.Variant) string { return s.label(v.Type) }

// variantName returns what a variant is called in texts.
func (s side) variantName(v *api.Variant) string {
	if values := s.variantValues(v); values != "" {
		return values
	}
	return s.variantSchema(v)
}

// constants returns the texts of constants, nil if there are none.
func constants(list []api.Constant) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Text)
	}
	return out
}
