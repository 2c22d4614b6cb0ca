package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	set := flag.NewFlagSet("audit", flag.ContinueOnError)
	set.SetOutput(stderr)
	checker := set.String("govulncheck", "", "`FILE` of govulncheck; empty: only licenses are checked")
	if err := set.Parse(args); err != nil || set.NArg() == 0 {
		fmt.Fprintln(stderr, "usage: audit [-govulncheck FILE] FOLDER...")
		return 2
	}
	code := 0
	for _, folder := range set.Args() {
		if err := auditLicenses(folder, stdout); err != nil {
			fmt.Fprintf(stderr, "%s: %v\n", folder, err)
			code = 1
		}
		if *checker == "" {
			continue
		}
		if err := auditVulnerabilities(*checker, folder, stdout); err != nil {
			fmt.Fprintf(stderr, "%s: %v\n", folder, err)
			code = 1
		}
	}
	return code
}
