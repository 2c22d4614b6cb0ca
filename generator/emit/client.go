// This file puts client.gen.go together. [Client] is the entry.
package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
)

// Client renders client.gen.go: the description of the API, the client with one method an operation, and the types of its
// parameters and results. An error means that the source does not parse, which is a defect of this package.
func Client(a *api.API) ([]byte, error) {
	f := file(a)
	f.PackageComment(comment.Slashes(docLines(packageDoc(a))))
	f.Add(handshake())
	f.Add(defaults(a))
	f.Add(description(a))
	shared := share(a)
	for _, code := range shared.declarations() {
		f.Add(code)
	}
	for _, op := range a.Operations {
		f.Add(descriptor(a, op, shared))
	}
	f.Add(operationsInterface(a))
	f.Add(client(a))
	f.Add(constructor(a))
	f.Add(closer(a))
	for _, op := range a.Operations {
		if len(op.Params) > 0 {
			f.Add(paramsStruct(a, op))
		}
		if op.Result != nil && op.Result.Struct != "" {
			f.Add(resultStruct(a, op))
			f.Add(resultBuilder(op))
		}
		f.Add(method(a, op))
		for _, code := range walks(a, op) {
			f.Add(code)
		}
	}
	return render(f)
}

// client renders the client's type.
func client(a *api.API) jen.Code {
	return doc(a.Names.Client + " calls the API. It is safe for concurrent use.").
		Type().Id(a.Names.Client).Struct(jen.Id("caller").Op("*").Qual(runtimePath, "Caller")).Line()
}

// constructor renders New.
func constructor(a *api.API) jen.Code {
	failed := jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
	return doc(constructorDoc(a)...).
		Func().Id(a.Names.New).Params(jen.Id("opts").Op("...").Qual(runtimePath, "Option")).
		Params(jen.Op("*").Id(a.Names.Client), jen.Error()).
		Block(
			jen.List(jen.Id("caller"), jen.Err()).Op(":=").Qual(runtimePath, "NewCaller").
				Call(jen.Op("&").Id(a.Names.Description), jen.Id("opts").Op("...")),
			failed,
			jen.Return(jen.Op("&").Id(a.Names.Client).Values(field("caller", jen.Id("caller"))), jen.Nil()),
		).Line()
}

// closer renders Close.
func closer(a *api.API) jen.Code {
	return doc("Close releases the connections of a client that was made without a runtime of its caller's. Calls after it fail.").
		Func().Params(jen.Id("c").Op("*").Id(a.Names.Client)).Id("Close").Params().Error().
		Block(jen.Return(jen.Id("c").Dot("caller").Dot("Close").Call())).Line()
}
