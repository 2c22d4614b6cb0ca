package main

// This file holds the command init. It reads as its steps in [initializer.run]: init_clients.go
// turns the arguments into clients, init_ask.go asks, init_module.go changes go.mod, and
// init_write.go writes the files that package setup makes.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/generator/setup"
)

// An initOptions has the flags of init.
type initOptions struct {
	yes  bool
	tool bool
	ci   bool
	from string
	pkg  string
	out  string
}

// An initializer is one run of init.
type initializer struct {
	*program
	initOptions
	build   buildInfo
	goRun   func(ctx context.Context, dir string, args ...string) ([]byte, error)
	answers *answers // nil: ask nothing
}

func (p *program) init() *cobra.Command {
	in := &initializer{program: p, build: readBuildInfo(), goRun: goCommand}
	cmd := p.command("init SPEC...", "Make a repository ready for the clients of documents",
		"Init writes resgen.yaml, a policy file that lists every operation that is not read-only with a proposed\n"+
			"idempotency class, a go:generate line, a first test, .gitattributes and a CI workflow, and adds the\n"+
			"runtime to go.mod. It never changes an existing file except go.mod and .gitattributes.\n\n"+
			"A SPEC is the path of an OpenAPI or Swagger document, or a quoted glob. On a terminal init asks for\n"+
			"names; with --yes it does not.",
		nil, func(ctx context.Context, args []string) error {
			if !in.yes {
				in.answers = newAnswers(os.Stdin, p.screen)
			}
			return in.run(ctx, args)
		})
	cmd.Args = in.usage
	f := cmd.Flags()
	f.BoolVar(&in.yes, "yes", false, "ask nothing and use the defaults")
	f.BoolVar(&in.tool, "tool", false, "add resgen to the tools of go.mod instead of running it by its version")
	f.BoolVar(&in.ci, "ci", true, "write a CI workflow")
	f.StringVar(&in.from, "from", "", "use the runtime in this `clone` of resgen, which need not be released")
	f.StringVar(&in.pkg, "package", "", "`name` of the package, if there is one document")
	f.StringVar(&in.out, "output", "", "`folder` of the package, if there is one document")
	return cmd
}

// usage returns what is wrong with the arguments and flags.
func (in *initializer) usage(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("init needs the path of an OpenAPI document; try: resgen init openapi.yaml")
	case in.tool && in.from != "":
		return errors.New("--tool needs a release and --from is for a clone; use one of them")
	case len(args) > 1 && (in.pkg != "" || in.out != ""):
		return errors.New("--package and --output are for one document; run init without them, then edit resgen.yaml")
	}
	return nil
}

func (in *initializer) run(ctx context.Context, args []string) error {
	// 1. Find out where to write, and which release or clone the repository will use.
	at, err := findPlace(in.dir)
	if err != nil {
		return err
	}
	use, err := in.source(at.dir)
	if err != nil {
		return err
	}
	// 2. Turn the arguments into clients.
	clients, err := in.clients(at, args)
	if err != nil {
		return err
	}
	if err := alreadyThere(at.dir, clients); err != nil {
		return err
	}
	// 3. Ask.
	ci := in.ci && use.released()
	if in.answers != nil {
		if ci, err = in.answers.confirm(clients, ci); err != nil {
			return err
		}
	}
	// 4. Plan the packages, and make the files.
	if err := plan(ctx, at.dir, clients, func(r *generator.Result, err error) { in.warnings(r, err) }); err != nil {
		return err
	}
	files, err := setup.Files(setup.Project{
		Clients: clients, Module: at.module, Folder: at.folder, ModFolder: at.modFolder,
		Command: use.command, Version: use.version, CI: ci,
	})
	if err != nil {
		return err
	}
	// 5. Change go.mod, then write the files.
	required, undo, err := in.require(ctx, at.dir, use)
	if err != nil {
		return err
	}
	written, err := writeFiles(at.dir, files)
	if err != nil {
		return errors.Join(err, undo())
	}
	in.list(written, required)
	in.next(use, clients, ci)
	return nil
}

// A place is where init writes.
type place struct {
	dir       string // folder of resgen.yaml, absolute
	module    string // import path of dir
	folder    string // dir below the root of the repository; "." if it is the root
	modFolder string // that of go.mod, in the same way
	root      string // of the repository; dir if there is none
}

// findPlace returns the place for a folder: it must be in a Go module.
func findPlace(dir string) (place, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return place{}, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return place{}, err
	}
	mod := above(dir, "go.mod")
	if mod == "" {
		return place{}, fmt.Errorf("%s is not in a Go module; run 'go mod init example.com/%s' with a path of yours",
			dir, generator.PackageName(filepath.Base(dir)))
	}
	data, err := os.ReadFile(filepath.Join(mod, "go.mod"))
	if err != nil {
		return place{}, err
	}
	path := modulePath(data)
	if path == "" {
		return place{}, fmt.Errorf("go.mod in %s has no module line; run 'go mod edit -module PATH' there", mod)
	}
	p := place{dir: dir, module: path, root: dir, folder: ".", modFolder: relative(dir, mod)}
	if dir != mod {
		p.module += "/" + relative(mod, dir)
	}
	if root := above(dir, ".git"); root != "" {
		p.root, p.folder, p.modFolder = root, relative(root, dir), relative(root, mod)
	}
	return p, nil
}

// above returns the nearest folder that has an entry with this name: dir or one above it.
func above(dir, name string) string {
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// relative returns a path from one absolute path to another, with slashes.
func relative(from, to string) string {
	rel, err := filepath.Rel(from, to)
	if err != nil {
		return to
	}
	return filepath.ToSlash(rel)
}

// alreadyThere returns an error if there is a resgen.yaml. It names what to add to it.
func alreadyThere(dir string, clients []setup.Client) error {
	path := filepath.Join(dir, generator.ConfigName)
	if _, err := os.Lstat(path); err != nil {
		return nil
	}
	var b strings.Builder
	for _, c := range clients {
		fmt.Fprintf(&b, "\n  - spec: %s\n    output: %s\n    package: %s", c.Spec, c.Output, c.Package)
	}
	return fmt.Errorf("%s exists, and init never changes it; add to its clients:%s", generator.ConfigName, b.String())
}

// plan plans the packages of each client and stores them in it.
func plan(ctx context.Context, dir string, clients []setup.Client, done func(*generator.Result, error)) error {
	outputs := map[string]string{} // documents
	for i := range clients {
		c := &clients[i]
		r, err := generator.Plan(ctx, generator.Config{Dir: dir, Clients: []generator.Client{{
			Spec: generator.Text{Value: c.Spec}, Output: generator.Text{Value: c.Output},
			Package: generator.Text{Value: c.Package},
		}}})
		done(r, err)
		if err != nil {
			return err
		}
		for _, pkg := range r.Packages {
			if spec, taken := outputs[pkg.Output]; taken {
				return fmt.Errorf("%s and %s would have the folder %s; choose another with --output, or leave one out",
					spec, pkg.API.Source, pkg.Output)
			}
			outputs[pkg.Output] = pkg.API.Source
			c.Packages = append(c.Packages, setup.Package{Output: pkg.Output, API: pkg.API})
		}
	}
	return nil
}

// list prints what was written.
func (in *initializer) list(written []change, required string) {
	width := len("go.mod")
	for _, c := range written {
		width = max(width, len(c.path))
	}
	for _, c := range append(written, change{"changed", "go.mod", required}) {
		fmt.Fprintln(in.stdout, strings.TrimRight(fmt.Sprintf("%-8s %-*s  %s", c.verb, width, c.path, c.note), " "))
	}
}

// next says what to do next.
func (in *initializer) next(use source, clients []setup.Client, ci bool) {
	out := io.Writer(in.stdout)
	fmt.Fprintf(out, "\nnext:\n  go generate ./...   # writes %s\n  go test ./...       # runs %s\n",
		plural(clients, "the client", "the clients"), plural(clients, "its first test", "their first tests"))
	fmt.Fprintf(out, "  review %s: nothing above the class of a method applies until you uncomment it\n",
		policies(clients))
	fmt.Fprintf(out, "  %s lint      # counts the proposals that are left\n", use.command)
	fmt.Fprintf(out, "  %s explain   # prints what applies\n", use.command)
	switch {
	case !use.released():
		fmt.Fprintf(out, "there is no CI workflow, because CI has neither the clone nor this resgen\n")
	case ci:
		fmt.Fprintf(out, "commit all of it, also the generated files: the workflow fails if they are stale\n")
	}
	if use.warning != "" {
		fmt.Fprintln(in.stderr, use.warning)
	}
}

func plural(clients []setup.Client, one, several string) string {
	if len(clients) == 1 && len(clients[0].Packages) == 1 {
		return one
	}
	return several
}

// policies names the policy files.
func policies(clients []setup.Client) string {
	var paths []string
	for _, c := range clients {
		if !slices.Contains(paths, c.Policy) {
			paths = append(paths, c.Policy)
		}
	}
	if len(paths) > 3 {
		return phrase.Count(len(paths), "policy file")
	}
	return strings.Join(paths, ", ")
}
