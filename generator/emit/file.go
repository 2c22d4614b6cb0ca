package emit

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/layout"
)

// file returns an empty file with the header of generated code.
func file(a *api.API) *jen.File {
	f := jen.NewFile(a.Package)
	f.NoFormat = true // layout formats it
	f.HeaderComment("// " + Header(a.Source))
	f.ImportName(runtimePath, "resilience")
	f.ImportName(policyPath, "policy")
	f.ImportName(wirePath, "wire")
	return f
}

// render prints and formats a file.
func render(f *jen.File) ([]byte, error) {
	var out bytes.Buffer
	if err := f.Render(&out); err != nil {
		return nil, fmt.Errorf("print generated source: %w", err)
	}
	source, err := layout.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("generated source does not parse: %w", err)
	}
	return []byte(groupImports(string(source))), nil
}

// groupImports separates the packages of the standard library from the others by a blank line.
// jennifer prints them as one list.
func groupImports(source string) string {
	const open, end = "\nimport (\n", "\n)\n"
	from := strings.Index(source, open)
	if from < 0 {
		return source
	}
	from += len(open)
	to := from + strings.Index(source[from:], end)
	var std, other []string
	for line := range strings.SplitSeq(source[from:to], "\n") {
		if strings.Contains(line, ".") {
			other = append(other, line)
		} else {
			std = append(std, line)
		}
	}
	if len(std) == 0 || len(other) == 0 {
		return source
	}
	return source[:from] + strings.Join(std, "\n") + "\n\n" + strings.Join(other, "\n") + source[to:]
}
