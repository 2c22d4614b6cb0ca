package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
)

// walks renders the iterators of an operation over the items of all pages and over the pages, as far as it has them.
func walks(a *api.API, op *api.Operation) []jen.Code {
	var list []jen.Code
	for _, w := range walksOf(op) {
		list = append(list, doc(walkDoc(a, op, w)...).
			Func().Params(jen.Id("c").Op("*").Id(a.Names.Client)).Add(walkSignature(op, w)).
			Block(jen.Return(walkCall(op, w))).Line())
	}
	return list
}

// A walk is one iterator.
type walk struct {
	name  string
	yield *jen.Statement // type of what it yields
	items bool
}

func walksOf(op *api.Operation) []walk {
	var list []walk
	if op.ItemsMethod != "" {
		list = append(list, walk{op.ItemsMethod, typ(op.ItemType), true})
	}
	if op.PagesMethod != "" {
		list = append(list, walk{op.PagesMethod, resultType(op), false})
	}
	return list
}

// walkSignature renders name, arguments and results: the arguments are those of the operation.
func walkSignature(op *api.Operation, w walk) *jen.Statement {
	return jen.Id(w.name).Params(arguments(op)...).Qual("iter", "Seq2").Types(w.yield.Clone(), jen.Error())
}

// walkCall renders the call of the runtime that walks.
func walkCall(op *api.Operation, w walk) *jen.Statement {
	args := []jen.Code{jen.Id("ctx"), jen.Id("c").Dot("caller"), jen.Op("&").Id(op.Var), input(op)}
	opts := jen.Id("opts").Op("...")
	switch {
	case w.items:
		return jen.Qual(runtimePath, "Items").Types(w.yield.Clone()).Call(append(args, opts)...)
	case op.Result.Struct != "":
		return jen.Qual(runtimePath, "PagesResult").Call(append(args, jen.Id(op.Result.Build), opts)...)
	}
	return jen.Qual(runtimePath, "Pages").Types(w.yield.Clone()).Call(append(args, opts)...)
}

// walkDoc says what an iterator yields.
func walkDoc(a *api.API, op *api.Operation, w walk) []string {
	method := "[*" + a.Names.Client + "." + op.Name + "]"
	if !w.items {
		text := w.name + " yields the answers of " + method + " page by page."
		if endless(op) {
			text += " Nothing in them tells which is the last: leave the loop when you have what you want."
		}
		return []string{text}
	}
	where := "the answers of " + method
	if path := op.Policy.Pagination.Items; path != "" {
		where = comment.One(path) + " of all pages of " + method
	}
	text := w.name + " yields the items in " + where + ". An error ends the loop."
	if ttl := op.Policy.Pagination.TTL; ttl > 0 {
		text += " A page's token lives for " + span(ttl) + "; see [resilience.WithRestart]."
	}
	return []string{text}
}

// endless reports whether nothing in an answer tells that it is the last page.
func endless(op *api.Operation) bool {
	p := op.Policy.Pagination
	return p.Style == "page" && p.Response == "" && op.ItemsMethod == ""
}
