package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // diagnostics, or something that cannot be done
	exitUsage  = 2
	exitStale  = 3
)

// errStale says that check found differences, which it has printed.
var errStale = errors.New("checked-in files are not what they should be")

// A program is one call of resgen: where it writes, and the flags that all subcommands share.
type program struct {
	stdout, stderr io.Writer
	dir            string // -C
	ran            bool   // the arguments were understood
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	p := &program{stdout: stdout, stderr: stderr}
	root := p.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return p.report(root.ExecuteContext(ctx))
}

// report prints an error and says with which code to exit.
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
		fmt.Fprintf(p.stderr, "%v\nrun resgen help for how it is called\n", err)
		return exitUsage
	}
	fmt.Fprintln(p.stderr, err)
	return exitFailed
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

// command returns a subcommand. Once its arguments are understood, errors are no longer of usage.
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

// warnings prints what does not stop a run.
func (p *program) warnings(r *generator.Result, err error) {
	if r == nil || r.Diagnostics.HasErrors() || errors.Is(err, context.Canceled) {
		return // the error has the whole list, or nobody wants it any more
	}
	for _, d := range r.Diagnostics {
		fmt.Fprintln(p.stderr, d)
	}
}
