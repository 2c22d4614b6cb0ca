package emit

import (
	"reflect"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// Rules prints rules.gen.go: the constraints of the document, and a method Validate for each type.
// It returns nil if requests are not validated.
func Rules(a *api.API) ([]byte, error) {
	if a.Names.Rules == "" {
		return nil, nil
	}
	s := newSource(a)
	s.add(ruleSet(a))
	for _, n := range a.Types {
		if n.Validates {
			s.add(validateMethod(a, n))
		}
	}
	return s.render()
}

// ruleSet renders the variable with the rules of all types.
func ruleSet(a *api.API) jen.Code {
	rows := make([]jen.Code, len(a.Rules))
	for i, r := range a.Rules {
		rows[i] = jen.Values(field("Name", jen.Lit(r.Name)), field("Rule", ruleOf(r.Rule)))
	}
	list := jen.Index().Qual(wirePath, "NamedRule").Add(multi(rows...)).Op("...")
	return doc(a.Names.Rules+" has the constraints of the document by type.").
		Var().Id(a.Names.Rules).Op("=").Qual(wirePath, "NewRules").Call(list).Line()
}

// validateMethod renders the method Validate of a type.
func validateMethod(a *api.API, n *api.Named) jen.Code {
	return doc("Validate returns a [*wire.InvalidError] that names everything in x that the document does not allow.").
		Func().Params(jen.Id("x").Id(n.Name)).Id("Validate").Params().Error().
		Block(jen.Return(jen.Id(a.Names.Rules).Dot("Validate").Call(jen.Lit(n.Name), jen.Id("x")))).Line()
}

// ruleOf renders a pointer to a rule.
func ruleOf(r *api.Rule) jen.Code { return jen.Op("&").Qual(wirePath, "Rule").Add(ruleFields(r)) }

// ruleFields renders the fields of a rule that are set: in one line, unless there are rules within
// it.
func ruleFields(r *api.Rule) jen.Code {
	if r == nil {
		return jen.Nil()
	}
	fields, nested := structFields(reflect.ValueOf(*r))
	if nested {
		return multi(fields...)
	}
	return jen.Values(fields...)
}

// structFields renders the fields of a rule, or of an entry of its lists, and reports whether some
// have rules within them.
func structFields(v reflect.Value) (fields []jen.Code, nested bool) {
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			code, hasRules := ruleValue(f.Interface())
			fields = append(fields, field(v.Type().Field(i).Name, code))
			nested = nested || hasRules
		}
	}
	return fields, nested
}

// ruleValue renders the value of a field, and reports whether it has rules.
func ruleValue(v any) (code jen.Code, hasRules bool) {
	switch x := v.(type) {
	case *api.Rule:
		return ruleOf(x), true
	case []*api.Rule:
		rows := make([]jen.Code, len(x))
		for i, r := range x {
			rows[i] = ruleFields(r)
		}
		return jen.Index().Op("*").Qual(wirePath, "Rule").Add(multi(rows...)), true
	case []api.MemberRule:
		rows := make([]jen.Code, len(x))
		for i := range x {
			rows[i] = entry(x[i])
		}
		return jen.Index().Qual(wirePath, "MemberRule").Add(multi(rows...)), true
	case []api.DependentRule:
		rows := make([]jen.Code, len(x))
		for i := range x {
			rows[i] = entry(x[i])
		}
		return jen.Index().Qual(wirePath, "DependentRule").Add(multi(rows...)), true
	case api.RuleTypes:
		return ruleTypes(x), false
	case api.Limit:
		if x == api.LimitNone {
			return jen.Qual(wirePath, "LimitNone"), false
		}
		return jen.Lit(int(x)), false
	case []string:
		return texts(x), false
	}
	return jen.Lit(v), false
}

// entry renders an entry of a list of rules in one line.
func entry(v any) jen.Code {
	fields, _ := structFields(reflect.ValueOf(v))
	return jen.Values(fields...)
}

// ruleTypes renders a set of types.
func ruleTypes(list api.RuleTypes) jen.Code {
	code := jen.Empty()
	for i, word := range list {
		if i > 0 {
			code.Op("|")
		}
		code.Qual(wirePath, "Type"+strings.ToUpper(word[:1])+word[1:])
	}
	return code
}
