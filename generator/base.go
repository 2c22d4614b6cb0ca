package generator

// This file reads an older state of a project, to compare with. It starts in [ReadBase].

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/review/recorded"
	"github.com/resgen/resgen/generator/review/revision"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
)

// A Base is an older state of a project.
type Base struct {
	Name     string // "main at 0123456789", or the folder
	Config   Config // has no clients if there was no resgen.yaml
	Packages []Package
	// Unplanned lists the documents of clients that have no plan, because of an error. Their
	// packages have only what their checked-in client records.
	Unplanned []string
}

// clientFile has the policies of a package.
const clientFile = "client.gen.go"

// ReadBase returns the clients of a project at the commit that HEAD has in common with a git
// revision, or in a folder. c is the configuration of the working tree. The policies are those of
// the checked-in clients. A value that the documents or policy files of the base also set has its
// place there. The files of the packages are the checked-in ones.
func ReadBase(ctx context.Context, c Config, against string) (*Base, error) {
	isFolder := false
	if info, err := os.Stat(against); err == nil {
		isFolder = info.IsDir()
	}
	isPath := filepath.IsAbs(against) || strings.HasPrefix(against, ".")
	switch {
	case isPath && !isFolder:
		return nil, fmt.Errorf("--against: there is no folder %s; name a folder or a git revision", against)
	case isPath || isFolder && !revision.Exists(ctx, c.Dir, against):
		return baseOfFolder(ctx, against)
	case isFolder:
		return nil, fmt.Errorf("--against: %s is both a folder and a git revision; write ./%s or refs/heads/%s",
			against, against, against)
	}
	tree, err := revision.MergeBase(ctx, c.Dir, against)
	if err != nil {
		return nil, fmt.Errorf("--against: %w", err)
	}
	defer func() { _ = tree.Close() }() // a folder of temporary files
	b, err := readBase(ctx, tree.Dir, tree)
	if err != nil {
		return nil, fmt.Errorf("--against %s: %w", against, err)
	}
	b.Name = against + " at " + tree.Short()
	return b, nil
}

func baseOfFolder(ctx context.Context, folder string) (*Base, error) {
	dir, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(folder, ConfigName)); err != nil {
		return nil, fmt.Errorf("--against: %s has no %s; name the folder that has it", folder, ConfigName)
	}
	b, err := readBase(ctx, dir, nil)
	if err != nil {
		return nil, fmt.Errorf("--against %s: %w", folder, err)
	}
	b.Name = folder
	return b, nil
}

// readBase reads the base in a folder; tree is the commit that it is part of, or nil.
func readBase(ctx context.Context, dir string, tree *revision.Tree) (*Base, error) {
	data, err := spec.ReadFile(filepath.Join(dir, ConfigName))
	if errors.Is(err, fs.ErrNotExist) {
		return &Base{Config: Config{Dir: dir}}, nil
	}
	if err != nil {
		return nil, withoutSyscall(err)
	}
	c, found := decodeConfig(data)
	c.Dir = dir
	if err := found.Err(); err != nil {
		return nil, errors.New(brief(err))
	}
	if tree != nil {
		if err := unreadable(c, tree); err != nil {
			return nil, err
		}
	}
	r, err := Plan(ctx, c)
	if list := (diag.List)(nil); err != nil && !errors.As(err, &list) {
		return nil, err
	}
	b := &Base{Config: c}
	return b, b.fill(r, err)
}

// fill sets the packages of a base from their plans and their checked-in files.
func (b *Base) fill(r *Result, planErr error) error {
	docs, found := expand(&b.Config)
	if err := found.Err(); err != nil {
		return errors.New(brief(err))
	}
	for _, d := range docs {
		old, err := readFolder(b.Config.Dir, d.output)
		if err != nil {
			return err
		}
		p := Package{
			Name: d.name, Output: d.output, Pos: d.client.Spec.Pos, API: plannedAPI(r.Packages, d.output),
			Files: old.files,
		}
		written, ok := recorded.Read(path.Join(d.output, clientFile), old.files[clientFile])
		switch {
		case planErr != nil && !ok:
			return errors.New(brief(planErr))
		case p.API == nil && ok:
			written.Source = d.file
			p.API = written
			b.Unplanned = append(b.Unplanned, d.file)
		case p.API != nil && ok:
			p.API = recorded.Over(p.API, written)
		}
		b.Packages = append(b.Packages, p)
	}
	return nil
}

// brief returns the first of the findings about a base. They are not those of the working tree.
func brief(err error) string {
	text := err.Error()
	if list := (diag.List)(nil); errors.As(err, &list) {
		list = slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
		if text = list[0].Error(); len(list) > 1 {
			text += fmt.Sprintf(" (and %d more)", len(list)-1)
		}
	}
	return "the base has errors: " + text + "; choose a base without errors"
}

// plannedAPI returns the plan with an output, or nil.
func plannedAPI(packages []Package, output string) *api.API {
	for _, p := range packages {
		if p.Output == output {
			return p.API
		}
	}
	return nil
}

// unreadable returns an error if the configuration of a commit names a file that git does not have:
// one of a submodule, or one outside of the repository.
func unreadable(c Config, tree *revision.Tree) error {
	below, err := filepath.Rel(tree.Root, tree.Dir)
	if err != nil {
		return err
	}
	for i := range c.Clients {
		client := &c.Clients[i]
		for _, t := range slices.Concat([]Text{client.Spec}, client.Policy, client.Overlays) {
			file := path.Join(filepath.ToSlash(below), t.Value)
			if filepath.IsAbs(t.Value) || !filepath.IsLocal(filepath.FromSlash(file)) {
				return fmt.Errorf("%s: %s is outside of the repository, so that its older content is not known; "+
					"compare with a folder: --against DIR", t.Pos, t.Value)
			}
			if module := tree.InSubmodule(file); module != "" {
				return fmt.Errorf("%s: %s is in the submodule %s, whose files the commit does not have; "+
					"compare with a folder: --against DIR", t.Pos, t.Value, module)
			}
		}
	}
	return nil
}
