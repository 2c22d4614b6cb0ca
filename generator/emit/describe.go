package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
)

// handshake renders the constant that ties generated code to a generation of the runtime.
func handshake() jen.Code {
	return doc("This file needs a runtime of generation 1. If the next line does not compile, run go generate "+
		"or upgrade "+runtimePath+".").
		Const().Id("_").Op("=").Qual(runtimePath, "Generated1").Line()
}

// defaults renders the policy of the API.
func defaults(a *api.API) jen.Code {
	return doc(a.Names.Defaults + " is the policy of every operation. Descriptors list what differs from it.").
		Var().Id(a.Names.Defaults).Op("=").Add(literal(a.Policy)).Line()
}

// description renders what the runtime needs to know about the API as a whole.
func description(a *api.API) jen.Code {
	fields := []jen.Code{field("Name", jen.Lit(a.Package)), field("Servers", servers(a.Servers))}
	if len(a.Schemes) > 0 {
		fields = append(fields, field("Schemes", schemes(a.Schemes)))
	}
	fields = append(fields, field("Defaults", jen.Id(a.Names.Defaults)))
	if len(a.Circuits) > 0 {
		fields = append(fields, field("Circuits", table("Breaker", a.Circuits)))
	}
	if len(a.Buckets) > 0 {
		fields = append(fields, field("Buckets", table("Rate", a.Buckets)))
	}
	if a.Names.Rules != "" {
		fields = append(fields, field("Rules", jen.Id(a.Names.Rules)))
	}
	fields = append(fields, field("Operations", operations(a.Operations)))
	return doc(a.Names.Description+" describes the API to the runtime.").
		Var().Id(a.Names.Description).Op("=").Qual(runtimePath, "API").Add(multi(fields...)).Line()
}

// operations renders the list of descriptors.
func operations(ops []*api.Operation) jen.Code {
	var refs []jen.Code
	for _, op := range ops {
		refs = append(refs, jen.Op("&").Id(op.Var))
		for _, s := range ownDescriptors(op) {
			refs = append(refs, jen.Op("&").Id(s.Var))
		}
	}
	return jen.Index().Op("*").Qual(runtimePath, "Operation").Add(multi(refs...))
}

// servers renders the base URLs.
func servers(list []api.Server) jen.Code {
	rows := make([]jen.Code, len(list))
	for i, s := range list {
		fields := []jen.Code{field("Name", jen.Lit(s.Name)), field("URL", jen.Lit(s.URL))}
		if s.Description != "" {
			fields = append(fields, field("Description", jen.Lit(s.Description)))
		}
		if len(s.Variables) > 0 {
			fields = append(fields, field("Variables", variables(s.Variables)))
		}
		rows[i] = jen.Values(fields...)
	}
	return jen.Index().Qual(runtimePath, "Server").Add(multi(rows...))
}

// variables renders the variables in the URL of a server.
func variables(list []api.Variable) jen.Code {
	rows := make([]jen.Code, len(list))
	for i, v := range list {
		fields := []jen.Code{field("Default", jen.Lit(v.Default))}
		if len(v.Enum) > 0 {
			fields = append(fields, field("Enum", texts(v.Enum)))
		}
		rows[i] = jen.Lit(v.Name).Op(":").Values(fields...)
	}
	return jen.Map(jen.String()).Qual(runtimePath, "Variable").Values(rows...)
}

// locations has the names of the locations of parameters in package wire.
var locations = map[api.In]string{
	api.InPath: "Path", api.InQuery: "Query", api.InHeader: "Header", api.InCookie: "Cookie",
	api.InQueryString: "QueryString",
}

// schemes renders the security schemes.
func schemes(list []api.Scheme) jen.Code {
	rows := make([]jen.Code, len(list))
	for i, s := range list {
		fields := []jen.Code{field("Name", jen.Lit(s.Name)), field("Kind", jen.Lit(string(s.Kind)))}
		if in := locations[s.In]; in != "" {
			fields = append(fields, field("In", jen.Qual(wirePath, in)))
		}
		if s.Parameter != "" {
			fields = append(fields, field("Parameter", jen.Lit(s.Parameter)))
		}
		if s.HTTPScheme != "" {
			fields = append(fields, field("HTTPScheme", jen.Lit(s.HTTPScheme)))
		}
		if len(s.Scopes) > 0 {
			fields = append(fields, field("Scopes", texts(s.Scopes)))
		}
		rows[i] = jen.Values(fields...)
	}
	return jen.Index().Qual(runtimePath, "Scheme").Add(multi(rows...))
}

// texts renders a list of strings.
func texts(list []string) jen.Code {
	items := make([]jen.Code, len(list))
	for i, s := range list {
		items[i] = jen.Lit(s)
	}
	return jen.Index().String().Values(items...)
}
