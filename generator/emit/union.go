package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// union renders a type that holds one of several others as the JSON that was read or set.
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

// as renders the method that decodes one variant.
func as(n *api.Named, v *api.Variant) jen.Code {
	name := "As" + v.Go
	return doc(name+" decodes the value as that type, whatever it is.").
		Func().Params(jen.Id("u").Id(n.Name)).Id(name).Params().Params(typ(v.Type), jen.Error()).
		Block(jen.Return(jen.Qual(wirePath, "As").Types(typ(v.Type)).Call(jen.Id("u").Dot("Union"))))
}

// from renders the method that sets one variant, and with it the discriminator.
func from(n *api.Named, v *api.Variant) jen.Code {
	name := "From" + v.Go
	args := []jen.Code{jen.Id("v"), jen.Lit(n.Discriminator)}
	if n.Discriminator != "" {
		for _, tag := range v.Values {
			args = append(args, jen.Lit(tag))
		}
	}
	return doc(name + " makes v the value.").
		Func().Params(jen.Id("u").Op("*").Id(n.Name)).Id(name).Params(jen.Id("v").Add(typ(v.Type))).Error().
		Block(jen.Return(jen.Id("u").Dot("Set").Call(args...)))
}

// discriminator renders the method that tells the variants apart.
func discriminator(n *api.Named) jen.Code {
	return doc("Discriminator returns the member that tells which type the value has.").
		Func().Params(jen.Id("u").Id(n.Name)).Id("Discriminator").Params().String().
		Block(jen.Return(jen.Id("u").Dot("Member").Call(jen.Lit(n.Discriminator))))
}

// picker renders the method that decodes whatever the value is.
func picker(n *api.Named) jen.Code {
	rows := make([]jen.Code, len(n.Variants))
	for i, v := range n.Variants {
		rows[i] = jen.Values(variant(v)...)
	}
	fields := []jen.Code{field("List", jen.Index().Qual(wirePath, "Variant").Add(multi(rows...)))}
	if n.Discriminator != "" {
		fields = append([]jen.Code{field("Discriminator", jen.Lit(n.Discriminator))}, fields...)
	}
	return doc("Value decodes the value as the type that it is: by the discriminator if there is one, else by the members that it has.").
		Func().Params(jen.Id("u").Id(n.Name)).Id("Value").Params().Params(jen.Any(), jen.Error()).
		Block(jen.Return(jen.Id("u").Dot("Pick").Call(jen.Op("&").Qual(wirePath, "Variants").Values(fields...))))
}

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
