package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
)

// ownDescriptors returns the operation once for each of its streams that has a descriptor.
func ownDescriptors(op *api.Operation) []*api.Operation {
	var list []*api.Operation
	for _, s := range op.Streams {
		if s.Var == op.Var {
			continue
		}
		streamed := *op
		streamed.Var, streamed.Success = s.Var, []*api.Outcome{s.Success}
		list = append(list, &streamed)
	}
	return list
}

// streams renders the iterators of an operation over the values of its streams.
func streams(a *api.API, op *api.Operation) []jen.Code {
	var list []jen.Code
	for _, s := range op.Streams {
		list = append(list, doc(streamDoc(a, op, s)).
			Func().Params(jen.Id("c").Op("*").Id(a.Names.Client)).Add(streamSignature(op, s)).
			Block(methodBody(op, func(in jen.Code) *jen.Statement { return streamCall(s, in) })...).Line())
	}
	return list
}

// streamSignature renders the method without its receiver. It has the arguments of the operation.
func streamSignature(op *api.Operation, s *api.Streaming) *jen.Statement {
	value := typ(s.Type)
	if s.Events {
		value = jen.Qual(runtimePath, "ServerEvent").Types(value)
	}
	return jen.Id(s.Name).Params(arguments(op)...).Qual("iter", "Seq2").Types(value, jen.Error())
}

// streamCall renders the call of the runtime with the values to send.
func streamCall(s *api.Streaming, in jen.Code) *jen.Statement {
	name := "Values"
	if s.Events {
		name = "ServerEvents"
	}
	args := []jen.Code{jen.Id("ctx"), jen.Id("c").Dot("caller"), jen.Op("&").Id(s.Var), in}
	return jen.Qual(runtimePath, name).Types(typ(s.Type)).Call(append(args, jen.Id("opts").Op("..."))...)
}

// streamDoc returns the doc comment of an iterator.
func streamDoc(a *api.API, op *api.Operation, s *api.Streaming) string {
	what := "the JSON values"
	if s.Events {
		what = "the events"
	}
	return s.Name + " iterates over " + what + " of [*" + a.Names.Client + "." + op.Name + "] as " +
		comment.One(s.Success.Media) + ". An error ends the loop."
}
