package models

import (
	"fmt"
	"go/format"
	"regexp"
	"strings"
	"sync"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/templates"
)

// running serialises all use of oapi-codegen: it keeps options, names and the document in package variables.
var running sync.Mutex

// Print renders the types that oapi-codegen can print; header is the first line of the file without its slashes.
// It returns nil if there are none. An error is a defect of resgen, not of the document.
func Print(a *api.API, header string) ([]byte, error) {
	types := printable(a.Types)
	if len(types) == 0 {
		return nil, nil
	}
	source, err := generate(a.Package, types)
	if err != nil {
		return nil, fmt.Errorf("oapi-codegen refuses what was planned: %w", err)
	}
	source = "// " + header + "\n\n" + withoutNames(source)
	out, err := format.Source([]byte(source))
	if err != nil {
		return nil, fmt.Errorf("oapi-codegen's source does not parse: %w", err)
	}
	return out, nil
}

// generate runs oapi-codegen alone and turns a panic into an error.
func generate(pkg string, types []*api.Named) (source string, err error) {
	running.Lock()
	defer running.Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return codegen.Generate(document(types), configuration(pkg, imports(types)))
}

// configuration leaves nothing to defaults: ResponseTypeSuffix sticks from run to run unless it is given.
func configuration(pkg string, imports []codegen.AdditionalImport) codegen.Configuration {
	version := ""
	return codegen.Configuration{
		PackageName:       pkg,
		Generate:          codegen.GenerateOptions{Models: true},
		AdditionalImports: imports,
		Compatibility: codegen.CompatibilityOptions{
			AllowUnexportedStructFieldNames: true, // lets x-oapi-codegen-only-honour-go-name keep names as they are
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

// sentinel opens every comment of a field on the synthetic document. oapi-codegen puts the field's name before it;
// withoutNames takes both away. No text of a document has it: comments hold no control characters.
const sentinel = "\x01"

var named = regexp.MustCompile(`// \w+ ` + sentinel)

func withoutNames(source string) string {
	return strings.ReplaceAll(named.ReplaceAllString(source, "// "), sentinel, "")
}
