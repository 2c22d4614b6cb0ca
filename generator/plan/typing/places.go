package typing

import (
	"strconv"

	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
)

// places has the place of every inline schema. The first place of a schema counts.
type places struct {
	decls *declarations
	at    map[*spec.Schema]naming.Place
}

// add sets the place of an inline schema and of the schemas within it. Nil, references and
// declared schemas are ignored.
func (p places) add(s *spec.Schema, at naming.Place) {
	if s == nil || s.Ref != nil || p.decls.of[s] != nil || p.at[s].Name != "" {
		return
	}
	p.at[s] = at
	p.addParts(s, at)
}

// addComponent sets the place of a declared component and of the schemas within it.
func (p places) addComponent(s *spec.Schema) {
	n := p.decls.of[s]
	if t := s.Target(); t != s && p.decls.of[t] == n {
		s = t
	}
	p.at[s] = naming.Place{Name: n.Name, Root: n.Schema}
	p.addParts(s, p.at[s])
}

// addParts derives the places of the schemas within s: Order.lines gives OrderLines and its items
// give OrderLinesItem.
func (p places) addParts(s *spec.Schema, at naming.Place) {
	for _, prop := range s.Properties {
		p.add(prop.Schema, at.Property(prop.Name))
	}
	p.add(s.Items, at.Items())
	for i, t := range s.Tuple {
		p.add(t, at.Sub("Item_"+strconv.Itoa(i+1), "["+strconv.Itoa(i)+"]"))
	}
	p.add(s.Additional, at.Values())
	for _, m := range s.AllOf {
		p.add(m, at)
	}
	for _, list := range [][]*spec.Schema{s.OneOf, s.AnyOf} {
		for i, l := range labels(list) {
			p.add(list[i], at.Sub(l.Name, l.Path))
		}
	}
}

// labels returns name and path of each alternative: the name of its schema, or its title if no
// other alternative has the same, or its number. A single alternative, apart from null, needs no
// label.
func labels(list []*spec.Schema) []naming.Place {
	out := make([]naming.Place, len(list))
	alone, titles := 0, map[string]int{}
	for _, v := range list {
		if !isNull(v) {
			alone++
		}
		titles[naming.Suffix(v.Title)]++
	}
	for i, v := range list {
		number := strconv.Itoa(i + 1)
		switch name := v.Target().Name; {
		case alone == 1:
		case name != "":
			out[i] = naming.Place{Name: naming.Suffix(name), Path: " " + name}
		case isLabel(v.Title) && titles[naming.Suffix(v.Title)] == 1:
			out[i] = naming.Place{Name: naming.Suffix(v.Title), Path: " " + v.Title}
		default:
			out[i] = naming.Place{Name: "Variant_" + number, Path: " alternative " + number}
		}
	}
	return out
}

// isLabel reports whether a title is short enough for a name.
func isLabel(title string) bool { return len(title) <= 40 && naming.HasWords(title) }
