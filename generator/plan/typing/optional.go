package typing

// This file adds pointers and nullables where a value may be absent or null. That needs all
// declarations: the type depends on what a name denotes.

import "github.com/resgen/resgen/generator/api"

// An optional is a type that is completed when all declarations exist.
type optional struct {
	at       **api.Type
	field    *api.Field // nil for other places than fields
	notNull  bool       // of a field of type any: null is not among its values
	base     *api.Type
	required bool
	nullable bool
}

// complete sets the type.
func (o optional) complete(d api.Declarations) {
	*o.at = o.wrapped(d)
	if o.field != nil {
		o.field.OmitZero = !o.required
		o.field.NotNull = o.required && o.notNull && d.Under(o.base).Kind == api.Any
	}
}

// wrapped returns the type of a value that may be absent or null.
func (o optional) wrapped(d api.Declarations) *api.Type {
	isField := o.field != nil
	switch kind := d.Under(o.base).Kind; {
	case kind == api.Any && o.nullable && isField && !o.required:
		return api.Of(api.Nullable, o.base) // a nil any could be absent or null
	case kind == api.Any || kind == api.Raw || o.required && !o.nullable:
		return o.base
	case o.required:
		return api.Of(api.Pointer, o.base)
	case o.nullable && isField:
		return api.Of(api.Nullable, o.base)
	case hasNil(kind) || kind == api.Reader || kind == api.Stream:
		return o.base
	}
	return api.Of(api.Pointer, o.base)
}

// hasNil reports whether nil of a kind can mean an absent value.
func hasNil(kind api.Kind) bool { return kind == api.Slice || kind == api.Map || kind == api.Bytes }

// A returned is the type of a response body that is completed when all declarations exist.
type returned struct {
	at       **api.Type
	base     *api.Type
	nullable bool
}

// complete sets the type: a pointer to a struct or union, and to a scalar that may be null.
func (r returned) complete(d api.Declarations) {
	kind := d.Under(r.base).Kind
	*r.at = r.base
	switch {
	case kind == api.NamedType && d.IsEnum(r.base) && !r.nullable:
	case kind == api.NamedType, r.nullable && kind != api.Any && !hasNil(kind):
		*r.at = api.Of(api.Pointer, r.base)
	}
}
