package models

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/layout"
	"github.com/resgen/resgen/templates"
)

// running serializes the use of oapi-codegen, which keeps options, names and the document in
// package variables.
var running sync.Mutex

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
// oapi-codegen. The document of a run takes about 2 kB for each field, and remains in a package
// variable until the next run.
const batch = 5000

// generate prints the types in runs of oapi-codegen.
func generate(pkg string, types []*api.Named) (string, error) {
	running.Lock()
	defer running.Unlock()
	var all strings.Builder
	used := imports(types)
	for first := true; len(types) > 0; first = false {
		n, size := 0, 0
		for ; n < len(types) && size < batch; n++ {
			size += 1 + len(types[n].Fields)
		}
		source, err := run(pkg, types[:n], used)
		if err != nil {
			return "", err
		}
		if !first {
			source = strings.TrimPrefix(source, "package "+pkg)
		}
		all.WriteString(source)
		types, used = types[n:], nil // the imports are in the source of the first run
	}
	return all.String(), nil
}

// run runs oapi-codegen. It returns a panic as an error.
func run(pkg string, types []*api.Named, imports []codegen.AdditionalImport) (source string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return codegen.Generate(document(types), configuration(pkg, imports))
}

// configuration returns the options of oapi-codegen. It sets ResponseTypeSuffix, because the value
// of the last run is used otherwise.
func configuration(pkg string, imports []codegen.AdditionalImport) codegen.Configuration {
	version := ""
	return codegen.Configuration{
		PackageName:       pkg,
		Generate:          codegen.GenerateOptions{Models: true},
		AdditionalImports: imports,
		Compatibility: codegen.CompatibilityOptions{
			AllowUnexportedStructFieldNames: true, // x-oapi-codegen-only-honour-go-name needs it
		},
		OutputOptions: codegen.OutputOptions{
			SkipFmt:            true,
			SkipPrune:          true,
			ResponseTypeSuffix: "Response",
			UserTemplates: map[string]string{
				"imports.tmpl":   templates.Imports,
				"typedef.tmpl":   templates.Typedef,
				"constants.tmpl": templates.Constants,
			},
		},
		NoVCSVersionOverride: &version,
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
