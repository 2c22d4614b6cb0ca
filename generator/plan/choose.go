package plan

import (
	"go/token"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/tree"
)

// choose keeps the operations that are wanted and, where some are not, the component schemas that those need.
func (p *planner) choose() {
	p.ops, p.schemas = p.doc.Operations, p.doc.Schemas
	if p.opts.Keep != nil {
		p.ops = slices.DeleteFunc(slices.Clone(p.ops), func(o *spec.Operation) bool { return !p.opts.Keep(o) })
		used := reach{}
		for _, o := range p.ops {
			used.operation(o)
		}
		p.schemas = slices.DeleteFunc(slices.Clone(p.schemas), func(s *spec.Schema) bool { return !used[s] })
	}
	p.checkRenames()
}

// checkRenames finds renames that name nothing or give no name.
func (p *planner) checkRenames() {
	var names []string
	for _, s := range p.doc.Schemas {
		names = append(names, s.Name)
	}
	for _, o := range p.doc.Operations {
		names = append(names, o.ID)
	}
	for _, r := range p.opts.Renames {
		subject := "rename " + r.From
		if !slices.Contains(names, r.From) || r.From == "" {
			cure := "delete it"
			if s := tree.Suggest(r.From, names); s != "" {
				cure = `did you mean "` + s + `"?`
			}
			p.fail(r.Pos, "unknown-name", subject, "the document has no schema or operationId of this name", cure)
		}
		if !token.IsIdentifier(r.To) || !token.IsExported(r.To) {
			p.fail(r.Pos, "bad-name", subject, strconv.Quote(r.To)+" is no exported Go name", "begin with a capital letter, go on with letters and digits")
		}
	}
}

// chosen returns the Go name that a user gives: in resgen.yaml under name (a schema or operationId, else empty), or by x-go-name at n.
// Otherwise it is the usual one of fallback.
func (p *planner) chosen(name, fallback string, n *tree.Node) string {
	for _, r := range p.opts.Renames {
		if r.From == name && name != "" {
			return r.To
		}
	}
	given := n.Get("x-go-name")
	switch {
	case given == nil:
		return exported(fallback)
	case token.IsIdentifier(given.Text) && token.IsExported(given.Text):
		return given.Text
	}
	p.warn(given.Pos, "bad-name", "x-go-name", strconv.Quote(given.Text)+" is no exported Go name", "begin with a capital letter, go on with letters and digits")
	return exported(fallback)
}

// A reach is a set of schemas and everything within them.
type reach map[*spec.Schema]bool

func (r reach) operation(o *spec.Operation) {
	for _, s := range o.Params {
		r.add(s.Schema)
	}
	if o.Body != nil {
		for _, c := range o.Body.Contents {
			r.add(c.Schema)
		}
	}
	for _, a := range o.Responses {
		for _, c := range a.Contents {
			r.add(c.Schema)
		}
	}
}

func (r reach) add(s *spec.Schema) {
	if s == nil || r[s] {
		return
	}
	r[s] = true
	r.add(s.Ref)
	r.add(s.Items)
	r.add(s.Additional)
	for _, prop := range s.Properties {
		r.add(prop.Schema)
	}
	for _, list := range [][]*spec.Schema{s.AllOf, s.OneOf, s.AnyOf, s.Tuple} {
		for _, m := range list {
			r.add(m)
		}
	}
}
