package wire

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Redacted returns the fields of a struct as text, with [redacted] in place of those with the given
// names unless they are zero. Generated types with secrets call it.
func Redacted(v any, secrets ...string) string {
	s := reflect.ValueOf(v)
	var b strings.Builder
	for i := range s.NumField() {
		name, field := s.Type().Field(i).Name, s.Field(i)
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(name + ":")
		switch {
		case slices.Contains(secrets, name) && !field.IsZero():
			b.WriteString("[redacted]")
		case field.Kind() == reflect.Pointer && !field.IsNil():
			fmt.Fprintf(&b, "%+v", field.Elem())
		default:
			fmt.Fprintf(&b, "%+v", field)
		}
	}
	return "{" + b.String() + "}"
}
