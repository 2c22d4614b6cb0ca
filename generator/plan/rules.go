package plan

// This file plans what validation checks.

import (
	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/rules"
	"github.com/resgen/resgen/generator/plan/typing"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/media"
)

// planRules sets the rules of parameters, bodies and declared types. All types must be built.
func planRules(a *api.API, doc *spec.Document, ops []*operation, types *typing.Types, found *diag.List) {
	b := rules.New(doc, types.Declared, found)
	for _, s := range types.Schemas() {
		b.Of(s)
	}
	for _, op := range ops {
		for _, p := range op.api.AllParams() {
			for _, s := range op.spec.Params {
				if s.Name == p.Name && api.In(s.In) == p.In {
					p.Rule = b.Of(s.Schema)
				}
			}
		}
		if op.content != nil && isValidated(op.api.Body.Format, op.content) {
			op.api.Body.Rule = b.Of(op.content.Schema)
		}
	}
	a.Rules = b.Named()
	prune(a, ops)
}

// isValidated reports whether a body has values that a schema describes.
func isValidated(f api.Format, c *spec.Content) bool {
	switch f {
	case api.FormatJSON, api.FormatForm, api.FormatMultipart:
		return true
	case api.FormatText: // other texts, such as XML, are written by the caller
		return media.Base(c.Media) == "text/plain" && c.Schema != nil && typing.IsPlainString(c.Schema.Target())
	}
	return false
}

// prune removes the references of parameters and bodies to rules that allow everything.
func prune(a *api.API, ops []*operation) {
	known := map[string]bool{}
	for _, r := range a.Rules {
		known[r.Name] = true
	}
	kept := func(r *api.Rule) *api.Rule {
		if r != nil && r.Ref != "" && !known[r.Ref] && rules.IsReference(r) {
			return nil
		}
		return r
	}
	for _, op := range ops {
		for _, p := range op.api.AllParams() {
			p.Rule = kept(p.Rule)
		}
		if op.api.Body != nil {
			op.api.Body.Rule = kept(op.api.Body.Rule)
		}
	}
}

// setValidates marks the types that can have a method Validate: all but aliases, and types that are
// pointers or interfaces.
func setValidates(types []*api.Named, d api.Declarations) {
	for _, n := range types {
		switch n.Shape {
		case api.Struct, api.Enum, api.Union:
			n.Validates = true
		case api.Defined:
			switch d.Under(n.Underlying).Kind {
			case api.Any, api.Pointer, api.Reader, api.Stream:
			default:
				n.Validates = true
			}
		}
	}
}
