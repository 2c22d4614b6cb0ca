package emit

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
)

// resultStruct renders the result of an operation with several kinds of success responses: the
// status, and a field for each kind of body.
func resultStruct(a *api.API, op *api.Operation) jen.Code {
	fields := []jen.Code{jen.Id("Status").Int().Comment("// status of the response")}
	for _, group := range bodied(op.Success) {
		for _, o := range group {
			word := statusWord(o.Status)
			if len(group) > 1 {
				word += " as " + mediaOf(op.Success, o)
			}
			fields = append(fields, jen.Id(o.Field).Add(typ(o.Type)).Comment("// for "+word))
		}
	}
	return doc(
		op.Result.Struct + " is the result of [*" + a.Names.Client + "." + op.Name + "]. Only the field for the " +
			"response is set.",
	).
		Type().Id(op.Result.Struct).Struct(fields...).Line()
}

// mediaOf returns the media type of the bodies that set a field: the first one, because the others
// have the same Go type.
func mediaOf(list []*api.Outcome, of *api.Outcome) string {
	i := slices.IndexFunc(list, func(o *api.Outcome) bool { return o.Status == of.Status && o.Field == of.Field })
	return comment.One(list[i].Media)
}

// resultBuilder renders the function that returns the result struct for a response. The body of a
// status that is not declared is set by its type.
func resultBuilder(op *api.Operation) jen.Code {
	lines := []jen.Code{jen.Id("r").Op(":=").Op("&").Id(op.Result.Struct).Values(field("Status", jen.Id("status")))}
	groups := bodied(op.Success)
	switch len(groups) {
	case 0:
	case 1:
		lines = append(lines, setFields(groups[0])) // a body of another type sets nothing
	default:
		lines = append(lines, jen.Switch().Block(statusCases(op.Success, groups)...))
	}
	lines = append(lines, jen.Return(jen.Id("r")))
	return jen.Func().Id(op.Result.Build).
		Params(jen.Id("status").Int(), jen.Id("body").Any()).Op("*").Id(op.Result.Struct).
		Block(lines...).Line()
}

// statusCases renders the statements for the bodies of each status.
func statusCases(list []*api.Outcome, groups [][]*api.Outcome) []jen.Code {
	var cases []jen.Code
	for _, group := range groups {
		cases = append(cases, statusCase(group[0].Status).Block(setFields(group)))
	}
	every := func(o *api.Outcome) bool { return o.Status == 0 || o.Status == 2 }
	if !slices.ContainsFunc(list, every) {
		cases = append(cases, jen.Default().Block(setFields(slices.Concat(groups...))))
	}
	return cases
}

// setFields renders the statements that set the field for the type of a body. A field that takes
// any value is the last.
func setFields(list []*api.Outcome) *jen.Statement {
	if len(list) == 1 {
		return jen.List(jen.Id("r").Dot(list[0].Field), jen.Id("_")).Op("=").Id("body").Assert(typ(list[0].Type))
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *api.Outcome) int { return anyLast(a) - anyLast(b) })
	var code *jen.Statement
	for i, o := range list {
		if slices.ContainsFunc(list[:i], func(p *api.Outcome) bool { return sameType(p.Type, o.Type) }) {
			continue
		}
		fits := jen.If(jen.List(jen.Id("v"), jen.Id("ok")).Op(":=").Id("body").Assert(typ(o.Type)), jen.Id("ok")).
			Block(jen.Id("r").Dot(o.Field).Op("=").Id("v"))
		if code == nil {
			code = fits
			continue
		}
		code.Else().Add(fits)
	}
	return code
}

func anyLast(o *api.Outcome) int {
	if o.Type.Kind == api.Any {
		return 1
	}
	return 0
}

// bodied returns the responses with a body, one per field, grouped by status: exact statuses before
// ranges, and ranges before default, so that the first matching case is the right one.
func bodied(list []*api.Outcome) [][]*api.Outcome {
	var groups [][]*api.Outcome
	for _, o := range list {
		if o.Type == nil || o.Field == "" {
			continue
		}
		i := slices.IndexFunc(groups, func(g []*api.Outcome) bool { return g[0].Status == o.Status })
		if i < 0 {
			groups = append(groups, []*api.Outcome{o})
			continue
		}
		if !slices.ContainsFunc(groups[i], func(p *api.Outcome) bool { return p.Field == o.Field }) {
			groups[i] = append(groups[i], o)
		}
	}
	slices.SortStableFunc(groups, func(a, b []*api.Outcome) int {
		return cmp.Compare(breadth(a[0].Status), breadth(b[0].Status))
	})
	return groups
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
	if status == 0 {
		return jen.Default()
	}
	return jen.Case(isStatus(status))
}

// isStatus renders the condition for a status or a class of the document.
func isStatus(status int) *jen.Statement {
	if status < 10 {
		return jen.Id("status").Op("/").Lit(100).Op("==").Lit(status)
	}
	return jen.Id("status").Op("==").Lit(status)
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
