package emit

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/resilience/policy"
)

// words has the names of the constants of package policy, for policies that read as if written by
// hand.
var words = map[any]string{
	policy.Safe: "Safe", policy.Idempotent: "Idempotent", policy.Keyed: "Keyed",
	policy.Conditional: "Conditional", policy.Unsafe: "Unsafe",
	policy.On: "On", policy.Off: "Off",
	policy.EqualJitter: "EqualJitter", policy.FullJitter: "FullJitter", policy.NoJitter: "NoJitter",
}

// literal renders a policy without its zero fields, one group per line.
func literal(p policy.Policy) jen.Code {
	return jen.Qual(policyPath, "Policy").Add(multi(members(reflect.ValueOf(p))...))
}

// structLiteral renders a struct of package policy without its zero fields and without its type.
func structLiteral(v reflect.Value) jen.Code { return jen.Values(members(v)...) }

// members renders the fields of a struct that are not zero.
func members(v reflect.Value) []jen.Code {
	var fields []jen.Code
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			fields = append(fields, field(v.Type().Field(i).Name, value(f)))
		}
	}
	return fields
}

// field renders one member of a composite literal.
func field(name string, value jen.Code) jen.Code { return jen.Id(name).Op(":").Add(value) }

// value renders a value that is not zero.
func value(v reflect.Value) jen.Code {
	if v.Comparable() {
		if word, ok := words[v.Interface()]; ok {
			return jen.Qual(policyPath, word)
		}
	}
	if d, ok := v.Interface().(time.Duration); ok {
		return duration(d)
	}
	switch v.Kind() {
	case reflect.Struct:
		return jen.Qual(policyPath, v.Type().Name()).Add(structLiteral(v))
	case reflect.Slice:
		return slice(v)
	case reflect.Int64, reflect.Int:
		return jen.Lit(int(v.Int()))
	case reflect.Float64:
		return number(v.Float())
	}
	return jen.Lit(v.String())
}

// slice renders a list. An empty list is a value too: it differs from nil.
func slice(v reflect.Value) jen.Code {
	items := make([]jen.Code, v.Len())
	if v.Type().Elem().Kind() == reflect.Struct {
		for i := range items {
			items[i] = structLiteral(v.Index(i))
		}
		return jen.Index().Qual(policyPath, v.Type().Elem().Name()).Values(items...)
	}
	for i := range items {
		items[i] = jen.Lit(v.Index(i).Interface())
	}
	return jen.Index().Id(v.Type().Elem().Name()).Values(items...)
}

// number renders whole numbers without a fraction.
func number(f float64) jen.Code {
	if f == float64(int64(f)) {
		return jen.Lit(int(f))
	}
	return jen.Lit(f)
}

// duration renders d in its largest unit that leaves no fraction.
func duration(d time.Duration) jen.Code {
	units := []struct {
		unit time.Duration
		name string
	}{
		{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"},
		{time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"},
	}
	for _, u := range units {
		if d%u.unit == 0 {
			if d == u.unit {
				return jen.Qual("time", u.name)
			}
			return jen.Lit(int(d/u.unit)).Op("*").Qual("time", u.name)
		}
	}
	return jen.Lit(int(d))
}

// table renders a map from names to structs of package policy, sorted by name.
func table[V any](name string, m map[string]V) jen.Code {
	rows := make([]jen.Code, 0, len(m))
	for _, key := range slices.SortedFunc(maps.Keys(m), cmp.Compare[string]) {
		rows = append(rows, jen.Lit(key).Op(":").Add(structLiteral(reflect.ValueOf(m[key]))))
	}
	return jen.Map(jen.String()).Qual(policyPath, name).Add(multi(rows...))
}

// multi renders the members of a composite literal, one per line.
func multi(members ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: len(members) > 0}, members...)
}
