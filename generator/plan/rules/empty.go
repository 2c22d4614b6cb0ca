package rules

import (
	"reflect"

	"github.com/resgen/resgen/generator/api"
)

// isEmpty reports whether a rule allows every value. A rule that allows null in addition to
// everything else allows nothing more.
func isEmpty(r *api.Rule) bool {
	own := *r
	own.Nullable = false
	return reflect.ValueOf(own).IsZero()
}

// IsReference reports whether a rule only refers to another.
func IsReference(r *api.Rule) bool {
	own := *r
	own.Ref = ""
	return r.Ref != "" && isEmpty(&own)
}
