package rules

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
)

// A Builder builds the rules of a package.
type Builder struct {
	name  func(*spec.Schema) string // Go name of the type of a schema; empty if it has no declaration
	found *diag.List

	rest     bool // some schema states what applies to the members that no other lists
	named    map[string]*api.Rule
	waiting  []entry
	patterns map[diag.Position]bool // reported
}

// An entry is a schema whose rule others refer to.
type entry struct {
	name   string
	schema *spec.Schema
}

// New returns an empty builder for a document. declared returns the Go name of the type that is
// declared for a schema, or "". Findings are added to found.
func New(doc *spec.Document, declared func(*spec.Schema) string, found *diag.List) *Builder {
	return &Builder{
		name: declared, found: found, rest: statesRest(doc),
		named: map[string]*api.Rule{}, patterns: map[diag.Position]bool{},
	}
}

// Of returns the rule of a schema, or nil without constraints.
func (b *Builder) Of(s *spec.Schema) *api.Rule { return b.rule(s, nil) }

// Named returns the rules that others refer to, sorted by name. It must be called last.
func (b *Builder) Named() []api.NamedRule {
	for len(b.waiting) > 0 {
		next := b.waiting[0]
		b.waiting = b.waiting[1:]
		b.named[next.name] = b.content(next.schema, next.name, nil)
	}
	var list []api.NamedRule
	for name, r := range b.named {
		if r != nil {
			list = append(list, api.NamedRule{Name: name, Rule: r})
		}
	}
	slices.SortFunc(list, func(x, y api.NamedRule) int { return cmp.Compare(x.Name, y.Name) })
	return list
}

// rule returns the rule of a schema: a reference to that of its declared type if it has one.
// readOnly has the members that requests may leave out though the schema requires them.
func (b *Builder) rule(s *spec.Schema, readOnly map[string]bool) *api.Rule {
	if s == nil {
		return nil
	}
	if name := b.name(s); name != "" {
		return &api.Rule{Ref: b.refer(name, s)}
	}
	return b.content(s, "", readOnly)
}

// refer returns the name of a schema that has its own rule.
func (b *Builder) refer(name string, s *spec.Schema) string {
	if _, known := b.named[name]; !known {
		b.named[name] = nil
		b.waiting = append(b.waiting, entry{name, s})
	}
	return name
}

// content returns the rule of a schema itself, which has the given name, if any.
func (b *Builder) content(s *spec.Schema, name string, readOnly map[string]bool) *api.Rule {
	r := &api.Rule{Never: s.Never}
	inner := withReadOnly(readOnly, s)
	if c := s.Constraints; c != nil {
		b.scalar(r, c)
		b.list(r, c)
		b.object(r, s, inner)
		r.Not, r.If, r.Then, r.Else = b.stated(c.Not), b.stated(c.If), b.Of(c.Then), b.Of(c.Else)
	}
	if s.Ref != nil {
		b.reference(r, s, name, readOnly)
	}
	for _, part := range s.AllOf {
		if p := b.rule(part, inner); p != nil {
			r.AllOf = append(r.AllOf, p)
		}
	}
	r.AnyOf, r.OneOf = b.alternatives(s.AnyOf, inner), b.alternatives(s.OneOf, inner)
	return simple(r)
}

// stated returns the rule of a schema that has an effect even if it allows everything, or nil
// without a schema.
func (b *Builder) stated(s *spec.Schema) *api.Rule {
	if s == nil {
		return nil
	}
	return cmp.Or(b.Of(s), &api.Rule{})
}

// reference adds the rule that a schema refers to. A type that is declared for both the reference
// and its target has the rule of the target.
func (b *Builder) reference(r *api.Rule, s *spec.Schema, name string, readOnly map[string]bool) {
	target := b.name(s.Ref)
	switch {
	case target != "" && target == name:
		if p := b.content(s.Ref, name, readOnly); p != nil {
			r.AllOf = append(r.AllOf, p)
		}
	case target != "":
		r.Ref = b.refer(target, s.Ref)
	default:
		r.Ref = b.refer(cmp.Or(s.Ref.Pointer, s.Ref.Pos.String()), s.Ref)
	}
}

// alternatives returns the rules of a list. One without constraints allows everything.
func (b *Builder) alternatives(list []*spec.Schema, readOnly map[string]bool) []*api.Rule {
	var out []*api.Rule
	for _, s := range list {
		out = append(out, cmp.Or(b.rule(s, readOnly), &api.Rule{}))
	}
	return out
}

// scalar adds the constraints of all values, numbers and strings.
func (b *Builder) scalar(r *api.Rule, c *spec.Constraints) {
	r.Types, r.Nullable = c.Types, c.Nullable
	for _, v := range c.Enum {
		r.Enum = append(r.Enum, string(v.JSON()))
	}
	if c.Const != nil {
		r.AllOf = append(r.AllOf, &api.Rule{Enum: []string{string(c.Const.JSON())}})
	}
	r.Min, r.Max, r.Above, r.Below, r.MultipleOf = c.Min, c.Max, c.Above, c.Below, c.MultipleOf
	r.MinLength, r.MaxLength, r.Pattern = least(c.MinLength), most(c.MaxLength), b.pattern(c.Pattern, c.PatternPos)
	if formats[c.Format] {
		r.Format = c.Format
	}
}

// list adds the constraints of lists.
func (b *Builder) list(r *api.Rule, c *spec.Constraints) {
	r.MinItems, r.MaxItems, r.Unique = least(c.MinItems), most(c.MaxItems), c.Unique
	for _, s := range c.Prefix {
		r.Prefix = append(r.Prefix, b.Of(s))
	}
	r.Items, r.RestItems = b.Of(c.Items), b.Of(c.RestItems)
	if c.Contains != nil {
		r.Contains = b.stated(c.Contains)
		r.MinContains, r.MaxContains = most(c.MinContains), most(c.MaxContains)
	}
}

// object adds the constraints of objects.
func (b *Builder) object(r *api.Rule, s *spec.Schema, readOnly map[string]bool) {
	c := s.Constraints
	for _, name := range s.Required {
		if !readOnly[name] && !slices.Contains(r.Required, name) {
			r.Required = append(r.Required, name)
		}
	}
	r.Members = b.members(c.Properties, b.rest || c.Additional != nil)
	r.Patterns = b.patterned(c.Patterns)
	r.Additional, r.Names, r.RestMembers = b.Of(c.Additional), b.Of(c.Names), b.Of(c.RestMembers)
	r.MinMembers, r.MaxMembers = least(c.MinMembers), most(c.MaxMembers)
	for _, d := range c.DependentRequired {
		r.Dependent = append(r.Dependent, api.DependentRule{Name: d.Name, Required: d.Required})
	}
	for _, p := range c.DependentSchemas {
		if rule := b.Of(p.Schema); rule != nil {
			r.Dependent = append(r.Dependent, api.DependentRule{Name: p.Name, Rule: rule})
		}
	}
}

// members returns the rules of the members that are listed: of those without constraints only if
// the others depend on which are listed.
func (b *Builder) members(list []*spec.Property, keepAll bool) []api.MemberRule {
	var out []api.MemberRule
	for _, p := range list {
		if rule := b.Of(p.Schema); rule != nil || keepAll {
			out = append(out, api.MemberRule{Name: p.Name, Rule: rule})
		}
	}
	return out
}

// patterned returns the rules of members by patterns of their names. A pattern that cannot be
// checked is left out.
func (b *Builder) patterned(list []*spec.Property) []api.MemberRule {
	var out []api.MemberRule
	for _, p := range list {
		if pattern := b.pattern(p.Name, p.Pos); pattern != "" {
			out = append(out, api.MemberRule{Name: pattern, Rule: b.Of(p.Schema)})
		}
	}
	return out
}

// pattern returns a pattern in the syntax of package regexp, or "" if it has none.
func (b *Builder) pattern(text string, pos diag.Position) string {
	pattern, problem := translate(text)
	if problem != "" && !b.patterns[pos] {
		b.patterns[pos] = true
		b.found.Add(diag.Diagnostic{
			Pos: pos, Severity: diag.Warning, Code: "unchecked-pattern", Subject: "pattern " + strconv.Quote(text),
			What: "is not checked by validation: " + problem,
			Cure: "write it without lookarounds and references, or leave the check to the server",
		})
	}
	return pattern
}

// least returns a lower limit. A limit of 0 is none.
func least(n *int) api.Limit {
	if n == nil {
		return 0
	}
	return api.Limit(*n)
}

// most returns an upper limit.
func most(n *int) api.Limit {
	switch {
	case n == nil:
		return 0
	case *n == 0:
		return api.LimitNone
	}
	return api.Limit(*n)
}

// formats are the formats that the runtime checks.
var formats = map[string]bool{
	"date": true, "date-time": true, "time": true, "duration": true, "email": true, "hostname": true, "ipv4": true,
	"ipv6": true, "uri": true, "uri-reference": true, "uuid": true, "json-pointer": true, "byte": true,
	"int32": true, "int64": true,
}

// statesRest reports whether a document has unevaluatedProperties anywhere.
func statesRest(doc *spec.Document) bool {
	for _, root := range doc.Files {
		if root != nil && bytes.Contains(root.JSON(), []byte(`"unevaluatedProperties"`)) {
			return true
		}
	}
	return false
}

// withReadOnly returns names with those of the read-only members of a schema.
func withReadOnly(names map[string]bool, s *spec.Schema) map[string]bool {
	found := map[string]bool{}
	addReadOnly(found, s, map[*spec.Schema]bool{})
	if len(found) == 0 {
		return names
	}
	maps.Copy(found, names)
	return found
}

// addReadOnly adds the read-only members of a schema and of the schemas that it consists of. Those
// that were examined are in seen.
func addReadOnly(found map[string]bool, s *spec.Schema, seen map[*spec.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	for _, p := range s.Properties {
		if p.Schema.ReadOnly || p.Schema.Target().ReadOnly {
			found[p.Name] = true
		}
	}
	addReadOnly(found, s.Ref, seen)
	for _, part := range s.AllOf {
		addReadOnly(found, part, seen)
	}
}

// simple returns a rule in its shortest form: nil if it allows everything, the only member of an
// allOf instead of a rule that has nothing else.
func simple(r *api.Rule) *api.Rule {
	switch {
	case isEmpty(r):
		return nil
	case len(r.AllOf) == 1 && !r.Nullable && isEmpty(withoutAllOf(r)):
		return r.AllOf[0]
	}
	return r
}

func withoutAllOf(r *api.Rule) *api.Rule {
	own := *r
	own.AllOf = nil
	return &own
}
