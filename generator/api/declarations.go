package api

// Declarations has the type declarations of a package by Go name.
type Declarations map[string]*Named

// Declared returns the declarations of types.
func Declared(types []*Named) Declarations {
	d := make(Declarations, len(types))
	for _, n := range types {
		d[n.Name] = n
	}
	return d
}

// Under returns the type that t denotes when names of aliases and defined types are resolved.
func (d Declarations) Under(t *Type) *Type {
	for range len(d) + 1 {
		if t.Kind != NamedType {
			return t
		}
		n := d[t.Name]
		if n == nil || n.Shape != Alias && n.Shape != Defined || n.Underlying == nil {
			return t
		}
		t = n.Underlying
	}
	return t
}

// Bare returns the same as [Declarations.Under] with pointers and nullables removed as well. The
// result is nil if t is nil.
func (d Declarations) Bare(t *Type) *Type {
	for t != nil {
		t = d.Under(t)
		if t.Kind != Pointer && t.Kind != Nullable {
			return t
		}
		t = t.Elem
	}
	return nil
}

// IsEnum reports whether t denotes an enum.
func (d Declarations) IsEnum(t *Type) bool {
	n := d[d.Under(t).Name]
	return n != nil && n.Shape == Enum
}
