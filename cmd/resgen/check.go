package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/review"
)

func (p *program) check() *cobra.Command {
	return p.command("check", "Fail if a checked-in client is not what generate would write",
		"Check generates in memory and prints a unified diff of the files that differ from those on disk. "+
			"Its exit code is 3 if there are any.",
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			c, err := generator.ReadConfig(p.dir)
			if err != nil {
				return err
			}
			r, err := generator.Check(ctx, c)
			p.warnings(r, err)
			if err != nil {
				return err
			}
			return p.differences(r)
		})
}

// differences prints the changes that generate would make.
func (p *program) differences(r *generator.Result) error {
	var kinds []review.Kind
	for _, c := range r.Changes {
		kinds = append(kinds, review.KindOf(c.Before, c.After))
		fmt.Fprint(p.stdout, review.Report(c.Path, c.Before, c.After))
	}
	if len(kinds) == 0 {
		fmt.Fprintf(p.stdout, "%s: up to date\n", count(len(r.Packages), "client"))
		return nil
	}
	fmt.Fprintf(p.stderr, "%s: %s; run 'resgen generate'\n", count(len(kinds), "file"), review.Summary(kinds))
	return errStale
}
