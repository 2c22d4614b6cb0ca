package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/generator/review"
)

func (p *program) generate() *cobra.Command {
	var dryRun bool
	var only string
	cmd := p.command("generate", "Write the clients that resgen.yaml lists",
		"Generate writes the packages of all documents that resgen.yaml lists. If anything is wrong with one of "+
			"them, it writes nothing.\nFiles that it did not write are never changed.",
		arguments("generate", "name a client with --only"), func(ctx context.Context, _ []string) error {
			c, err := generator.ReadConfig(p.dir)
			if err != nil {
				return err
			}
			c.DryRun, c.Only = dryRun, only
			bar := newProgress(p.screen)
			c.Progress = bar.show
			r, err := generator.Generate(ctx, c)
			bar.end()
			p.warnings(r, err)
			if err == nil {
				p.written(r, dryRun)
			}
			return err
		})
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "list what would be written, and write nothing")
	cmd.Flags().StringVar(&only, "only", "", "only the client with this `name`, package or output")
	_ = cmd.RegisterFlagCompletionFunc("only", p.clientNames)
	return cmd
}

// written lists the files that changed.
func (p *program) written(r *generator.Result, dryRun bool) {
	for _, c := range r.Changes {
		verb := "changed"
		switch review.KindOf(c.Path, c.Before, c.After) {
		case review.Missing:
			verb = "new"
		case review.Unused:
			verb = "removed"
		}
		fmt.Fprintf(p.stdout, "%-8s %s\n", verb, c.Path)
	}
	operations := 0
	for _, pkg := range r.Packages {
		operations += len(pkg.API.Operations)
	}
	text := fmt.Sprintf("%s, %s", phrase.Count(len(r.Packages), "client"), phrase.Count(operations, "operation"))
	switch {
	case len(r.Changes) == 0:
		text += ": nothing to change"
	case dryRun:
		text += fmt.Sprintf(": %s would change; nothing was written", phrase.Count(len(r.Changes), "file"))
	default:
		text += fmt.Sprintf(": %s written", phrase.Count(len(r.Changes), "file"))
	}
	fmt.Fprintln(p.stdout, text)
}
