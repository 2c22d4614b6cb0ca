package emit

import (
	"reflect"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
	"github.com/resgen/resgen/resilience/policy"
)

// descriptor renders the variable that describes an operation to the runtime. Its policy has only
// what differs from the policy of the API.
func descriptor(a *api.API, op *api.Operation, shared *sharedFailures) jen.Code {
	fields := []jen.Code{
		field("ID", jen.Lit(op.ID)), field("Method", jen.Lit(op.Method)), field("Path", jen.Lit(op.Path)),
	}
	if ps := op.AllParams(); len(ps) > 0 {
		fields = append(fields, field("Params", params(ps)))
	}
	if op.Body != nil {
		fields = append(fields, field("Body", body(op.Body)))
	}
	if len(op.Success) > 0 {
		fields = append(fields, field("Success", outcomes(op.Success)))
	}
	if len(op.Failure) > 0 {
		fields = append(fields, field("Failure", shared.of(op)))
	}
	if op.Server != "" {
		fields = append(fields, field("Server", jen.Lit(op.Server)))
	}
	if len(op.Security) > 0 {
		fields = append(fields, field("Security", security(op.Security)))
	}
	if diff := policy.Diff(a.Policy, op.Policy); !reflect.ValueOf(diff).IsZero() {
		fields = append(fields, field("Policy", literal(diff)))
	}
	return comments(comment.Wrap(op.Var+" describes "+op.Route()+".")).
		Var().Id(op.Var).Op("=").Qual(runtimePath, "Operation").Add(multi(fields...)).Line()
}

// route returns the method and path of an operation: "GET /pets".
// styles has the names of the styles of parameters in package wire.
var styles = map[api.Style]string{
	api.StyleSimple: "Simple", api.StyleLabel: "Label", api.StyleMatrix: "Matrix", api.StyleForm: "Form",
	api.StyleSpace: "SpaceDelimited", api.StylePipe: "PipeDelimited", api.StyleTab: "TabDelimited",
	api.StyleDeepObject: "DeepObject",
}

// usual reports whether style is the default of a location.
func usual(in api.In, style api.Style) bool {
	if in == api.InPath || in == api.InHeader {
		return style == api.StyleSimple
	}
	return style == api.StyleForm
}

// params renders a list of parameters, one per line.
func params(list []*api.Param) jen.Code {
	rows := make([]jen.Code, len(list))
	for i, p := range list {
		rows[i] = bodyFields(param(p), len(p.Parts) > 0)
	}
	return jen.Index().Qual(wirePath, "Param").Add(multi(rows...))
}

// param renders the fields of a parameter. A value with a media type has no style, because it is
// sent as one string.
func param(p *api.Param) []jen.Code {
	fields := []jen.Code{field("Name", jen.Lit(p.Name)), field("In", jen.Qual(wirePath, locations[p.In]))}
	if style := styles[p.Style]; p.Media == "" && style != "" && !usual(p.In, p.Style) {
		fields = append(fields, field("Style", jen.Qual(wirePath, style)))
	}
	fields = append(fields, flags([]flag{
		{"Explode", p.Explode && p.Media == ""}, {"Required", p.Required}, {"Reserved", p.Reserved},
		{"Greedy", p.Greedy}, {"Empty", p.AllowEmpty},
	})...)
	if p.Inner != "" {
		fields = append(fields, field("Inner", jen.Lit(p.Inner)))
	}
	if p.Media != "" {
		fields = append(fields, field("Media", jen.Lit(p.Media)))
	}
	if len(p.Parts) > 0 {
		fields = append(fields, field("Parts", parts(p.Parts)))
	}
	if p.Default != "" {
		fields = append(fields, field("Default", jen.Lit(p.Default)))
	}
	if p.Rule != nil {
		fields = append(fields, field("Rule", ruleOf(p.Rule)))
	}
	return fields
}

// A flag is a bool field, rendered if it is set.
type flag struct {
	name string
	set  bool
}

// flags renders the fields that are set.
func flags(list []flag) []jen.Code {
	var fields []jen.Code
	for _, f := range list {
		if f.set {
			fields = append(fields, field(f.name, jen.True()))
		}
	}
	return fields
}

// formats has the names of the formats of bodies in package wire.
var formats = map[api.Format]string{
	api.FormatJSON: "JSON", api.FormatForm: "FormURL", api.FormatMultipart: "Multipart", api.FormatText: "Text",
	api.FormatBinary: "Binary",
}

// body renders the description of a request body.
func body(b *api.Body) jen.Code {
	fields := []jen.Code{field("Media", jen.Lit(b.Media)), field("Format", jen.Qual(wirePath, formats[b.Format]))}
	fields = append(fields, flags([]flag{{"Required", b.Required}, {"Nullable", b.Nullable && b.Required}})...)
	if len(b.Parts) > 0 {
		fields = append(fields, field("Parts", parts(b.Parts)))
	}
	if b.Rule != nil {
		fields = append(fields, field("Rule", ruleOf(b.Rule)))
	}
	return jen.Op("&").Qual(wirePath, "Body").Add(bodyFields(fields, len(b.Parts) > 0))
}

// bodyFields renders the fields of a body or a parameter, one per line if it has parts.
func bodyFields(fields []jen.Code, parts bool) jen.Code {
	if parts {
		return multi(fields...)
	}
	return jen.Values(fields...)
}

// parts renders the members of a form whose encoding differs from the default, one per line.
func parts(list []api.Part) jen.Code {
	rows := make([]jen.Code, len(list))
	for i, p := range list {
		fields := []jen.Code{field("Name", jen.Lit(p.Name))}
		if p.Media != "" {
			fields = append(fields, field("Media", jen.Lit(p.Media)))
		}
		if style := styles[p.Style]; style != "" {
			fields = append(fields, field("Style", jen.Qual(wirePath, style)))
		}
		fields = append(fields, flags([]flag{
			{"Explode", p.Explode}, {"Reserved", p.Reserved}, {"Base64", p.Base64},
		})...)
		if p.Inner != "" {
			fields = append(fields, field("Inner", jen.Lit(p.Inner)))
		}
		rows[i] = jen.Values(fields...)
	}
	return jen.Index().Qual(wirePath, "Part").Add(multi(rows...))
}

// outcomes renders a table of declared responses, one per line.
func outcomes(list []*api.Outcome) jen.Code {
	rows := make([]jen.Code, len(list))
	for i, o := range list {
		rows[i] = jen.Values(outcome(o)...)
	}
	return jen.Index().Qual(wirePath, "Outcome").Add(multi(rows...))
}

// outcome renders the fields of a declared response.
func outcome(o *api.Outcome) []jen.Code {
	var fields []jen.Code
	if o.Status != 0 {
		fields = append(fields, field("Status", jen.Lit(o.Status)))
	}
	if o.Media != "" {
		fields = append(fields, field("Media", jen.Lit(o.Media)))
	}
	switch o.Decode {
	case api.DecodeJSON:
		fields = append(fields, field("Decode", jen.Qual(wirePath, "JSONAs").Types(typ(o.Type))))
	case api.DecodeText:
		fields = append(fields, field("Decode", jen.Qual(wirePath, "TextAs")))
	case api.DecodeString:
		fields = append(fields, field("Decode", jen.Qual(wirePath, "StringAs").Types(typ(o.Type))))
	case api.DecodeBytes:
		fields = append(fields, field("Decode", jen.Qual(wirePath, "BytesAs")))
	case api.DecodeStream:
		fields = append(fields, field("Stream", jen.True()))
	}
	return append(fields, flags([]flag{{"Unasked", o.Unasked}})...)
}

// security renders the alternative requirements of credentials, one per line.
func security(list []api.Requirement) jen.Code {
	rows := make([]jen.Code, len(list))
	for i, r := range list {
		uses := make([]jen.Code, len(r))
		for j, u := range r {
			fields := []jen.Code{field("Scheme", jen.Lit(u.Scheme))}
			if len(u.Scopes) > 0 {
				fields = append(fields, field("Scopes", texts(u.Scopes)))
			}
			uses[j] = jen.Values(fields...)
		}
		rows[i] = jen.Values(uses...)
	}
	return jen.Index().Qual(runtimePath, "Requirement").Add(multi(rows...))
}
