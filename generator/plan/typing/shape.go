package typing

// This file has questions about a single schema.

import (
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
)

// IsEnum reports whether a schema lists its values. A bool never counts as an enum, because its
// values need no names.
func IsEnum(s *spec.Schema) bool {
	return len(s.Enum) > 0 && (len(s.Types) == 0 || slices.Contains([]string{"string", "integer", "number"},
		s.Types[0]))
}

// IsBinary reports whether the values of s are bytes that are not text. It is false for nil.
func IsBinary(s *spec.Schema) bool {
	return s != nil && s.Format == "binary" && (len(s.Types) == 0 || slices.Equal(s.Types, []string{"string"}))
}

// IsPlainString reports whether the values of s are strings of no other Go type.
func IsPlainString(s *spec.Schema) bool {
	return slices.Equal(s.Types, []string{"string"}) && !s.Nullable && len(s.Enum) == 0 &&
		stringKind(s.Format) == api.String && len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) == 0
}

// isVacuous reports whether a schema does not restrict the type of a value. Required members do not
// count.
func isVacuous(s *spec.Schema) bool {
	return s.Ref == nil && len(s.Types) == 0 && isBare(s)
}

// isBare reports whether a schema restricts nothing except the type and the required members.
func isBare(s *spec.Schema) bool {
	return s.Ref == nil && len(s.Enum) == 0 && len(s.Properties) == 0 && s.Additional == nil && !s.Closed &&
		s.Items == nil && len(s.Tuple) == 0 && len(s.AllOf) == 0 && len(s.OneOf) == 0 && len(s.AnyOf) == 0 &&
		s.Format == ""
}

// IsAnything reports whether a schema is stated and allows every value, null among them.
func IsAnything(s *spec.Schema) bool { return s != nil && isEmpty(s.Target()) && !s.Target().Never }

// isEmpty reports whether a schema restricts nothing.
func isEmpty(s *spec.Schema) bool { return isVacuous(s) && len(s.Required) == 0 }

// isNull reports whether null is the only value of s.
func isNull(s *spec.Schema) bool {
	return s != nil && s.Nullable && s.Ref == nil && isVacuous(s)
}

// onlyAllOf reports whether a schema has an allOf and no other restriction.
func onlyAllOf(s *spec.Schema) bool {
	own := *s
	own.AllOf = nil
	return len(s.AllOf) > 0 && isEmpty(&own)
}

// sameMembers reports whether s and t are nothing but the allOf of the same members.
func sameMembers(s, t *spec.Schema) bool {
	return onlyAllOf(s) && onlyAllOf(t) && slices.EqualFunc(s.AllOf, t.AllOf, (*spec.Schema).SameAs)
}

// soleMember returns the only member of an allOf that restricts anything. It is nil if there are
// several, or if the schema itself has restrictions.
func soleMember(s *spec.Schema) *spec.Schema {
	own := *s
	own.AllOf, own.Types = nil, nil
	if !isEmpty(&own) {
		return nil
	}
	var only *spec.Schema
	for _, m := range s.AllOf {
		if isEmpty(m) {
			continue
		}
		if only != nil && only.Target() != m.Target() {
			return nil
		}
		only = m
	}
	if only == nil || len(s.Types) > 0 && !slices.Equal(only.Target().Types, s.Types) {
		return nil
	}
	return only
}
