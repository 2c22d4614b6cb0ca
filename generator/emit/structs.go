package emit

import (
	"maps"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
)

// structure renders the JSON methods of a struct, and before them its declaration if oapi-codegen
// cannot print it: it has additional properties, or a property whose name does not fit into a json
// tag.
func structure(n *api.Named) jen.Code {
	if n.Plain() {
		return methods(n)
	}
	return jen.Add(object(n)).Line().Line().Add(methods(n))
}

// object renders the declaration of a struct.
func object(n *api.Named) jen.Code {
	var fields []jen.Code
	for _, f := range n.Fields {
		about := comments(comment.Field(f.Go, f.Name, f.Description, f.Deprecated))
		fields = append(fields, about.Id(f.Go).Add(typ(f.Type)).Tag(tag(f)))
	}
	if n.Additional != nil {
		text := n.AdditionalName + " holds the members that the document does not declare."
		tags := map[string]string{"json": "-", "wire": "*"}
		fields = append(fields, doc(text).Id(n.AdditionalName).Map(jen.String()).Add(typ(n.Additional)).Tag(tags))
	}
	if n.UnknownName != "" {
		tags := map[string]string{"json": "-"}
		fields = append(fields, doc(comment.Unknown).Id(n.UnknownName).Qual(wirePath, "Unknown").Tag(tags))
	}
	return typeDoc(n).Type().Id(n.Name).Struct(fields...)
}

// tag returns the struct tags of a field. A name that does not fit into a json tag is in a tag of
// package wire.
func tag(f *api.Field) map[string]string {
	tags := nameTags(f)
	maps.Copy(tags, f.Tags())
	return tags
}

// nameTags returns the struct tags with the name of a field.
func nameTags(f *api.Field) map[string]string {
	option := ""
	switch {
	case f.OmitZero:
		option = "omitzero"
	case f.NotNull:
		option = "notnull"
	}
	switch {
	case !f.Taggable():
		return map[string]string{"json": "-", "wire": option + "," + f.Name}
	case f.OmitZero:
		return map[string]string{"json": f.Name + "," + option}
	case f.NotNull:
		return map[string]string{"json": f.Name, "wire": option}
	}
	return map[string]string{"json": f.Name}
}

// methods renders MarshalJSON and UnmarshalJSON.
func methods(n *api.Named) jen.Code {
	return doc("MarshalJSON implements json.Marshaler.").
		Func().Params(jen.Id("x").Id(n.Name)).Id("MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).
		Block(jen.Return(jen.Qual(wirePath, "MarshalStruct").Call(jen.Op("&").Id("x")))).Line().Line().
		Add(doc("UnmarshalJSON implements json.Unmarshaler.")).
		Func().Params(jen.Id("x").Op("*").Id(n.Name)).Id("UnmarshalJSON").
		Params(jen.Id("data").Index().Byte()).Error().
		Block(jen.Return(jen.Qual(wirePath, "UnmarshalStruct").Call(jen.Id("data"), jen.Id("x")))).Line()
}

// typeDoc renders the doc comment of a type.
func typeDoc(n *api.Named) *jen.Statement {
	return comments(comment.Type(n.Name, n.Schema, n.Description, n.Deprecated))
}
