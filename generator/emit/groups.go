package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
)

// groups renders the groups of operations: their interfaces, types and methods, which call the
// methods of the client.
func groups(a *api.API) []jen.Code {
	var list []jen.Code
	for _, g := range a.Groups {
		methods := groupMethods(a, g)
		list = append(list, groupInterface(a, g, methods), groupType(a, g))
		for _, m := range methods {
			list = append(list, groupMethod(a, g, m))
		}
	}
	return list
}

// A groupMember is a method of a group.
type groupMember struct {
	op        *api.Operation // with the names in the group
	flat      string         // method of the client
	signature *jen.Statement
	doc       []string
}

// groupMethods returns the methods of a group.
func groupMethods(a *api.API, g *api.Group) []groupMember {
	var list []groupMember
	for _, op := range a.Operations {
		if op.Group != g.Field {
			continue
		}
		short := grouped(op)
		list = append(list, groupMember{short, op.Name, signature(short), groupedDoc(a, short, op.Name)})
		for i, it := range iteratorsOf(short) {
			flat := iteratorsOf(op)[i].name
			list = append(list, groupMember{short, flat, iteratorSignature(short, it), sameAs(a, it.name, flat)})
		}
		for i, s := range short.Streams {
			flat := op.Streams[i].Name
			list = append(list, groupMember{short, flat, streamSignature(short, s), sameAs(a, s.Name, flat)})
		}
	}
	return list
}

// grouped returns an operation with the names that its methods have in its group.
func grouped(op *api.Operation) *api.Operation {
	short := *op
	short.Name = op.Grouped[op.Name]
	short.ItemsMethod, short.PagesMethod = op.Grouped[op.ItemsMethod], op.Grouped[op.PagesMethod]
	short.Streams = make([]*api.Streaming, len(op.Streams))
	for i, s := range op.Streams {
		one := *s
		one.Name = op.Grouped[s.Name]
		short.Streams[i] = &one
	}
	return &short
}

// groupedDoc returns the doc comment of a method that makes one call.
func groupedDoc(a *api.API, op *api.Operation, flat string) []string {
	first, _ := sentence(op)
	paragraphs := []string{first, "\t" + op.Route(), "See [*" + a.Names.Client + "." + flat + "]."}
	if op.Deprecated {
		paragraphs = append(paragraphs, comment.Deprecated)
	}
	return docLines(paragraphs)
}

// sameAs returns the doc comment of an iterator.
func sameAs(a *api.API, name, flat string) []string {
	return docLines([]string{name + " is the same as [*" + a.Names.Client + "." + flat + "]."})
}

// groupInterface renders the interface of a group, and the assertion that its type implements it.
func groupInterface(a *api.API, g *api.Group, methods []groupMember) jen.Code {
	signatures := make([]jen.Code, len(methods))
	for i, m := range methods {
		signatures[i] = m.signature.Clone()
	}
	return doc(g.Interface + " lists the methods of [" + g.Type +
		"]. Functions that accept it instead of the group can be tested with a fake.").
		Type().Id(g.Interface).Interface(signatures...).Line().Line().
		Var().Id("_").Id(g.Interface).Op("=").Id(g.Type).Values().Line()
}

// groupType renders the type of a group.
func groupType(a *api.API, g *api.Group) jen.Code {
	return doc(g.Type+" has the operations with the tag "+comment.One(g.Tag)+". It is the field "+g.Field+
		" of a [*"+a.Names.Client+"].", g.Description).
		Type().Id(g.Type).Struct(jen.Id("client").Op("*").Id(a.Names.Client)).Line()
}

// groupMethod renders a method of a group.
func groupMethod(a *api.API, g *api.Group, m groupMember) jen.Code {
	return comments(m.doc).
		Func().Params(jen.Id("c").Id(g.Type)).Add(m.signature.Clone()).
		Block(jen.Return(jen.Id("c").Dot("client").Dot(m.flat).Call(passed(m.op)...))).Line()
}

// passed renders the arguments of a method for a call of another method with the same arguments.
func passed(op *api.Operation) []jen.Code {
	args := []jen.Code{jen.Id("ctx")}
	for _, p := range op.PathParams {
		args = append(args, jen.Id(p.Go))
	}
	if op.ParamsType != "" {
		args = append(args, jen.Id("params"))
	}
	if op.Body != nil {
		args = append(args, jen.Id(op.Body.Arg))
	}
	return append(args, jen.Id("opts").Op("..."))
}

// groupFields renders the fields of the client.
func groupFields(list []*api.Group) []jen.Code {
	fields := make([]jen.Code, len(list))
	for i, g := range list {
		fields[i] = jen.Id(g.Field).Id(g.Type).Comment("tag " + comment.One(g.Tag))
	}
	return fields
}
