package emit

import (
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
	return code.Line().Add(picker(n)).Line()
}

// as renders the method that decodes the value as one variant.
func as(n *api.Named, v *api.Variant) jen.Code {
	name := "As" + v.Go
	return doc(name+" decodes the value as this type, without checking which type it is.").
		Func().Params(jen.Id("u").Id(n.Name)).Id(name).Params().Params(typ(v.Type), jen.Error()).
		Block(jen.Return(jen.Qual(wirePath, "As").Types(typ(v.Type)).Call(jen.Id("u").Dot("Union"))))
}

// from renders the method that sets a variant and its discriminator.
func from(n *api.Named, v *api.Variant) jen.Code {
	name := "From" + v.Go
	args := []jen.Code{jen.Id("v"), jen.Lit(n.Discriminator)}
	if n.Discriminator != "" {
		for _, tag := range v.Values {
			args = append(args, jen.Lit(tag))
		}
	}
	return doc(name + " sets the value to v.").
		Func().Params(jen.Id("u").Op("*").Id(n.Name)).Id(name).Params(jen.Id("v").Add(typ(v.Type))).Error().
		Block(jen.Return(jen.Id("u").Dot("Set").Call(args...)))
}

// discriminator renders the method that returns the discriminator.
func discriminator(n *api.Named) jen.Code {
	return doc("Discriminator returns the member that identifies the type of the value.").
		Func().Params(jen.Id("u").Id(n.Name)).Id("Discriminator").Params().String().
		Block(jen.Return(jen.Id("u").Dot("Member").Call(jen.Lit(n.Discriminator))))
}

// picker renders the method that decodes the value as the variant that it is.
func picker(n *api.Named) jen.Code {
	rows := make([]jen.Code, len(n.Variants))
	for i, v := range n.Variants {
		rows[i] = jen.Values(variant(v)...)
	}
	fields := []jen.Code{field("List", jen.Index().Qual(wirePath, "Variant").Add(multi(rows...)))}
	if n.Discriminator != "" {
		fields = append([]jen.Code{field("Discriminator", jen.Lit(n.Discriminator))}, fields...)
	}
	return doc("Value decodes the value as the type that its discriminator or its members identify.").
		Func().Params(jen.Id("u").Id(n.Name)).Id("Value").Params().Params(jen.Any(), jen.Error()).
		Block(jen.Return(jen.Id("u").Dot("Pick").Call(jen.Op("&").Qual(wirePath, "Variants").Values(fields...))))
}

// variant renders the fields that describe a variant to package wire.
func variant(v *api.Variant) []jen.Code {
	fields := []jen.Code{field("Name", jen.Lit(v.Go))}
	if len(v.Values) > 0 {
		fields = append(fields, field("Tags", texts(v.Values)))
	}
	if len(v.Required) > 0 {
		fields = append(fields, field("Required", texts(v.Required)))
	}
	return append(fields, field("Decode", jen.Qual(wirePath, "JSONAs").Types(typ(v.Type))))
}
