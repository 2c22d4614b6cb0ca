package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
)

// object renders a struct that needs JSON methods of its own: one that keeps additional properties, or one with a property
// whose name no struct tag can carry.
func object(n *api.Named) jen.Code {
	var fields []jen.Code
	for _, f := range n.Fields {
		fields = append(fields, comments(comment.Field(f.Description, f.Deprecated)).Id(f.Go).Add(typ(f.Type)).Tag(tag(f)))
	}
	rest := jen.Qual(wirePath, "NoRest")
	if n.Additional != nil {
		text := n.AdditionalName + " has the members that the document does not name."
		fields = append(fields, doc(text).Id(n.AdditionalName).Map(jen.String()).Add(typ(n.Additional)).Tag(map[string]string{"json": "-"}))
		rest = jen.Id("x").Dot(n.AdditionalName)
	}
	return typeDoc(n).Type().Id(n.Name).Struct(fields...).Line().Line().
		Add(marshaler(n, rest)).Line().Line().
		Add(unmarshaler(n)).Line()
}

// tag renders the struct tag of a field; one that cannot carry the name hides the field from encoding/json.
func tag(f *api.Field) map[string]string {
	if !f.Taggable() {
		return map[string]string{"json": "-"}
	}
	if f.OmitZero {
		return map[string]string{"json": f.Name + ",omitzero"}
	}
	return map[string]string{"json": f.Name}
}

// marshaler renders MarshalJSON.
func marshaler(n *api.Named, rest jen.Code) jen.Code {
	args := append([]jen.Code{jen.Id("plain").Call(jen.Id("x")), rest}, members(n, true)...)
	return doc("MarshalJSON writes the members that the document names, then all others.").
		Func().Params(jen.Id("x").Id(n.Name)).Id("MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).
		Block(jen.Type().Id("plain").Id(n.Name), jen.Return(jen.Qual(wirePath, "MarshalObject").Call(args...)))
}

// unmarshaler renders UnmarshalJSON.
func unmarshaler(n *api.Named) jen.Code {
	rest := jen.Parens(jen.Op("*").Map(jen.String()).Any()).Call(jen.Nil()) // what has no field is dropped
	if n.Additional != nil {
		rest = jen.Op("&").Id("x").Dot(n.AdditionalName)
	}
	self := jen.Parens(jen.Op("*").Id("plain")).Call(jen.Id("x"))
	args := append([]jen.Code{jen.Id("data"), self, rest}, members(n, false)...)
	return doc("UnmarshalJSON reads what MarshalJSON writes.").
		Func().Params(jen.Id("x").Op("*").Id(n.Name)).Id("UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error().
		Block(jen.Type().Id("plain").Id(n.Name), jen.Return(jen.Qual(wirePath, "UnmarshalObject").Call(args...)))
}

// members renders the properties that no struct tag can carry.
func members(n *api.Named, writing bool) []jen.Code {
	var list []jen.Code
	for _, f := range n.Fields {
		if f.Taggable() {
			continue
		}
		fields := []jen.Code{field("Name", jen.Lit(f.Name)), field("Field", jen.Op("&").Id("x").Dot(f.Go))}
		if writing && f.OmitZero {
			fields = append(fields, field("Optional", jen.True()))
		}
		list = append(list, jen.Qual(wirePath, "Member").Values(fields...))
	}
	return list
}

// typeDoc renders the doc comment of a type.
func typeDoc(n *api.Named) *jen.Statement {
	return comments(comment.Type(n.Name, n.Schema, n.Description, n.Deprecated))
}
