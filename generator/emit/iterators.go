package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
	"github.com/resgen/resgen/resilience/policy"
)

// iterators renders the iterators of an operation over the items of all pages and over the pages.
func iterators(a *api.API, op *api.Operation) []jen.Code {
	var list []jen.Code
	for _, it := range iteratorsOf(op) {
		list = append(list, doc(iteratorDoc(a, op, it)).
			Func().Params(jen.Id("c").Op("*").Id(a.Names.Client)).Add(iteratorSignature(op, it)).
			Block(methodBody(op, func(in jen.Code) *jen.Statement { return iteratorCall(op, it, in) })...).Line())
	}
	return list
}

// An iterator is one of the iterators of an operation.
type iterator struct {
	name  string
	yield *jen.Statement // type of the values
	items bool           // over items, not over pages
}

func iteratorsOf(op *api.Operation) []iterator {
	var list []iterator
	if op.ItemsMethod != "" {
		list = append(list, iterator{op.ItemsMethod, typ(op.ItemType), true})
	}
	if op.PagesMethod != "" {
		list = append(list, iterator{op.PagesMethod, resultType(op), false})
	}
	return list
}

// iteratorSignature renders the method without its receiver. It has the arguments of the operation.
func iteratorSignature(op *api.Operation, it iterator) *jen.Statement {
	return jen.Id(it.name).Params(arguments(op)...).Qual("iter", "Seq2").Types(it.yield.Clone(), jen.Error())
}

// iteratorCall renders the call of the runtime with the values to send.
func iteratorCall(op *api.Operation, it iterator, in jen.Code) *jen.Statement {
	args := []jen.Code{jen.Id("ctx"), jen.Id("c").Dot("caller"), jen.Op("&").Id(op.Var), in}
	opts := jen.Id("opts").Op("...")
	switch {
	case it.items:
		return jen.Qual(runtimePath, "Items").Types(it.yield.Clone()).Call(append(args, opts)...)
	case op.Result.Struct != "":
		return jen.Qual(runtimePath, "PagesResult").Call(append(args, jen.Id(op.Result.Build), opts)...)
	}
	return jen.Qual(runtimePath, "Pages").Types(it.yield.Clone()).Call(append(args, opts)...)
}

// iteratorDoc returns the doc comment of an iterator.
func iteratorDoc(a *api.API, op *api.Operation, it iterator) string {
	method := "[*" + a.Names.Client + "." + op.Name + "]"
	if !it.items {
		text := it.name + " iterates over the pages of " + method + "."
		if endless(op) {
			text += " No page is marked as the last one: leave the loop when you have enough."
		}
		return text
	}
	what := "the pages"
	if path := op.Policy.Pagination.Items; path != "" {
		what = comment.One(path) + " of all pages"
	}
	text := it.name + " iterates over the items in " + what + " of " + method + ". An error ends the loop."
	if ttl := op.Policy.Pagination.TTL; ttl > 0 {
		text += " The token of a page expires after " + policy.FormatDuration(ttl) + "; see [resilience.WithRestart]."
	}
	return text
}

// endless reports whether no response says that it is the last page.
func endless(op *api.Operation) bool {
	p := op.Policy.Pagination
	return p.Style == string(api.PagesPage) && p.Response == "" && op.ItemsMethod == ""
}
