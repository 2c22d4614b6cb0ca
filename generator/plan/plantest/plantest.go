package plantest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

var kinds = map[api.Kind]string{
	api.Any: "any", api.Bool: "bool", api.Int32: "int32", api.Int64: "int64", api.Uint64: "uint64",
	api.Float64: "float64", api.Decimal: "Decimal",
	api.String: "string", api.Bytes: "[]byte", api.Time: "Time", api.Date: "Date", api.Scalar: "Scalar", api.Raw: "Raw",
	api.File: "File", api.Reader: "Reader", api.Stream: "Stream",
}

// GoType writes a type: *string, []Pet, map[string]any, Nullable[Time].
func GoType(t *api.Type) string {
	switch {
	case t == nil:
		return "nothing"
	case t.Kind == api.NamedType:
		return t.Name
	case t.Kind == api.Slice:
		return "[]" + GoType(t.Elem)
	case t.Kind == api.Map:
		return "map[string]" + GoType(t.Elem)
	case t.Kind == api.Pointer:
		return "*" + GoType(t.Elem)
	case t.Kind == api.Nullable:
		return "Nullable[" + GoType(t.Elem) + "]"
	}
	return kinds[t.Kind]
}

// Declaration writes a type of the package: "Pet struct{ID string id; Name *string name,omitzero}".
func Declaration(n *api.Named) string {
	switch n.Shape {
	case api.Struct:
		return structDeclaration(n)
	case api.Enum:
		var parts []string
		for _, v := range n.Values {
			parts = append(parts, v.Go+"="+v.Text)
		}
		return n.Name + " " + GoType(n.Underlying) + "{" + strings.Join(parts, " ") + "}"
	case api.Union:
		return unionDeclaration(n)
	case api.Alias:
		return n.Name + " = " + GoType(n.Underlying)
	}
	return n.Name + " " + GoType(n.Underlying)
}

func structDeclaration(n *api.Named) string {
	var parts []string
	for _, f := range n.Fields {
		text := f.Go + " " + GoType(f.Type) + " " + f.Name
		if f.OmitZero {
			text += ",omitzero"
		}
		if f.Constant != "" {
			text += "=" + f.Constant
		}
		parts = append(parts, text)
	}
	if n.Additional != nil {
		parts = append(parts, n.AdditionalName+" map[string]"+GoType(n.Additional))
	}
	switch n.UnknownName {
	case "":
		parts = append(parts, "nothing unknown")
	case "Unknown":
	default:
		parts = append(parts, n.UnknownName+" Unknown")
	}
	custom := ""
	if n.Custom {
		custom = " custom"
	}
	return n.Name + custom + " struct{" + strings.Join(parts, "; ") + "}"
}

func unionDeclaration(n *api.Named) string {
	var parts []string
	for _, v := range n.Variants {
		text := v.Go + ":" + GoType(v.Type)
		if len(v.Values) > 0 {
			text += "(" + constants(v.Values) + ")"
		}
		for _, m := range v.Members {
			text += "[" + m.Name + "=" + constants(m.Values) + "]"
		}
		if len(v.Required) > 0 {
			text += "!" + strings.Join(v.Required, ",")
		}
		parts = append(parts, text)
	}
	if n.Discriminator != "" {
		parts = append(parts, "by "+n.Discriminator)
	}
	if n.Default != "" {
		parts = append(parts, "else "+n.Default)
	}
	return n.Name + " union{" + strings.Join(parts, " ") + "}"
}

// constants writes values: a,b for texts and 1:int64 for others.
func constants(list []api.Constant) string {
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = c.Text
		if c.Kind != api.String {
			texts[i] += ":" + kinds[c.Kind]
		}
	}
	return strings.Join(texts, ",")
}

// Declarations writes the types of a package, a line each.
func Declarations(a *api.API) string {
	var lines []string
	for _, n := range a.Types {
		lines = append(lines, Declaration(n))
	}
	return strings.Join(lines, "\n")
}

// Method writes an operation as a method and, a line each, its params struct and result struct.
func Method(o *api.Operation) string {
	var args []string
	for _, p := range o.PathParams {
		args = append(args, p.Go+" "+GoType(p.Type))
	}
	if o.ParamsType != "" {
		args = append(args, "params "+o.ParamsType)
	}
	if o.Body != nil {
		args = append(args, o.Body.Arg+" "+GoType(o.Body.Type))
	}
	lines := []string{o.Name + "(" + strings.Join(args, ", ") + ")"}
	switch {
	case o.Result.Struct != "":
		lines[0] += " " + o.Result.Struct
	case o.Result.Type != nil:
		lines[0] += " " + GoType(o.Result.Type)
	}
	if o.ParamsType != "" {
		var fields []string
		for _, p := range o.Params {
			fields = append(fields, p.Go+" "+GoType(p.Type))
		}
		lines = append(lines, o.ParamsType+"{"+strings.Join(fields, "; ")+"}")
	}
	return strings.Join(lines, "\n")
}

// Methods writes the operations of a package with [Method].
func Methods(a *api.API) string {
	var lines []string
	for _, o := range a.Operations {
		lines = append(lines, Method(o))
	}
	return strings.Join(lines, "\n")
}

// Outcomes writes responses: "200 application/json *Pet json OK; 404".
func Outcomes(list []*api.Outcome) string {
	var parts []string
	for _, o := range list {
		text := fmt.Sprint(o.Status)
		if o.Decode != "" {
			text += " " + o.Media + " " + GoType(o.Type) + " " + string(o.Decode)
		}
		if o.Field != "" {
			text += " " + o.Field
		}
		if o.Unasked {
			text += " unasked"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// grammarCodes are findings that [Read] ignores, because documents of tests are not complete.
var grammarCodes = []string{"missing-key", "other-version", "wrong-value", "duplicate-value", "server-variable"}

// Read loads a document that has no defects but those of grammar.
func Read(t *testing.T, text string) *spec.Document {
	t.Helper()
	doc, found := spec.Load(context.Background(), spec.Options{File: "a.yaml", Data: []byte(text)})
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return slices.Contains(grammarCodes, d.Code) })
	if doc == nil || len(found) > 0 {
		t.Fatal(found)
	}
	return doc
}

// PolicyFile decodes a policy file that has no mistakes.
func PolicyFile(t *testing.T, text string) *policy.File {
	t.Helper()
	f, found := policyfile.DecodeFile("p.yaml", []byte(text))
	if len(found) > 0 {
		t.Fatal(found)
	}
	return f
}

// Planned plans a document and returns the findings as lines.
func Planned(t *testing.T, text string, o plan.Options) (*api.API, []string) {
	t.Helper()
	if o.Package == "" {
		o.Package = "p"
	}
	a, found := plan.Plan(Read(t, text), o)
	return a, Texts(found)
}

// Texts returns findings as lines.
func Texts(found diag.List) []string {
	var lines []string
	for _, d := range found {
		lines = append(lines, d.Error())
	}
	return lines
}

// MustPlan plans a document and fails the test for any finding.
func MustPlan(t *testing.T, text string) *api.API {
	t.Helper()
	a, lines := Planned(t, text, plan.Options{})
	if len(lines) > 0 {
		t.Fatal(strings.Join(lines, "\n"))
	}
	return a
}

// Same fails the test unless got is want.
func Same(t *testing.T, got, want string) {
	t.Helper()
	if got, want = strings.TrimSpace(got), strings.TrimSpace(want); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Schemas30 returns a document with the component schemas, which are indented by four.
func Schemas30(schemas string) string {
	return "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n" + schemas + "\n"
}

// Schemas31 returns the same as [Schemas30] in OpenAPI 3.1.
func Schemas31(schemas string) string {
	return strings.Replace(Schemas30(schemas), "3.0.3", "3.1.0", 1)
}

// Paths30 returns a document with the paths, which are indented by two.
func Paths30(paths, components string) string {
	return "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n" + paths +
		"\ncomponents:\n  schemas:\n    Pet: {type: object, properties: {name: {type: string}}}\n" + components + "\n"
}

// Value writes the value of a policy at a dotted key, and its source.
func Value(p policy.Policy, sources map[string]policy.Source, key string) string {
	v, _ := policy.Get(p, key)
	return v + " ← " + sources[key].String()
}
