package models

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"text/template"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/layout"
	"github.com/resgen/resgen/templates"
)

// configure sets the options of oapi-codegen, which keeps them in package variables: it generates
// from a document without schemas. From then on, those variables are only read.
var configure = sync.OnceValue(func() error {
	_, err := codegen.Generate(document(nil), configuration())
	return err
})

// printer has the templates of oapi-codegen that are used. Parsing all of them for each document
// would take longer than printing most documents.
var printer = sync.OnceValues(func() (*template.Template, error) {
	t, err := template.New("imports.tmpl").Funcs(codegen.TemplateFunctions).Parse(templates.Imports)
	if err != nil {
		return nil, err
	}
	_, err = t.New("typedef.tmpl").Parse(templates.Typedef)
	return t, err
})

// Print prints the types that oapi-codegen can print; header is the first line of the file without
// its slashes. It returns nil if there are none. An error is a defect of resgen, not of the
// document.
func Print(a *api.API, header string) ([]byte, error) {
	types := printable(a.Types)
	if len(types) == 0 {
		return nil, nil
	}
	source, err := generate(a.Package, types)
	if err != nil {
		return nil, fmt.Errorf("oapi-codegen rejects the planned types: %w", err)
	}
	source = "// " + header + "\n\n" + withoutNames(source)
	out, err := layout.Source([]byte(source))
	if err != nil {
		return nil, fmt.Errorf("oapi-codegen: source does not parse: %w", err)
	}
	return out, nil
}

// batch is the number of types and fields above which no more types are given to one run of
// oapi-codegen. The document of a run takes about 2 kB for each field.
const batch = 5000

// generate prints the types in runs of oapi-codegen.
func generate(pkg string, types []*api.Named) (string, error) {
	if err := configure(); err != nil {
		return "", err
	}
	t, err := printer()
	if err != nil {
		return "", err
	}
	var all strings.Builder
	head := struct {
		Package string
		Imports []string
	}{pkg, imports(types)}
	if err := t.Execute(&all, head); err != nil {
		return "", err
	}
	for len(types) > 0 {
		n, size := 0, 0
		for ; n < len(types) && size < batch; n++ {
			size += 1 + len(types[n].Fields)
		}
		source, err := run(t, types[:n])
		if err != nil {
			return "", err
		}
		all.WriteString(source)
		types = types[n:]
	}
	return all.String(), nil
}

// run prints types by oapi-codegen. It returns a panic as an error.
func run(t *template.Template, types []*api.Named) (source string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	definitions, err := codegen.GenerateTypesForSchemas(t, document(types).Components.Schemas, nil)
	if err != nil {
		return "", err
	}
	return codegen.GenerateTypes(t, definitions)
}

// configuration returns the options of oapi-codegen.
func configuration() codegen.Configuration {
	return codegen.Configuration{
		PackageName: "types",
		Generate:    codegen.GenerateOptions{Models: true},
		Compatibility: codegen.CompatibilityOptions{
			AllowUnexportedStructFieldNames: true, // x-oapi-codegen-only-honour-go-name needs it
		},
		OutputOptions: codegen.OutputOptions{SkipFmt: true, SkipPrune: true},
	}
}

// sentinel begins the comment of every field in the synthetic document. oapi-codegen writes the
// name of the field before it, and withoutNames removes both. Comments have no other control
// characters.
const sentinel = "\x01"

// named matches the name of a field before its comment.
var named = regexp.MustCompile(`// [\pL\pN_]+ ` + sentinel)

// withoutNames removes the names that oapi-codegen writes before comments, and the sentinels.
func withoutNames(source string) string {
	return strings.ReplaceAll(named.ReplaceAllString(source, "// "), sentinel, "")
}
