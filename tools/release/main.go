package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	set := flag.NewFlagSet("release", flag.ContinueOnError)
	set.SetOutput(stderr)
	root := set.String("root", ".", "`FOLDER` of the clone")
	out := set.String("out", "", "`FOLDER` for the zips; default: bin/release in the clone")
	draft := set.Bool("draft", false, "zip what the folder has, without any check, to try the release that it would be")
	edit := set.Bool("require", false, "make the published modules require the runtime at VERSION, and do nothing else")
	if err := set.Parse(args); err != nil {
		return 2
	}
	if set.NArg() != 1 || set.Arg(0) == "" {
		fmt.Fprintln(stderr, "release: want one version; run: make release VERSION=v0.2.0")
		return 2
	}
	if *edit {
		if err := require(*root, set.Arg(0)); err != nil {
			fmt.Fprintln(stderr, err)
			return 1
		}
		return 0
	}
	if *out == "" {
		*out = filepath.Join(*root, "bin", "release")
	}
	r, err := newRelease(*root, set.Arg(0))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	var problems []string
	if !*draft {
		problems = r.check()
	}
	for _, p := range problems {
		fmt.Fprintln(stderr, p)
	}
	if len(problems) > 0 {
		fmt.Fprintf(stderr, "%s cannot be released yet\n", r.version)
		return 1
	}
	if err := r.write(*out, stdout); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprint(stdout, r.steps())
	return 0
}
