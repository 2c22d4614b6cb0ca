package emit

import (
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// union renders a type that holds a value of one of several types as JSON.
func union(n *api.Named) jen.Code {
	code := typeDoc(n).Type().Id(n.Name).Struct(jen.Qual(wirePath, "Union")).Line()
	for _, v := range n.Variants {
		code.Line().Add(as(n, v)).Line().Line().Add(from(n, v)).Line()
	}
	if n.Discriminator != "" {
		code.Line().Add(discriminator(n)).Line()
	}
	for _, m := range n.Shared {
		code.Line().Add(shared(n, m)).Line()
	}
	return code.Line().Add(picker(n)).Line()
}

// as renders the method that decodes the value as one variant.
func as(n *api.Named, v *api.Variant) jen.Code {
	name := "As" + v.Go
	return doc(name+" decodes the value as this type, without checking which type it is.").
		Func().Params(jen.Id("u").Id(n.Name)).Id(name).Params().Params(typ(v.Type), jen.Error()).
		Block(jen.Return(jen.Qual(wirePath, "As").Types(typ(v.Type)).Call(jen.Id("u").Dot("Union"))))
}

// from renders the method that sets a variant and the members that distinguish it.
func from(n *api.Named, v *api.Variant) jen.Code {
	name := "From" + v.Go
	return doc(name + " sets the value to v.").
		Func().Params(jen.Id("u").Op("*").Id(n.Name)).Id(name).Params(jen.Id("v").Add(typ(v.Type))).Error().
		Block(jen.Return(set(n, v)))
}

// set renders the call that sets a variant.
func set(n *api.Named, v *api.Variant) jen.Code {
	members := v.Members
	if n.Discriminator != "" && len(v.Values) > 0 {
		members = append([]api.Member{{Name: n.Discriminator, Values: v.Values}}, members...)
		if v.Go == n.Default {
			open := append(member(members[0]), field("Open", jen.True()))
			return jen.Id("u").Dot("SetMembers").Call(jen.Id("v"), jen.Qual(wirePath, "Constant").Values(open...))
		}
	}
	switch {
	case len(members) == 0:
		return jen.Id("u").Dot("Set").Call(jen.Id("v"), jen.Lit(n.Discriminator))
	case len(members) == 1 && onlyTexts(members[0].Values):
		return jen.Id("u").Dot("Set").Call(append([]jen.Code{jen.Id("v"), jen.Lit(members[0].Name)},
			constants(members[0].Values)...)...)
	}
	args := []jen.Code{jen.Id("v")}
	for _, m := range members {
		args = append(args, jen.Qual(wirePath, "Constant").Values(member(m)...))
	}
	return jen.Id("u").Dot("SetMembers").Call(args...)
}

// onlyTexts reports whether all constants are strings.
func onlyTexts(list []api.Constant) bool {
	return !slices.ContainsFunc(list, func(c api.Constant) bool { return c.Kind != api.String })
}

// member renders the fields of a constant of package wire.
func member(m api.Member) []jen.Code {
	return []jen.Code{
		field("Name", jen.Lit(m.Name)), field("Values", jen.Index().Any().Values(constants(m.Values)...)),
	}
}

// constants renders values.
func constants(list []api.Constant) []jen.Code {
	out := make([]jen.Code, len(list))
	for i, c := range list {
		out[i] = constant(c)
	}
	return out
}

// constant renders a value. Numbers are parsed, so that no text of a document becomes code.
func constant(c api.Constant) jen.Code {
	switch c.Kind {
	case api.Bool:
		return jen.Lit(c.Text == "true")
	case api.Int64:
		n, _ := strconv.ParseInt(c.Text, 10, 64)
		return jen.Lit(int(n))
	case api.Uint64:
		n, _ := strconv.ParseUint(c.Text, 10, 64)
		return jen.Lit(n)
	case api.Float64:
		f, _ := strconv.ParseFloat(c.Text, 64)
		return jen.Lit(f)
	}
	return jen.Lit(c.Text)
}

// discriminator renders the method that returns the discriminator.
func discriminator(n *api.Named) jen.Code {
	return doc("Discriminator returns the member that identifies the type of the value.").
		Func().Params(jen.Id("u").Id(n.Name)).Id("Discriminator").Params().String().
		Block(jen.Return(jen.Id("u").Dot("Member").Call(jen.Lit(n.Discriminator))))
}

// shared renders the method that reads a member that all variants have.
func shared(n *api.Named, m *api.Shared) jen.Code {
	return doc(m.Go+" decodes the member "+strconv.Quote(m.Name)+", which all types of the value have.").
		Func().Params(jen.Id("u").Id(n.Name)).Id(m.Go).Params().Params(typ(m.Type), jen.Error()).
		Block(jen.Return(
			jen.Qual(wirePath, "MemberAs").Types(typ(m.Type)).Call(jen.Id("u").Dot("Union"), jen.Lit(m.Name)),
		))
}

// picker renders the methods that decode the value as the variant that it is.
func picker(n *api.Named) jen.Code {
	rows := make([]jen.Code, len(n.Variants))
	for i, v := range n.Variants {
		rows[i] = jen.Values(variant(v)...)
	}
	fields := []jen.Code{field("List", jen.Index().Qual(wirePath, "Variant").Add(multi(rows...)))}
	if n.Discriminator != "" {
		fields = append([]jen.Code{field("Discriminator", jen.Lit(n.Discriminator))}, fields...)
	}
	if n.Default != "" {
		fields = slices.Insert(fields, 1, field("Default", jen.Lit(n.Default)))
	}
	return doc("Value decodes the value as the type that its discriminator or its members identify.").
		Func().Params(jen.Id("u").Id(n.Name)).Id("Value").Params().Params(jen.Any(), jen.Error()).
		Block(jen.Return(jen.Id("u").Dot("Pick").Call(jen.Id("u").Dot("UnionVariants").Call()))).
		Line().Line().
		Add(doc("UnionVariants returns the types of the value. Responses are compared with them.")).
		Func().Params(jen.Id("u").Id(n.Name)).Id("UnionVariants").Params().Op("*").Qual(wirePath, "Variants").
		Block(jen.Return(jen.Op("&").Qual(wirePath, "Variants").Values(fields...)))
}

// variant renders the fields that describe a variant to package wire.
func variant(v *api.Variant) []jen.Code {
	fields := []jen.Code{field("Name", jen.Lit(v.Go))}
	if len(v.Values) > 0 {
		tags := make([]string, len(v.Values))
		for i, c := range v.Values {
			tags[i] = c.Text
		}
		fields = append(fields, field("Tags", texts(tags)))
	}
	if len(v.Required) > 0 {
		fields = append(fields, field("Required", texts(v.Required)))
	}
	if len(v.Members) > 0 {
		only := make([]jen.Code, len(v.Members))
		for i, m := range v.Members {
			only[i] = jen.Values(member(m)...)
		}
		fields = append(fields, field("Only", jen.Index().Qual(wirePath, "Constant").Values(only...)))
	}
	return append(fields, field("Decode", jen.Qual(wirePath, "JSONAs").Types(typ(v.Type))))
}
