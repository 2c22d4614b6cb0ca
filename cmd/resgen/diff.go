package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/review/revision"
	"github.com/resgen/resgen/resilience/diag"
)

func (p *program) diff() *cobra.Command {
	var asJSON, asMarkdown bool
	cmd := p.command("diff OLD NEW", "Show what changes for callers between two versions",
		"Diff compares two versions of the clients: their Go API, what they send and receive, and their policies.\nIt says which "+
			"changes break callers of the old version and which version step they need.\n\nOLD and NEW are two documents, "+
			"or each is a folder with resgen.yaml or a git revision.\nREVISION:FILE is a document of a revision. The exit "+
			"code is 3 if there are breaking changes.",
		arguments("diff OLD NEW", ""), func(ctx context.Context, args []string) error {
			old, err := p.side(ctx, args[0])
			if err != nil {
				return err
			}
			new, err := p.side(ctx, args[1])
			if err != nil {
				return err
			}
			clients, err := generator.Diff(old.packages, new.packages)
			if err != nil {
				return err
			}
			return p.printDiff(newDiffReport(old, new, clients), asJSON, asMarkdown)
		})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the changes as JSON")
	cmd.Flags().BoolVar(&asMarkdown, "markdown", false, "print the changes as Markdown")
	exclusive(cmd, "json", "markdown")
	return cmd
}

// printDiff prints a report. It returns an [exitError] if it has breaking changes.
func (p *program) printDiff(r diffReport, asJSON, asMarkdown bool) error {
	switch {
	case asJSON:
		if err := p.json(r); err != nil {
			return err
		}
	case asMarkdown:
		fmt.Fprint(p.stdout, r.markdown())
	default:
		fmt.Fprint(p.stdout, r.text())
	}
	if r.Breaking {
		return exitWith(exitBreaking)
	}
	return nil
}

// A side is one of the two sides of a comparison.
type side struct {
	name       string // as the user named it
	packages   []generator.Package
	isDocument bool
	prefix     string // of the files of findings: a folder with a slash, or a revision with a colon
}

// place returns a position as the user would name it.
func (v side) place(pos diag.Position) diag.Position {
	if pos.File != "" && !path.IsAbs(pos.File) && !strings.Contains(pos.File, "://") {
		pos.File = v.prefix + pos.File
	}
	return pos
}

// side reads what an argument of diff names: a document, a folder, a revision, or a document of
// a revision.
func (p *program) side(ctx context.Context, name string) (side, error) {
	at := name
	if !filepath.IsAbs(at) {
		at = filepath.Join(p.dir, at)
	}
	if info, err := os.Stat(at); err == nil {
		return p.build(ctx, side{name: name, isDocument: !info.IsDir()}, at)
	}
	rev, file, isFile := strings.Cut(name, ":")
	if !revision.Exists(ctx, p.dir, rev) {
		return side{}, p.unknownVersion(name, at)
	}
	tree, err := revision.At(ctx, p.dir, rev)
	if err != nil {
		return side{}, err
	}
	defer tree.Close()
	target := filepath.Join(tree.Dir, filepath.FromSlash(file))
	info, err := os.Stat(target)
	if err != nil || isFile && info.IsDir() {
		return side{}, &usageError{rev + " has no file " + file, "name one relative to the folder of -C"}
	}
	v, err := p.build(ctx, side{name: name, isDocument: isFile, prefix: rev + ":"}, target)
	if err != nil && v.packages == nil {
		err = errors.New(strings.ReplaceAll(err.Error(), tree.Root, rev+":"))
	}
	return v, err
}

// unknownVersion returns the error for an argument that names nothing.
func (p *program) unknownVersion(name, at string) error {
	cure := "name two documents, folders with resgen.yaml or git revisions"
	if similar := similarFile(at); similar != "" {
		cure = "did you mean " + filepath.ToSlash(filepath.Join(filepath.Dir(name), similar)) + "?"
	}
	return &usageError{name + " is neither a file, a folder nor a git revision", cure}
}

// build prints the packages of a folder or of a document. Findings are returned as a diag.List with
// the places of the version.
func (p *program) build(ctx context.Context, v side, target string) (side, error) {
	c := generator.DocumentConfig(target)
	if !v.isDocument {
		var err error
		if c, err = generator.ReadConfig(target); err != nil {
			return v, v.relabeled(err)
		}
	}
	if v.prefix == "" {
		v.prefix = prefixOf(p.dir, c.Dir)
	}
	r, err := generator.Build(ctx, c)
	if err != nil {
		return v, v.relabeled(err)
	}
	v.packages = r.Packages
	return v, nil
}

// relabeled returns an error whose findings have the places of the version.
func (v side) relabeled(err error) error {
	var found diag.List
	if !errors.As(err, &found) {
		return err
	}
	for i := range found {
		found[i].Pos = v.place(found[i].Pos)
	}
	return found
}

// prefixOf returns the path from a folder to another one with a slash at its end; "" if they are
// the same.
func prefixOf(from, to string) string {
	from, err := filepath.Abs(from)
	if err != nil {
		return ""
	}
	if to, err = filepath.Abs(to); err != nil {
		return ""
	}
	rel, err := filepath.Rel(from, to)
	if err != nil || rel == "." {
		return ""
	}
	return filepath.ToSlash(rel) + "/"
}
