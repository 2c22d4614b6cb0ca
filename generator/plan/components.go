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
		for _, s := range p.schemas {
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
	n := &api.Named{Name: p.pkg.claim(p.chosen(s.Name, s.Name, s.Node), owner{what, s.Pos}, "Schema"), Schema: what, Pos: s.Pos}
	p.api.Types = append(p.api.Types, n)
	p.named[s] = n
	if t := s.Target(); t != s && t.Name == "" && p.named[t] == nil {
		p.named[t] = n
	}
}

// A hint says what an inline schema wants to be called and where it stands.
type hint struct {
	name string // Go name
	root string // "schema Order", "body of createOrder"
	path string // within root: lines[].price
}

// what describes the place for findings and doc comments: "lines[].price of schema Order".
func (h hint) what() string {
	switch {
	case h.root == "":
		return "inline schema"
	case h.path == "":
		return h.root
	}
	path := strings.TrimPrefix(h.path, ".")
	for _, start := range []struct{ sign, word string }{{"[]", "items"}, {"{}", "values"}} {
		if rest, ok := strings.CutPrefix(path, start.sign); ok {
			path = start.word + rest
		}
	}
	return strings.TrimSpace(path) + " of " + h.root
}

// sub is the hint for a part: its name follows the whole's, its place the path.
func (h hint) sub(name, path string) hint { return hint{h.name + name, h.root, h.path + path} }

func (h hint) property(name string) hint { return h.sub(joined(name), "."+name) }
func (h hint) items() hint               { return h.sub("Item", "[]") }
func (h hint) values() hint              { return h.sub("Value", "{}") }

// hintComponents walks over everything under components.
func (p *planner) hintComponents() {
	for _, s := range p.schemas {
		n := p.named[s]
		h := hint{name: n.Name, root: n.Schema}
		if t := s.Target(); t != s && p.named[t] == n {
			s = t
		}
		p.hints[s] = h
		p.hintParts(s, h)
	}
}

// hint says which name an inline schema wants, and goes on to its parts.
func (p *planner) hint(s *spec.Schema, h hint) {
	if s == nil || s.Ref != nil || p.named[s] != nil || p.hints[s].name != "" {
		return
	}
	p.hints[s] = h
	p.hintParts(s, h)
}

// hintParts names the schemas within s after it: Order.lines gives OrderLines, its items OrderLinesItem.
func (p *planner) hintParts(s *spec.Schema, h hint) {
	for _, prop := range s.Properties {
		p.hint(prop.Schema, h.property(prop.Name))
	}
	p.hint(s.Items, h.items())
	for i, t := range s.Tuple {
		p.hint(t, h.sub("Item"+strconv.Itoa(i+1), "["+strconv.Itoa(i)+"]"))
	}
	p.hint(s.Additional, h.values())
	for _, m := range s.AllOf {
		p.hint(m, h)
	}
	for _, list := range [][]*spec.Schema{s.OneOf, s.AnyOf} {
		p.hintVariants(list, h)
	}
}

// hintVariants names inline alternatives.
func (p *planner) hintVariants(list []*spec.Schema, h hint) {
	for i, part := range labels(list) {
		p.hint(list[i], h.sub(part.name, part.path))
	}
}

// labels says how each alternative is told from the others: by the name of its schema, by its title where no other has that, else by number.
// A single one beside null needs no label.
func labels(list []*spec.Schema) []hint {
	out := make([]hint, len(list))
	alone, titles := 0, map[string]int{}
	for _, v := range list {
		if !isNull(v) {
			alone++
		}
		titles[joined(v.Title)]++
	}
	for i, v := range list {
		number := strconv.Itoa(i + 1)
		switch name := v.Target().Name; {
		case alone == 1:
		case name != "":
			out[i] = hint{name: joined(name), path: " " + name}
		case shortTitle(v.Title) && titles[joined(v.Title)] == 1:
			out[i] = hint{name: joined(v.Title), path: " " + v.Title}
		default:
			out[i] = hint{name: "Variant" + number, path: " alternative " + number}
		}
	}
	return out
}

// shortTitle reports whether a title makes a name.
func shortTitle(title string) bool { return len(title) <= 40 && len(words(title)) > 0 }

// structural are the segments of a pointer that say nothing.
var structural = map[string]bool{
	"components": true, "schemas": true, "definitions": true, "$defs": true, "properties": true, "paths": true, "schema": true, "content": true,
	"responses": true, "parameters": true, "requestBody": true, "requestBodies": true, "application/json": true,
}

// hintFromPointer names a schema that is only known by reference: in another file, or somewhere in this one.
func hintFromPointer(pointer string) hint {
	h := hint{root: "schema " + pointer}
	file, fragment, _ := strings.Cut(pointer, "#")
	var b strings.Builder
	for segment := range strings.SplitSeq(fragment, "/") {
		if segment = strings.ReplaceAll(strings.ReplaceAll(segment, "~1", "/"), "~0", "~"); segment != "" && !structural[segment] {
			b.WriteString(joined(segment))
		}
	}
	if b.Len() > 0 {
		h.name = exported(b.String())
		return h
	}
	base := file[strings.LastIndex(file, "/")+1:]
	base, _, _ = strings.Cut(base, ".")
	h.name = exported(base)
	return h
}
