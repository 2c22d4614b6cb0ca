// This file names what stands under components, and gives every inline schema the name it wants: that of the place where it stands.
package plan

import (
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
)

// componentNames claims the names of component schemas: first those that are spelled like their Go name, then the others.
func (p *planner) componentNames() {
	for _, exact := range []bool{true, false} {
		for _, s := range p.doc.Schemas {
			if (exported(s.Name) == s.Name) == exact {
				p.declareComponent(s)
			}
		}
	}
}

// declareComponent claims the name of a component schema. One that only refers to something without a name gives it its own.
func (p *planner) declareComponent(s *spec.Schema) {
	what := "schema " + s.Name
	if s.Name == "" {
		what = "schema \"\""
	}
	n := &api.Named{Name: p.pkg.claim(exported(s.Name), owner{what, s.Pos}, "Schema"), Schema: what, Pos: s.Pos}
	p.api.Types = append(p.api.Types, n)
	p.named[s] = n
	if t := s.Target(); t != s && t.Name == "" && p.named[t] == nil {
		p.named[t] = n
	}
}

// hintComponents walks over everything under components.
func (p *planner) hintComponents() {
	for _, s := range p.doc.Schemas {
		name := p.named[s].Name
		if t := s.Target(); t != s && p.named[t] == p.named[s] {
			s = t
		}
		p.hints[s] = name
		p.hintParts(s, name)
	}
}

// hint says which name an inline schema wants, and goes on to its parts.
func (p *planner) hint(s *spec.Schema, name string) {
	if s == nil || s.Ref != nil || p.named[s] != nil || p.hints[s] != "" {
		return
	}
	p.hints[s] = name
	p.hintParts(s, name)
}

// hintParts names the schemas within s after it: Order.lines gives OrderLines, its items OrderLinesItem.
func (p *planner) hintParts(s *spec.Schema, name string) {
	for _, prop := range s.Properties {
		p.hint(prop.Schema, name+joined(prop.Name))
	}
	p.hint(s.Items, name+"Item")
	for i, t := range s.Tuple {
		p.hint(t, name+"Item"+strconv.Itoa(i+1))
	}
	p.hint(s.Additional, name+"Value")
	for _, m := range s.AllOf {
		p.hint(m, name)
	}
	for _, list := range [][]*spec.Schema{s.OneOf, s.AnyOf} {
		p.hintVariants(list, name)
	}
}

// hintVariants names inline alternatives by their titles, else by number. A single one beside null has the name to itself.
func (p *planner) hintVariants(list []*spec.Schema, name string) {
	alone := 0
	for _, v := range list {
		if !isNull(v) {
			alone++
		}
	}
	for i, v := range list {
		switch {
		case alone == 1:
			p.hint(v, name)
		case shortTitle(v.Title):
			p.hint(v, name+joined(v.Title))
		default:
			p.hint(v, name+"Variant"+strconv.Itoa(i+1))
		}
	}
}

// shortTitle reports whether a title makes a name.
func shortTitle(title string) bool { return title != "" && len(title) <= 40 && len(words(title)) > 0 }

// structural are the segments of a pointer that say nothing.
var structural = map[string]bool{
	"components": true, "schemas": true, "definitions": true, "$defs": true, "properties": true, "paths": true, "schema": true, "content": true,
	"responses": true, "parameters": true, "requestBody": true, "requestBodies": true, "application/json": true,
}

// hintFromPointer names a schema that is only known by reference: in another file, or somewhere in this one.
func hintFromPointer(pointer string) string {
	file, fragment, _ := strings.Cut(pointer, "#")
	var b strings.Builder
	for segment := range strings.SplitSeq(fragment, "/") {
		if segment = strings.ReplaceAll(strings.ReplaceAll(segment, "~1", "/"), "~0", "~"); segment != "" && !structural[segment] {
			b.WriteString(joined(segment))
		}
	}
	if b.Len() > 0 {
		return exported(b.String())
	}
	base := file[strings.LastIndex(file, "/")+1:]
	base, _, _ = strings.Cut(base, ".")
	return exported(base)
}
