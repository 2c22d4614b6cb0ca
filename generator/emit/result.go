package emit

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// resultStruct renders what an operation with several success answers returns: the status, and one field an answer that has a body.
func resultStruct(a *api.API, op *api.Operation) jen.Code {
	fields := []jen.Code{jen.Id("Status").Int().Comment("// the status that was answered")}
	for _, o := range bodied(op.Success) {
		fields = append(fields, jen.Id(o.Field).Add(typ(o.Type)).Comment("// with "+statusWord(o.Status)))
	}
	return doc(op.Result.Struct + " is the answer of [*" + a.Names.Client + "." + op.Name + "]: the field that belongs to the status is set.").
		Type().Id(op.Result.Struct).Struct(fields...).Line()
}

// resultBuilder renders the function that fills the result struct.
func resultBuilder(op *api.Operation) jen.Code {
	lines := []jen.Code{jen.Id("r").Op(":=").Op("&").Id(op.Result.Struct).Values(field("Status", jen.Id("status")))}
	var cases []jen.Code
	for _, o := range bodied(op.Success) {
		set := jen.List(jen.Id("r").Dot(o.Field), jen.Id("_")).Op("=").Id("body").Assert(typ(o.Type))
		cases = append(cases, statusCase(o.Status).Block(set))
	}
	if len(cases) > 0 {
		lines = append(lines, jen.Switch().Block(cases...))
	}
	lines = append(lines, jen.Return(jen.Id("r")))
	return jen.Func().Id(op.Result.Build).
		Params(jen.Id("status").Int(), jen.Id("body").Any()).Op("*").Id(op.Result.Struct).
		Block(lines...).Line()
}

// bodied leaves out the answers without a body, which the status alone tells, and puts exact statuses before ranges and those before
// default, so that the first case that holds is the right one.
func bodied(list []*api.Outcome) []*api.Outcome {
	var out []*api.Outcome
	for _, o := range list {
		if o.Type != nil && o.Field != "" {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b *api.Outcome) int { return cmp.Compare(breadth(a.Status), breadth(b.Status)) })
	return out
}

// breadth ranks a status by how many it stands for.
func breadth(status int) int {
	switch {
	case status == 0:
		return 2
	case status < 10:
		return 1
	}
	return 0
}

// statusCase renders the condition that a status belongs to an answer.
func statusCase(status int) *jen.Statement {
	switch {
	case status == 0:
		return jen.Default()
	case status < 10:
		return jen.Case(jen.Id("status").Op("/").Lit(100).Op("==").Lit(status))
	}
	return jen.Case(jen.Id("status").Op("==").Lit(status))
}

// statusWord names a status of the document: "404", "5XX", "any other status".
func statusWord(status int) string {
	switch {
	case status == 0:
		return "any other status"
	case status < 10:
		return strconv.Itoa(status) + "XX"
	}
	return strconv.Itoa(status)
}
