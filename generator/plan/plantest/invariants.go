package plantest

import (
	"fmt"
	"go/token"
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
)

// Broken returns the violations of the invariants of a plan, on which the printers rely.
func Broken(a *api.API) []string {
	c := &checker{types: map[string]*api.Named{}, names: map[string]string{}}
	for _, name := range []string{a.Names.Client, a.Names.New, a.Names.Operations, a.Names.Defaults,
		a.Names.Description} {
		c.declare(name, "the package")
	}
	for _, n := range a.Types {
		c.declare(n.Name, n.Schema)
		c.types[n.Name] = n
		for _, v := range n.Values {
			c.declare(v.Go, "value of "+n.Schema)
		}
	}
	for _, n := range a.Types {
		c.named(n)
	}
	methods := map[string]bool{"Close": true}
	for _, o := range a.Operations {
		c.operation(o, methods)
		for _, name := range o.Iterators() {
			c.member("the client", name, methods)
		}
	}
	c.groups(a, methods)
	return c.found
}

type checker struct {
	types map[string]*api.Named
	names map[string]string
	found []string
}

func (c *checker) bad(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

// declare holds that a name of the package is an identifier that nothing else has.
func (c *checker) declare(name, what string) {
	if !token.IsIdentifier(name) || slices.Contains(naming.Reserved(), name) {
		c.bad("%s: %q is no name", what, name)
	}
	if other, ok := c.names[name]; ok {
		c.bad("%s and %s are both called %s", what, other, name)
	}
	c.names[name] = what
}

func (c *checker) named(n *api.Named) {
	if !token.IsExported(n.Name) || n.Schema == "" {
		c.bad("%s of %q", n.Name, n.Schema)
	}
	switch n.Shape {
	case api.Struct:
		c.structure(n)
	case api.Union:
		c.union(n)
	case api.Alias, api.Defined, api.Enum:
		c.typ(n.Underlying, n.Name)
		if n.Shape == api.Alias && n.Underlying != nil && c.comesBack(n.Underlying, n.Name, 0) {
			c.bad("the alias %s holds itself", n.Name)
		}
	default:
		c.bad("%s has no shape", n.Name)
	}
}

func (c *checker) structure(n *api.Named) {
	fields := map[string]bool{"MarshalJSON": true, "UnmarshalJSON": true}
	if len(n.Secrets()) > 0 {
		fields["String"], fields["LogValue"] = true, true
	}
	custom := false
	for _, f := range n.Fields {
		c.member(n.Name, f.Go, fields)
		c.typ(f.Type, n.Name+"."+f.Go)
		custom = custom || !f.Taggable()
		if c.holds(f.Type, n.Name, map[string]bool{}) {
			c.bad("%s holds itself in %s", n.Name, f.Go)
		}
	}
	if n.Additional != nil {
		c.member(n.Name, n.AdditionalName, fields)
		c.typ(n.Additional, n.Name)
	}
	if n.UnknownName != "" {
		c.member(n.Name, n.UnknownName, fields)
	}
	if custom != n.Custom {
		c.bad("%s: custom is %v", n.Name, n.Custom)
	}
}

func (c *checker) union(n *api.Named) {
	seen := map[string]bool{}
	for _, v := range n.Variants {
		c.member(n.Name, v.Go, seen)
		c.typ(v.Type, n.Name+"."+v.Go)
	}
	shared := map[string]bool{} // variants have methods As… and From…, shared members one of their name
	for _, m := range n.Shared {
		c.member(n.Name, m.Go, shared)
		c.typ(m.Type, n.Name+"."+m.Go)
	}
	if len(n.Variants) == 0 {
		c.bad("the union %s is empty", n.Name)
	}
}

// member checks that a field or variant has a unique exported name.
func (c *checker) member(of, name string, seen map[string]bool) {
	if !token.IsIdentifier(name) || !token.IsExported(name) || seen[name] {
		c.bad("%s: %q is no name of a field", of, name)
	}
	seen[name] = true
}

// typ holds that a type is complete.
func (c *checker) typ(t *api.Type, where string) {
	for ; t != nil; t = t.Elem {
		wraps := t.Kind == api.Slice || t.Kind == api.Map || t.Kind == api.Pointer || t.Kind == api.Nullable
		switch {
		case wraps && t.Elem == nil, t.Kind == 0:
			c.bad("%s: a type is not complete", where)
		case t.Kind == api.NamedType && c.types[t.Name] == nil:
			c.bad("%s: there is no type %s", where, t.Name)
		case !wraps:
			return
		}
	}
	c.bad("%s: has no type", where)
}

// holds reports whether a value of type t has the struct in itself.
func (c *checker) holds(t *api.Type, name string, seen map[string]bool) bool {
	if t.Kind == api.Nullable {
		t = t.Elem
	}
	n := c.types[t.Name]
	if t.Kind != api.NamedType || n == nil || seen[t.Name] {
		return false
	}
	seen[t.Name] = true
	switch n.Shape {
	case api.Alias, api.Defined:
		return c.holds(n.Underlying, name, seen)
	case api.Struct:
		return t.Name == name || slices.ContainsFunc(n.Fields, func(f *api.Field) bool {
			return c.holds(f.Type, name, seen)
		})
	}
	return false
}

// comesBack reports whether aliases lead from t to name.
func (c *checker) comesBack(t *api.Type, name string, depth int) bool {
	for ; t != nil; t = t.Elem {
		if t.Kind != api.NamedType {
			continue
		}
		n := c.types[t.Name]
		return t.Name == name || depth < len(c.types) && n != nil && n.Shape == api.Alias &&
			c.comesBack(n.Underlying, name, depth+1)
	}
	return false
}

func (c *checker) operation(o *api.Operation, methods map[string]bool) {
	c.member("the client", o.Name, methods)
	c.declare(o.Var, "operation "+o.ID)
	if o.ParamsType != "" {
		c.declare(o.ParamsType, "parameters of "+o.ID)
	}
	if (o.ParamsType != "") != (len(o.Params) > 0) {
		c.bad("%s: params struct %q, %d fields", o.Name, o.ParamsType, len(o.Params))
	}
	if o.Result.Struct != "" {
		c.declare(o.Result.Struct, "result of "+o.ID)
		c.declare(o.Result.Build, "result of "+o.ID)
	}
	c.arguments(o)
	for _, list := range [][]*api.Outcome{o.Success, o.Failure} {
		for _, a := range list {
			if a.Decode != "" {
				c.typ(a.Type, o.Name)
			}
		}
	}
	if len(o.Success) == 0 || o.Policy.Idempotency == "" || o.ID == "" {
		c.bad("%s: %d successes, class %q", o.Name, len(o.Success), o.Policy.Idempotency)
	}
}

// groups checks that the groups have unique names, and that each operation of a group has a name
// for each of its methods.
func (c *checker) groups(a *api.API, methods map[string]bool) {
	inGroup := map[string]map[string]bool{"": {}}
	for _, g := range a.Groups {
		c.member("the client", g.Field, methods)
		c.declare(g.Type, "tag "+g.Tag)
		c.declare(g.Interface, "tag "+g.Tag)
		inGroup[g.Field] = map[string]bool{}
	}
	for _, o := range a.Operations {
		seen := inGroup[o.Group]
		if seen == nil {
			c.bad("%s: there is no group %s", o.Name, o.Group)
			continue
		}
		if o.Group == "" {
			continue
		}
		for _, name := range append(o.Iterators(), o.Name) {
			c.member("group "+o.Group, o.Grouped[name], seen)
		}
	}
}

func (c *checker) arguments(o *api.Operation) {
	args := map[string]bool{"c": true, "ctx": true, "params": true, "opts": true, o.Var: true, o.Result.Build: true}
	for _, p := range o.PathParams {
		if !token.IsIdentifier(p.Go) || args[p.Go] || slices.Contains(naming.Reserved(), p.Go) {
			c.bad("%s: argument %q", o.Name, p.Go)
		}
		args[p.Go] = true
		c.typ(p.Type, o.Name)
	}
	fields := map[string]bool{}
	for _, p := range o.Params {
		c.member(o.ParamsType, p.Go, fields)
		c.typ(p.Type, o.Name)
	}
	if o.Body != nil {
		c.typ(o.Body.Type, o.Name)
		if args[o.Body.Arg] || !token.IsIdentifier(o.Body.Arg) || o.Body.Format == "" || o.Body.Media == "" {
			c.bad("%s: body %+v", o.Name, o.Body)
		}
	}
}
