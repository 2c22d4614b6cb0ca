package naming

import "strings"

// A Place is the location of an inline schema and the Go name that the schema should have.
type Place struct {
	Name string // wanted Go name; empty if the place is not known
	Root string // for example "schema Order" or "body of createOrder"
	Path string // path below Root, for example ".lines[].price"
}

// String describes the place for findings and doc comments: "lines[].price of schema Order".
func (p Place) String() string {
	switch {
	case p.Root == "":
		return "inline schema"
	case p.Path == "":
		return p.Root
	}
	path := strings.TrimPrefix(p.Path, ".")
	for _, start := range []struct{ sign, word string }{{"[]", "items"}, {"{}", "values"}} {
		if rest, ok := strings.CutPrefix(path, start.sign); ok {
			path = start.word + rest
		}
	}
	return strings.TrimSpace(path) + " of " + p.Root
}

// Sub returns the place of a part: its name is appended to the name of p, its path to the path.
func (p Place) Sub(name, path string) Place { return Place{p.Name + name, p.Root, p.Path + path} }

// Property returns the place of a property.
func (p Place) Property(name string) Place { return p.Sub(Suffix(name), "."+name) }

// Items returns the place of the items of a list.
func (p Place) Items() Place { return p.Sub("Item", "[]") }

// Values returns the place of the values of a map.
func (p Place) Values() Place { return p.Sub("Value", "{}") }

// structural are the segments of a pointer that add nothing to a name.
var structural = map[string]bool{
	"components": true, "schemas": true, "definitions": true, "$defs": true, "properties": true, "paths": true,
	"schema": true, "content": true, "responses": true, "parameters": true, "requestBody": true,
	"requestBodies": true, "application/json": true,
}

// PlaceAt returns the place of a schema that is only known by a reference: to another file, or to a
// location in this one that is not a component.
func PlaceAt(pointer string) Place {
	p := Place{Root: "schema " + pointer}
	file, fragment, _ := strings.Cut(pointer, "#")
	var b strings.Builder
	for segment := range strings.SplitSeq(fragment, "/") {
		segment = strings.ReplaceAll(strings.ReplaceAll(segment, "~1", "/"), "~0", "~")
		if segment != "" && !structural[segment] {
			b.WriteString(Suffix(segment))
		}
	}
	if b.Len() > 0 {
		p.Name = Exported(b.String())
		return p
	}
	base := file[strings.LastIndex(file, "/")+1:]
	base, _, _ = strings.Cut(base, ".")
	p.Name = Exported(base)
	return p
}
