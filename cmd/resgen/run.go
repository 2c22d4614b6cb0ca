package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/resilience/diag"
)

// Exit codes. Package report has those of check.
const (
	exitOK       = 0
	exitFailed   = 1 // diagnostics, or something that cannot be done
	exitUsage    = 2
	exitBreaking = 3 // diff found breaking changes
)

// An exitError is an exit code of which the reasons are printed already.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// exitWith returns an exit code as an error, or nil for success.
func exitWith(code int) error {
	if code == exitOK {
		return nil
	}
	return exitError(code)
}

// A program is one run of resgen: its output and the flags that all subcommands share.
type program struct {
	stdout, stderr io.Writer // printers
	screen         io.Writer // standard error without a printer, for progress
	raw            io.Writer // standard output without a printer, for what is escaped otherwise
	dir            string    // -C
	verbose        bool      // -v
	ran            bool      // the arguments were parsed
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	p := &program{stdout: &printer{out: stdout}, stderr: &printer{out: stderr}, screen: stderr, raw: stdout}
	root := p.root()
	root.SetArgs(args)
	root.SetErr(p.stderr)
	return p.report(root.ExecuteContext(ctx))
}

// report prints an error and returns the exit code.
func (p *program) report(err error) int {
	var unknown *generator.UnknownClientError
	var wrong *usageError
	var code exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, errLint):
		return exitFailed
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(p.stderr, "interrupted; nothing was written")
		return exitFailed
	case !p.ran, errors.As(err, &unknown), errors.As(err, &wrong):
		fmt.Fprintln(p.stderr, err)
		return exitUsage
	}
	var found diag.List
	if errors.As(err, &found) {
		p.print(p.stderr, found)
		return exitFailed
	}
	fmt.Fprintln(p.stderr, err)
	return exitFailed
}

// print prints findings, a line each, and the number of several. Unless -v is set, it prints only
// some of each kind.
func (p *program) print(w io.Writer, found diag.List) {
	for _, line := range summary(found, p.verbose, diag.Diagnostic.Error) {
		fmt.Fprintln(w, line)
	}
	if len(found) > 1 {
		fmt.Fprintln(w, total(found))
	}
}

// root returns the command with all subcommands.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "resgen",
		Short:         "Turn OpenAPI documents into Go clients with a resilience policy for each operation",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       versionText(),
		Args:          knownCommand,
		RunE:          knownCommand,
	}
	root.SetVersionTemplate("resgen {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().StringVarP(&p.dir, "dir", "C", ".", "`folder` to start looking for resgen.yaml from")
	root.PersistentFlags().BoolVarP(&p.verbose, "verbose", "v", false, "print all findings, not only some of each kind")
	root.AddCommand(p.init(), p.generate(), p.check(), p.explain(), p.lint(), p.diff(), p.version())
	root.SetHelpCommand(help())
	root.SetOut(p.stdout) // the completion command remembers it
	root.InitDefaultCompletionCmd("completion")
	completeUsage(root)
	return root
}

// help returns the command that prints the help of another. Unlike cobra's, it fails if there is no
// such command.
func help() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Print the help of a command", Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			cmd := c.Root()
			for _, name := range args {
				i := slices.IndexFunc(cmd.Commands(), func(sub *cobra.Command) bool { return sub.Name() == name })
				if i < 0 {
					return knownCommand(cmd, []string{name})
				}
				cmd = cmd.Commands()[i]
			}
			return cmd.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return beginning(commandNames(c.Root()), text), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// command returns a subcommand. Errors after its arguments were parsed are not errors of usage.
func (p *program) command(
	use, short, long string, args cobra.PositionalArgs, do func(ctx context.Context, args []string) error,
) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long, Args: args, Example: examplesOf(use), DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			if info, err := os.Stat(p.dir); err != nil || !info.IsDir() {
				return p.noFolder()
			}
			if err := notEmpty(c, args); err != nil {
				return err
			}
			p.ran = true
			return do(c.Context(), args)
		},
	}
}

// noFolder returns the error for a -C that is not a folder.
func (p *program) noFolder() error {
	at := filepath.Clean(p.dir)
	var folders []string
	entries, _ := os.ReadDir(filepath.Dir(at))
	for _, e := range entries {
		if e.IsDir() {
			folders = append(folders, e.Name())
		}
	}
	parent := strings.TrimSuffix(filepath.ToSlash(filepath.Dir(at)), "/") + "/"
	if parent == "./" {
		parent = ""
	}
	return &usageError{"-C " + p.dir + " is not a folder", suggestion(filepath.Base(at), parent, folders,
		"name the folder of resgen.yaml or one below it")}
}

// json prints a value as indented JSON.
func (p *program) json(v any) error {
	e := json.NewEncoder(p.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// warnings prints the diagnostics unless err has them too.
func (p *program) warnings(r *generator.Result, err error) {
	var list diag.List
	if r == nil || errors.As(err, &list) || errors.Is(err, context.Canceled) {
		return
	}
	p.print(p.stderr, r.Diagnostics)
}
