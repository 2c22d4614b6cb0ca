package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
)

// Client prints client.gen.go: the description of the API, the client with one method per
// operation, and the types of parameters and results. An error is a defect of this package: the
// source does not parse.
func Client(a *api.API) ([]byte, error) {
	s := newSource(a)
	s.file.PackageComment(comment.Slashes(docLines(packageDoc(a))))
	s.add(handshake(), defaults(a), description(a))
	shared := share(a)
	s.add(shared.declarations()...)
	for _, op := range a.Operations {
		s.add(descriptor(a, op, shared))
		for _, own := range ownDescriptors(op) {
			s.add(descriptor(a, own, shared))
		}
	}
	s.add(operationsInterface(a), client(a), constructor(a), closer(a))
	for _, op := range a.Operations {
		s.add(operationCode(a, op)...)
	}
	s.add(groups(a)...)
	return s.render()
}

// operationCode renders the method of an operation, its iterators, and the types that they need.
func operationCode(a *api.API, op *api.Operation) []jen.Code {
	var list []jen.Code
	if len(op.Params) > 0 {
		list = append(list, paramsStruct(a, op))
	}
	if op.Result != nil && op.Result.Struct != "" {
		list = append(list, resultStruct(a, op), resultBuilder(op))
	}
	list = append(list, method(a, op))
	return slices.Concat(list, iterators(a, op), streams(a, op))
}

// client renders the type of the client.
func client(a *api.API) jen.Code {
	text := a.Names.Client + " calls the API. It is safe for concurrent use."
	fields := []jen.Code{jen.Id("caller").Op("*").Qual(runtimePath, "Caller")}
	if len(a.Groups) > 0 {
		text += " Its fields have the same operations, grouped by tag."
		fields = slices.Concat(groupFields(a.Groups), []jen.Code{jen.Line()}, fields)
	}
	return doc(text).Type().Id(a.Names.Client).Struct(fields...).Line()
}

// constructor renders New.
func constructor(a *api.API) jen.Code {
	failed := jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
	body := []jen.Code{
		jen.List(jen.Id("caller"), jen.Err()).Op(":=").Qual(runtimePath, "NewCaller").
			Call(jen.Op("&").Id(a.Names.Description), jen.Id("opts").Op("...")),
		failed,
	}
	made := jen.Op("&").Id(a.Names.Client).Values(field("caller", jen.Id("caller")))
	if len(a.Groups) > 0 {
		body = append(body, jen.Id("c").Op(":=").Add(made))
		made = jen.Id("c")
	}
	for _, g := range a.Groups {
		body = append(body, jen.Id("c").Dot(g.Field).Op("=").Id(g.Type).Values(jen.Id("c")))
	}
	return doc(constructorDoc(a)...).
		Func().Id(a.Names.New).Params(jen.Id("opts").Op("...").Qual(runtimePath, "Option")).
		Params(jen.Op("*").Id(a.Names.Client), jen.Error()).
		Block(append(body, jen.Return(made, jen.Nil()))...).Line()
}

// closer renders Close.
func closer(a *api.API) jen.Code {
	return doc("Close releases the connections of a client that created its own runtime. Calls after Close fail.").
		Func().Params(jen.Id("c").Op("*").Id(a.Names.Client)).Id("Close").Params().Error().
		Block(jen.Return(jen.Id("c").Dot("caller").Dot("Close").Call())).Line()
}
