package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// errLint says that lint found errors, which it has printed.
var errLint = errors.New("documents or policies have errors")

func (p *program) lint() *cobra.Command {
	var asJSON bool
	cmd := p.command("lint [CLIENT...]", "Find mistakes in documents and policies",
		"Lint prints everything that is wrong or doubtful in documents and policies, each with its line. Without "+
			"arguments it reads all clients.\nA client is named by its document, package or output. The exit code "+
			"is 1 if there are errors, and 0 if there are only warnings.",
		cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
			c, err := generator.ReadConfig(p.dir)
			var found diag.List
			if err != nil && !errors.As(err, &found) {
				return err
			}
			if err == nil {
				if found, err = findings(ctx, c, args); err != nil {
					return err
				}
			}
			return p.printFindings(found, excerpts{dir: c.Dir, files: map[string][]byte{}}, asJSON)
		})
	cmd.ValidArgsFunction = p.clientNames
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return cmd
}

// findings lints the clients with these names; all clients if there are none.
func findings(ctx context.Context, c generator.Config, names []string) (diag.List, error) {
	if len(names) == 0 {
		names = []string{""}
	}
	var found diag.List
	for _, c.Only = range names {
		r, err := generator.Lint(ctx, c)
		if err != nil {
			return nil, err
		}
		found = append(found, r.Diagnostics...)
	}
	found.Sort()
	return found, nil
}

// A lintFinding is a finding as --json prints it.
type lintFinding struct {
	File     string `json:"file"`
	Line     int    `json:"line"`   // from 1; 0: the file as a whole
	Column   int    `json:"column"` // in bytes, from 1
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Subject  string `json:"subject,omitempty"`
	What     string `json:"what"`
	Cure     string `json:"cure,omitempty"`
	Excerpt  string `json:"excerpt,omitempty"`
}

// printFindings prints the findings and, unless asJSON is set, how many there are.
func (p *program) printFindings(found diag.List, x excerpts, asJSON bool) error {
	if asJSON {
		if err := p.findingsAsJSON(found, x); err != nil {
			return err
		}
	} else {
		for _, line := range summary(found, p.verbose, x.withExcerpt) {
			fmt.Fprintln(p.stdout, line)
		}
		fmt.Fprintln(p.stdout, total(found))
	}
	if found.HasErrors() {
		return errLint
	}
	return nil
}

func (p *program) findingsAsJSON(found diag.List, x excerpts) error {
	list := []lintFinding{}
	for _, d := range found {
		list = append(list, lintFinding{
			d.Pos.File, d.Pos.Line, d.Pos.Column, d.Severity.String(), d.Code, d.Subject, d.What, d.Cure, x.of(d.Pos),
		})
	}
	return p.json(list)
}

// withExcerpt returns a finding with its code and the line that it refers to.
func (x excerpts) withExcerpt(d diag.Diagnostic) string {
	text := d.Error() + " [" + d.Code + "]"
	if excerpt := strings.TrimSuffix(x.of(d.Pos), "\n"); excerpt != "" {
		text += "\n  " + strings.ReplaceAll(excerpt, "\n", "\n  ")
	}
	return text
}

// excerpts returns lines of files. It reads each file once.
type excerpts struct {
	dir   string
	files map[string][]byte
}

// of returns the line at a position with a caret under it. It returns "" if the file cannot be
// read, for example because it is remote.
func (x excerpts) of(pos diag.Position) string {
	data, known := x.files[pos.File]
	if !known {
		path := filepath.FromSlash(pos.File)
		if !filepath.IsAbs(path) {
			path = filepath.Join(x.dir, path)
		}
		data, _ = os.ReadFile(path)
		x.files[pos.File] = data
	}
	return tree.Excerpt(data, pos)
}
