package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/resilience/diag"
)

// Exit codes. Package report has those of check.
const (
	exitOK     = 0
	exitFailed = 1 // diagnostics, or something that cannot be done
	exitUsage  = 2
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
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	return p.report(root.ExecuteContext(ctx))
}

// report prints an error and returns the exit code.
func (p *program) report(err error) int {
	var unknown *generator.UnknownClientError
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
	case !p.ran, errors.As(err, &unknown):
		fmt.Fprintf(p.stderr, "%v\nrun 'resgen help' for usage\n", err)
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
		Short:         "Turn OpenAPI documents into Go clients whose every operation carries its own resilience policy",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       versionText(),
		Args:          knownCommand,
		RunE:          func(*cobra.Command, []string) error { return errors.New("a subcommand is missing") },
	}
	root.SetVersionTemplate("resgen {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().StringVarP(&p.dir, "dir", "C", ".", "`folder` to start looking for resgen.yaml from")
	root.PersistentFlags().BoolVarP(&p.verbose, "verbose", "v", false, "print all findings, not only some of each kind")
	root.AddCommand(p.init(), p.generate(), p.check(), p.explain(), p.lint(), p.version())
	root.SetHelpCommand(help())
	return root
}

// knownCommand returns an error for arguments of the root command, which takes only subcommands.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return fmt.Errorf("unknown command %s%s", args[0], didYouMean(diag.Suggest(args[0], names)))
}

// flagError adds the most similar flag to the error of an unknown one.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	similar := diag.Suggest(unknown.GetSpecifiedName(), names)
	if similar != "" {
		similar = "--" + similar
	}
	return fmt.Errorf("%w%s", err, didYouMean(similar))
}

func didYouMean(similar string) string {
	if similar == "" {
		return ""
	}
	return "; did you mean " + similar + "?"
}

// help returns the command that prints the help of another. Unlike cobra's, it fails if there is no
// such command.
func help() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Print the help of a command", Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			cmd, rest, err := c.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return fmt.Errorf("unknown command %s", strings.Join(args, " "))
			}
			return cmd.Help()
		},
	}
}

// command returns a subcommand. Errors after its arguments were parsed are not errors of usage.
func (p *program) command(
	use, short, long string, args cobra.PositionalArgs, do func(ctx context.Context, args []string) error,
) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long, Args: args, DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			if info, err := os.Stat(p.dir); err != nil || !info.IsDir() {
				return fmt.Errorf("-C %s is not a folder", p.dir)
			}
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
	p.print(p.stderr, r.Diagnostics)
}
