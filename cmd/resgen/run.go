package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/resilience/diag"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // diagnostics, or something that cannot be done
	exitUsage  = 2
	exitStale  = 3
)

// errStale says that check found differences, which it has printed.
var errStale = errors.New("checked-in files are stale")

// A program is one run of resgen: its output and the flags that all subcommands share.
type program struct {
	stdout, stderr io.Writer // printers
	screen         io.Writer // standard error without a printer, for progress
	dir            string    // -C
	ran            bool      // the arguments were parsed
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	p := &program{stdout: &printer{out: stdout}, stderr: &printer{out: stderr}, screen: stderr}
	root := p.root()
	root.SetArgs(args)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	return p.report(root.ExecuteContext(ctx))
}

// report prints an error and returns the exit code.
func (p *program) report(err error) int {
	var unknown *generator.UnknownClientError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errStale):
		return exitStale
	case errors.Is(err, errLint):
		return exitFailed
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(p.stderr, "interrupted; nothing was written")
		return exitFailed
	case !p.ran, errors.As(err, &unknown):
		fmt.Fprintf(p.stderr, "%v\nrun 'resgen help' for usage\n", err)
		return exitUsage
	}
	var found diag.List
	if errors.As(err, &found) {
		err = errorsLast(found)
	}
	fmt.Fprintln(p.stderr, err)
	return exitFailed
}

// errorsLast returns the findings with errors after warnings, so that errors are last on the
// screen.
func errorsLast(found diag.List) diag.List {
	sorted := slices.Clone(found)
	slices.SortStableFunc(sorted, func(a, b diag.Diagnostic) int {
		return cmp.Compare(rank(a.Severity), rank(b.Severity))
	})
	return sorted
}

func rank(s diag.Severity) int {
	if s == diag.Error {
		return 1
	}
	return 0
}

// root returns the command with all subcommands.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "resgen",
		Short:         "Turn OpenAPI documents into Go clients whose every operation carries its own resilience policy",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(*cobra.Command, []string) error { return errors.New("a subcommand is missing") },
	}
	root.PersistentFlags().StringVarP(&p.dir, "dir", "C", ".", "folder to start looking for resgen.yaml from")
	root.AddCommand(p.generate(), p.check(), p.explain(), p.lint(), p.version())
	return root
}

// command returns a subcommand. Errors after its arguments were parsed are not errors of usage.
func (p *program) command(
	use, short, long string, args cobra.PositionalArgs, do func(ctx context.Context, args []string) error,
) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long, Args: args, DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			p.ran = true
			return do(c.Context(), args)
		},
	}
}

// warnings prints the diagnostics unless err has them too.
func (p *program) warnings(r *generator.Result, err error) {
	var list diag.List
	if r == nil || errors.As(err, &list) || errors.Is(err, context.Canceled) {
		return
	}
	for _, d := range r.Diagnostics {
		fmt.Fprintln(p.stderr, d)
	}
}
