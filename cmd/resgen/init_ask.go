package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/setup"
	"github.com/resgen/resgen/resilience/diag"
)

// An answers asks questions on a terminal. The end of the input accepts all defaults.
type answers struct {
	in  *bufio.Reader
	out io.Writer
}

// newAnswers returns nil unless both files are terminals.
func newAnswers(in *os.File, out io.Writer) *answers {
	screen, ok := out.(*os.File)
	if !ok || !isTerminal(in) || !isTerminal(screen) {
		return nil
	}
	return &answers{bufio.NewReader(in), out}
}

// confirm asks for the names of the clients and whether to write a workflow.
func (a *answers) confirm(clients []setup.Client, ci bool) (bool, error) {
	fmt.Fprintln(a.out, "Press Enter to accept what is in brackets.")
	for i := range clients {
		c := &clients[i]
		if !strings.Contains(c.Package, "{name}") {
			before := c.Package
			c.Package = a.text("Go package for "+c.Spec, c.Package, func(s string) string {
				if name := generator.PackageName(s); name != s {
					return "a package name has lower-case letters and digits; for example " + name
				}
				return ""
			})
			if path.Base(c.Output) == before {
				c.Output = path.Join(path.Dir(c.Output), c.Package)
			}
		}
		c.Output = a.text("Folder of the package", c.Output, inside)
		c.Policy = a.text("Policy file", c.Policy, inside)
	}
	if !ci {
		return false, nil
	}
	answer := a.text("Write a GitHub workflow that checks clients and policies", "yes", func(s string) string {
		if !strings.HasPrefix("yes", strings.ToLower(s)) && !strings.HasPrefix("no", strings.ToLower(s)) {
			return "answer yes or no"
		}
		return ""
	})
	return strings.HasPrefix("yes", strings.ToLower(answer)), nil
}

// inside returns what is wrong with a path that must be below the folder of resgen.yaml.
func inside(s string) string {
	if clean := path.Clean(s); path.IsAbs(s) || clean == "." || clean == ".." || strings.HasPrefix(clean, "../") {
		return "the path must be below the folder of resgen.yaml"
	}
	return ""
}

// text asks until the answer is right. An empty answer is the default.
func (a *answers) text(question, preset string, wrong func(string) string) string {
	for {
		fmt.Fprintf(a.out, "%s [%s]: ", diag.Printable(question), diag.Printable(preset))
		line, err := a.in.ReadString('\n')
		if line = strings.TrimSpace(line); line == "" {
			if err != nil {
				fmt.Fprintln(a.out)
			}
			return preset
		}
		what := wrong(line)
		if what == "" {
			return line
		}
		fmt.Fprintln(a.out, what)
		if err != nil {
			return preset
		}
	}
}
