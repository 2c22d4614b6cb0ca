package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
)

// paramsStruct renders the struct of the query, header and cookie parameters of an operation.
func paramsStruct(a *api.API, op *api.Operation) jen.Code {
	fields := make([]jen.Code, len(op.Params))
	for i, p := range op.Params {
		fields[i] = doc(paramDoc(p)...).Id(p.Go).Add(typ(p.Type))
	}
	return doc(
		op.ParamsType + " holds the query, header and cookie parameters of [*" + a.Names.Client + "." + op.Name + "].",
	).
		Type().Id(op.ParamsType).Struct(fields...).Line()
}

// paramDoc returns the comment of a parameter: its description, and whether it is required.
func paramDoc(p *api.Param) []string {
	text := joinText(comment.WireName(p.Go, p.Name), p.Description)
	if p.Required {
		text = joinText(text, "Required.")
	}
	paragraphs := []string{text}
	if p.Deprecated {
		paragraphs = append(paragraphs, comment.Deprecated)
	}
	return paragraphs
}
