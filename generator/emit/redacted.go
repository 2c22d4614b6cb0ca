package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// redacted renders the methods that hide the secrets of a struct from fmt and log/slog.
func redacted(n *api.Named) jen.Code {
	arguments := []jen.Code{jen.Id("x")}
	for _, name := range n.Secrets() {
		arguments = append(arguments, jen.Lit(name))
	}
	receiver := jen.Id("x").Id(n.Name)
	return doc("String returns the fields, with [redacted] in place of secrets.").
		Func().Params(receiver).Id("String").Params().String().
		Block(jen.Return(jen.Qual(wirePath, "Redacted").Call(arguments...))).Line().Line().
		Add(doc("LogValue returns the fields, with [redacted] in place of secrets.")).
		Func().Params(receiver).Id("LogValue").Params().Qual("log/slog", "Value").
		Block(jen.Return(jen.Qual("log/slog", "StringValue").Call(jen.Id("x").Dot("String").Call()))).Line()
}
