package emit

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// method renders the method of the client that calls an operation.
func method(a *api.API, op *api.Operation) jen.Code {
	return comments(operationDoc(a, op)).
		Func().Params(jen.Id("c").Op("*").Id(a.Names.Client)).Add(signature(op)).
		Block(methodBody(op, func(in jen.Code) *jen.Statement { return call(op, in) })...).Line()
}

// signature renders a method without its receiver. The order of arguments is the same for all
// operations: ctx, path parameters, params, body, options.
func signature(op *api.Operation) *jen.Statement {
	code := jen.Id(op.Name).Params(arguments(op)...)
	if t := resultType(op); t != nil {
		return code.Params(t, jen.Error())
	}
	return code.Error()
}

// arguments renders the arguments of the methods of an operation.
func arguments(op *api.Operation) []jen.Code {
	args := []jen.Code{jen.Id("ctx").Qual("context", "Context")}
	args = append(args, pathArgs(op.PathParams)...)
	if op.ParamsType != "" {
		args = append(args, jen.Id("params").Id(op.ParamsType))
	}
	if op.Body != nil {
		args = append(args, jen.Id(op.Body.Arg).Add(typ(op.Body.Type)))
	}
	return append(args, jen.Id("opts").Op("...").Qual(runtimePath, "CallOption"))
}

// pathArgs renders the path parameters. Neighbours of the same type are written as "a, b string".
func pathArgs(list []*api.Param) []jen.Code {
	var args []jen.Code
	for i, p := range list {
		if i+1 < len(list) && sameType(p.Type, list[i+1].Type) {
			args = append(args, jen.Id(p.Go))
			continue
		}
		args = append(args, jen.Id(p.Go).Add(typ(p.Type)))
	}
	return args
}

// sameType reports whether two types are equal.
func sameType(a, b *api.Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.Name == b.Name && sameType(a.Elem, b.Elem)
}

// resultType renders the first result of the method; nil if it returns only an error.
func resultType(op *api.Operation) *jen.Statement {
	switch {
	case op.Result == nil:
		return nil
	case op.Result.Struct != "":
		return jen.Op("*").Id(op.Result.Struct)
	case op.Result.Type != nil:
		return typ(op.Result.Type)
	}
	return nil
}

// call renders the call of the runtime with the values to send.
func call(op *api.Operation, in jen.Code) *jen.Statement {
	args := []jen.Code{jen.Id("ctx"), jen.Id("c").Dot("caller"), jen.Op("&").Id(op.Var), in}
	opts := jen.Id("opts").Op("...")
	result := resultType(op)
	switch {
	case result == nil:
		return jen.Qual(runtimePath, "Do").Call(append(args, opts)...)
	case op.Result.Struct != "":
		return jen.Qual(runtimePath, "CallResult").Call(append(args, jen.Id(op.Result.Build), opts)...)
	}
	return jen.Qual(runtimePath, "Call").Types(result).Call(append(args, opts)...)
}

// longInput is the number of columns of the values to send from which they get a separate
// statement. This keeps the bodies of methods short.
const longInput = 60

// methodBody renders the statements of a method that sends the input of an operation.
func methodBody(op *api.Operation, call func(input jen.Code) *jen.Statement) []jen.Code {
	names := inputNames(op)
	if len(strings.Join(names, ", ")) < longInput || slices.Contains(names, "args") {
		return []jen.Code{jen.Return(call(input(op)))}
	}
	return []jen.Code{jen.Id("args").Op(":=").Add(input(op)), jen.Return(call(jen.Id("args")))}
}

// inputNames returns the source of the values to send.
func inputNames(op *api.Operation) []string {
	var names []string
	for _, p := range op.PathParams {
		names = append(names, p.Go)
	}
	for _, p := range op.Params {
		names = append(names, "params."+p.Go)
	}
	if op.Body != nil {
		names = append(names, op.Body.Arg)
	}
	return names
}

// input renders the values to send, in the order of the parameters in the descriptor.
func input(op *api.Operation) *jen.Statement {
	var values []jen.Code
	for _, p := range op.PathParams {
		values = append(values, jen.Id(p.Go))
	}
	for _, p := range op.Params {
		values = append(values, jen.Id("params").Dot(p.Go))
	}
	code := jen.Qual(wirePath, "Args").Call(values...)
	if op.Body != nil {
		code.Dot("With").Call(jen.Id(op.Body.Arg))
	}
	return code
}

// operationsInterface renders the interface of all operations, and the assertion that the client
// implements it.
func operationsInterface(a *api.API) jen.Code {
	var methods []jen.Code
	for _, op := range a.Operations {
		methods = append(methods, signature(op))
		for _, it := range iteratorsOf(op) {
			methods = append(methods, iteratorSignature(op, it))
		}
		for _, s := range op.Streams {
			methods = append(methods, streamSignature(op, s))
		}
	}
	return doc(a.Names.Operations + " lists the methods of [*" + a.Names.Client +
		"]. Functions that accept it instead of the client can be tested with a fake.").
		Type().Id(a.Names.Operations).Interface(methods...).Line().Line().
		Var().Id("_").Id(a.Names.Operations).Op("=").Parens(jen.Op("*").Id(a.Names.Client)).Parens(jen.Nil()).Line()
}
