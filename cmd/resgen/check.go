package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/generator/review"
	"github.com/resgen/resgen/generator/review/changes"
	"github.com/resgen/resgen/generator/review/report"
	"github.com/resgen/resgen/resilience/diag"
)

// checkFlags are the flags of check.
type checkFlags struct {
	diff, loosening bool
	against, format string
}

// formats are the values of --format.
var formats = []string{"text", "json", "sarif", "github"}

func (p *program) check() *cobra.Command {
	var f checkFlags
	cmd := p.command("check", "Say in words what is stale, and what changed since a base",
		"Check generates in memory and lists the files that differ from those on disk, the changes of policies that "+
			"generate would bring,\nand the findings of lint.\n\n"+
			"With --against, it also says what changed since the commit that HEAD has in common with a git revision, "+
			"or since another folder:\npolicies, each with its places and whether it is looser or stricter, requests and "+
			"responses, and clients.\n\n"+
			"The exit code is 1 if there are errors, else 3 if files are stale, else 4 with --loosening if a policy is "+
			"looser.",
		arguments("check", ""), func(ctx context.Context, _ []string) error { return p.runCheck(ctx, f) })
	cmd.PreRunE = func(*cobra.Command, []string) error { return f.complete() }
	cmd.Flags().BoolVar(&f.diff, "diff", false, "print the differences of stale files in full")
	cmd.Flags().StringVar(&f.against, "against", "", "git `revision` or folder to compare with")
	cmd.Flags().BoolVar(&f.loosening, "loosening", false, "fail if a policy is looser than in the base")
	if f.format = "text"; os.Getenv("GITHUB_ACTIONS") == "true" {
		f.format = "github"
	}
	choiceVar(cmd, &f.format, "format", "format of the output; in GitHub Actions the default is github", formats...)
	return cmd
}

// complete checks the flags and sets what was left out.
func (f *checkFlags) complete() error {
	if f.loosening && f.against == "" {
		return errors.New("--loosening has no base; add --against with a git revision or a folder")
	}
	if f.diff && f.format != "text" {
		return errors.New("--diff prints text; leave out --format, or write --format text")
	}
	return nil
}

// runCheck reads the working tree and the base side by side, and prints what differs.
func (p *program) runCheck(ctx context.Context, f checkFlags) error {
	c, err := generator.ReadConfig(p.dir)
	if err != nil {
		return p.checkFailed(f, c, err)
	}
	var base *generator.Base
	var baseErr error
	var wg sync.WaitGroup
	if f.against != "" {
		wg.Go(func() { base, baseErr = generator.ReadBase(ctx, c, f.against) })
	}
	result, err := generator.Check(ctx, c)
	wg.Wait()
	if list := (diag.List)(nil); err != nil && !errors.As(err, &list) {
		return err
	}
	r := reportOf(result, f)
	if baseErr == nil && result.Complete() {
		compareVersions(&r, result, base)
	}
	if err := p.printReport(r, result, c, f); err != nil {
		return err
	}
	if baseErr != nil {
		return p.checkFailed(f, c, baseErr)
	}
	return exitWith(r.ExitCode())
}

// checkFailed returns an error that stopped the check, which GitHub shows as well.
func (p *program) checkFailed(f checkFlags, c generator.Config, err error) error {
	r := report.Report{Loosen: f.loosening}
	if list := (diag.List)(nil); errors.As(err, &list) && c.Dir != "" {
		r.Findings = list
		return errors.Join(p.printReport(r, &generator.Result{Diagnostics: list}, c, f), exitWith(r.ExitCode()))
	}
	if f.format == "github" {
		r.Findings.Add(diag.Diagnostic{Code: "check", What: err.Error()})
		report.GitHub(p.raw, r, "")
	}
	return err
}

// reportOf returns the findings and the files of a report. Folders that no client writes are files
// that are stale, and no longer findings.
func reportOf(result *generator.Result, f checkFlags) report.Report {
	r := report.Report{Clients: len(result.Packages), Loosen: f.loosening}
	foreign := map[string]bool{} // files that resgen did not write, which are findings
	for _, d := range result.Diagnostics {
		foreign[d.Pos.File] = foreign[d.Pos.File] || d.Code == "hand-written"
		if d.Code != generator.LeftOver || d.Severity == diag.Error {
			r.Findings = append(r.Findings, d)
			continue
		}
		r.Files = append(r.Files, review.Difference{Pos: d.Pos, Kind: review.LeftOver, What: d.What, Cure: d.Cure})
	}
	for _, c := range result.Changes {
		if foreign[c.Path] {
			continue
		}
		r.Files = append(r.Files, review.Describe(c.Path, c.Before, c.After, c.Instead))
	}
	slices.SortStableFunc(r.Files, func(a, b review.Difference) int { return a.Pos.Compare(b.Pos) })
	return r
}

// compareVersions adds the changes since the base; without one, those that generate would bring.
func compareVersions(r *report.Report, result *generator.Result, base *generator.Base) {
	if base == nil {
		r.Changes = generator.Pending(result)
		return
	}
	r.Base = base.Name
	r.Changes = base.Changes(result)
	for _, file := range base.Unplanned {
		r.Notes = append(r.Notes, "the base has errors in "+file+
			"; only the policies of its checked-in client are compared")
	}
}

// printReport prints a report in the format that was chosen.
func (p *program) printReport(r report.Report, result *generator.Result, c generator.Config, f checkFlags) error {
	switch f.format {
	case "json":
		return report.JSON(p.stdout, r)
	case "sarif":
		return report.SARIF(p.stdout, r, prefix(c.Dir), versionText())
	case "github":
		report.GitHub(p.raw, r, prefix(c.Dir))
		p.conclude(r)
		return nil
	}
	if len(r.Findings) > 0 {
		p.print(p.stderr, r.Findings)
	}
	report.Text(p.stdout, r)
	if f.diff {
		for _, change := range result.Changes {
			fmt.Fprint(p.stdout, review.Diff(change.Path, change.Before, change.After))
		}
	}
	p.conclude(r)
	return nil
}

// conclude prints the last lines: what is up to date, stale and changed.
func (p *program) conclude(r report.Report) {
	if text := r.Summary(); text != "" {
		fmt.Fprintln(p.stdout, text)
	}
	var kinds []review.Kind
	for _, d := range r.Files {
		kinds = append(kinds, d.Kind)
	}
	switch {
	case len(kinds) > 0:
		fmt.Fprintf(p.stderr, "%s: %s%s\n", phrase.Count(len(kinds), "file"), review.Summary(kinds), cureOf(kinds))
	case !r.Findings.HasErrors():
		fmt.Fprintf(p.stdout, "%s: up to date\n", phrase.Count(r.Clients, "client"))
	}
	if n := changes.Looser(r.Changes); r.ExitCode() == report.ExitLooser {
		fmt.Fprintf(p.stderr, "%s looser than in %s\n", isAre(n, "change"), r.Base)
	}
}

// cureOf returns what to do about the kinds of differences together. Folders that are left over
// have their own cure.
func cureOf(kinds []review.Kind) string {
	for _, k := range kinds {
		if k != review.LeftOver {
			return "; run 'resgen generate'"
		}
	}
	return ""
}

// isAre returns "1 change is" or "2 changes are".
func isAre(n int, noun string) string {
	if n == 1 {
		return phrase.Count(n, noun) + " is"
	}
	return phrase.Count(n, noun) + " are"
}

// prefix returns a folder relative to the root of the repository that it is in, with slashes; "" if
// it is in none.
func prefix(dir string) string {
	if root := above(dir, ".git"); root != "" {
		return relative(root, dir)
	}
	return ""
}
