package typing

// This file finds the members that all variants of a union have.

import (
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
)

// unionMethods are names that no member has as a method: those of the methods and fields of
// generated unions, and those to which Go gives a meaning.
var unionMethods = []string{
	"Discriminator", "IsZero", "MarshalJSON", "Member", "Pick", "Raw", "Set", "SetMembers", "String", "Union",
	"UnionVariants", "UnmarshalJSON", "Value",
	"As", "Error", "Format", "GoString", "GobDecode", "GobEncode", "Is", "LogValue", "MarshalText", "MarshalXML",
	"ReadFrom", "Scan", "Seek", "UnmarshalText", "UnmarshalXML", "Unwrap", "WriteTo",
}

// sharing finds the members that are shared by the variants of unions.
type sharing struct {
	declared api.Declarations
	of       map[*api.Named][]*api.Shared // results; nil while a union is being examined
}

// shareMembers sets the shared members of all unions. The types of fields must be complete. If
// validate is set, unions have a method for that.
func shareMembers(list []*api.Named, d api.Declarations, validate bool) {
	s := sharing{d, map[*api.Named][]*api.Shared{}}
	for _, n := range list {
		if n.Shape == api.Union {
			n.Shared = slices.Clone(s.members(n))
		}
	}
	for _, n := range list {
		nameShared(n, validate)
	}
}

// members returns the members that all values of a struct or union have a field for.
func (s sharing) members(n *api.Named) (out []*api.Shared) {
	if known, ok := s.of[n]; ok {
		return known
	}
	s.of[n] = nil
	if n.Shape == api.Struct {
		for _, f := range n.Fields {
			out = append(out, &api.Shared{Name: f.Name, Go: f.Go, Type: f.Type})
		}
	}
	for i, v := range n.Variants {
		t := s.declared.Under(v.Type)
		of := s.declared[t.Name]
		if t.Kind != api.NamedType || of == nil {
			return nil
		}
		if i == 0 {
			out = s.members(of)
			continue
		}
		out = s.common(out, s.members(of))
	}
	s.of[n] = out
	return out
}

// common returns the members that are in both lists with the same type.
func (s sharing) common(a, b []*api.Shared) (out []*api.Shared) {
	other := make(map[string]*api.Type, len(b))
	for _, m := range b {
		other[m.Name] = m.Type
	}
	for _, m := range a {
		if t := either(m.Type, other[m.Name]); t != nil {
			out = append(out, &api.Shared{Name: m.Name, Go: m.Go, Type: t})
		}
	}
	return out
}

// either returns the type for values of both types, which may differ in whether the value may be
// absent or null. It is nil if there is none.
func either(a, b *api.Type) *api.Type {
	if b == nil {
		return nil
	}
	x, y := withoutNull(a), withoutNull(b)
	switch {
	case !x.Equal(y) || holdsFile(x):
		return nil
	case a.Equal(b):
		return a
	case x.Kind == api.Any || hasNil(x.Kind):
		return x
	}
	return api.Of(api.Pointer, x)
}

// withoutNull returns the type of the values of a pointer or nullable.
func withoutNull(t *api.Type) *api.Type {
	for t.Kind == api.Pointer || t.Kind == api.Nullable {
		t = t.Elem
	}
	return t
}

// holdsFile reports whether values of the type are not read from JSON.
func holdsFile(t *api.Type) bool {
	for ; t != nil; t = t.Elem {
		if t.Kind == api.File || t.Kind == api.Reader || t.Kind == api.Stream {
			return true
		}
	}
	return false
}

// nameShared gives the methods for the shared members of a union names that no other method has.
func nameShared(n *api.Named, validate bool) {
	reserved := slices.Clone(unionMethods)
	if validate {
		reserved = append(reserved, validateName)
	}
	for _, v := range n.Variants {
		reserved = append(reserved, "As"+v.Go, "From"+v.Go)
	}
	names := naming.NewScope(nil, reserved...)
	for i, m := range n.Shared {
		named := *m
		named.Go = names.Claim(m.Go, naming.Owner{What: "member " + m.Name}, "Member")
		n.Shared[i] = &named
	}
}
