package emit

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/layout"
)

// batch is the number of declarations that a source holds before it prints them. A declaration of
// jennifer takes many times the memory of its text.
const batch = 32

// A source prints declarations of a file as they are added.
type source struct {
	file  *jen.File // the imports of all declarations; the declarations that are not printed yet
	added int       // declarations that are not printed yet
	body  bytes.Buffer
	err   error
}

// newSource returns an empty file with the header of generated code.
func newSource(a *api.API) *source {
	f := jen.NewFile(a.Package)
	f.NoFormat = true // layout formats it
	f.HeaderComment("// " + Header(a.Source))
	f.ImportName(runtimePath, "resilience")
	f.ImportName(policyPath, "policy")
	f.ImportName(wirePath, "wire")
	return &source{file: f}
}

// add appends declarations.
func (s *source) add(list ...jen.Code) {
	for _, code := range list {
		s.file.Add(code)
		if s.added++; s.added == batch {
			s.flush()
		}
	}
}

// flush prints what was added. It removes the declarations from the file, which keeps its imports.
func (s *source) flush() {
	var all, head bytes.Buffer
	err := s.file.Render(&all)
	s.file.Group, s.added = jen.NewFile("").Group, 0
	s.err = errors.Join(s.err, err, s.file.Render(&head))
	s.body.Write(all.Bytes()[min(head.Len(), all.Len()):])
}

// render prints and formats the file.
func (s *source) render() ([]byte, error) {
	s.flush()
	var out bytes.Buffer
	if err := errors.Join(s.err, s.file.Render(&out)); err != nil {
		return nil, fmt.Errorf("print generated source: %w", err)
	}
	out.Write(s.body.Bytes())
	s.body = bytes.Buffer{}
	formatted, err := layout.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("generated source does not parse: %w", err)
	}
	return groupImports(formatted), nil
}

// groupImports separates the packages of the standard library from the others by a blank line.
// jennifer prints them as one list.
func groupImports(source []byte) []byte {
	const open, end = "\nimport (\n", "\n)\n"
	from := bytes.Index(source, []byte(open))
	if from < 0 {
		return source
	}
	from += len(open)
	to := from + bytes.Index(source[from:], []byte(end))
	var std, other []string
	for line := range strings.SplitSeq(string(source[from:to]), "\n") {
		if strings.Contains(line, ".") {
			other = append(other, line)
		} else {
			std = append(std, line)
		}
	}
	if len(std) == 0 || len(other) == 0 {
		return source
	}
	list := strings.Join(std, "\n") + "\n\n" + strings.Join(other, "\n")
	return slices.Replace(source, from, to, []byte(list)...)
}
