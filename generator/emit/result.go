package emit

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// resultStruct renders the result of an operation with several success responses: the status, and a
// field for each response with a body.
func resultStruct(a *api.API, op *api.Operation) jen.Code {
	fields := []jen.Code{jen.Id("Status").Int().Comment("// status of the response")}
	for _, o := range bodied(op.Success) {
		fields = append(fields, jen.Id(o.Field).Add(typ(o.Type)).Comment("// for "+statusWord(o.Status)))
	}
	return doc(
		op.Result.Struct + " is the result of [*" + a.Names.Client + "." + op.Name + "]. Only the field for the " +
			"status is set.",
	).
		Type().Id(op.Result.Struct).Struct(fields...).Line()
}

// resultBuilder renders the function that returns the result struct for a response.
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

// bodied returns the responses with a body: exact statuses before ranges, and ranges before
// default, so that the first matching case is the right one.
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

// breadth ranks a status by the number of statuses that it covers.
func breadth(status int) int {
	switch {
	case status == 0:
		return 2
	case status < 10:
		return 1
	}
	return 0
}

// statusCase renders the case for a status of the document.
func statusCase(status int) *jen.Statement {
	switch {
	case status == 0:
		return jen.Default()
	case status < 10:
		return jen.Case(jen.Id("status").Op("/").Lit(100).Op("==").Lit(status))
	}
	return jen.Case(jen.Id("status").Op("==").Lit(status))
}

// statusWord returns a status of the document in words: "404", "5XX", "any other status".
func statusWord(status int) string {
	switch {
	case status == 0:
		return "any other status"
	case status < 10:
		return strconv.Itoa(status) + "XX"
	}
	return strconv.Itoa(status)
}
