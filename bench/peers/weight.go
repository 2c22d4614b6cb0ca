package main

// This file measures how large programs are that make one call: those in the folder weight.

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"text/tabwriter"
)

// A weight is the size of a program in bytes.
type weight struct {
	client   string
	size     int64
	stripped int64 // without symbols and debug information
}

// mostWeight is how many bytes more than with oapi-codegen a program with resgen may have.
const mostWeight = 3_300_000

// weighAll builds the programs. The last one is that with resgen.
func weighAll(ctx context.Context) ([]weight, error) {
	dir, err := os.MkdirTemp("", "weight")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	list := []weight{{client: "oapi-codegen"}, {client: "ogen, client only"}, {client: "resgen, all policies"}}
	for i, name := range []string{"oapi", "ogen", "ours"} {
		if list[i].size, err = sizeOf(ctx, dir, name); err != nil {
			return nil, err
		}
		if list[i].stripped, err = sizeOf(ctx, dir, name, "-ldflags=-s -w"); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sizeOf builds a program and returns its size.
func sizeOf(ctx context.Context, dir, name string, flags ...string) (int64, error) {
	path := filepath.Join(dir, name)
	args := append([]string{"build", "-o", path}, flags...)
	out, err := exec.CommandContext(ctx, "go", append(args, "./weight/"+name)...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("go build ./weight/%s: %w\n%s", name, err, out)
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// tooHeavy returns what is wrong with the size of the program with resgen.
func tooHeavy(list []weight) (problems []string) {
	peer, ours := list[0], list[len(list)-1]
	if more := ours.size - peer.size; more > mostWeight {
		problems = append(problems, fmt.Sprintf(
			"a program with resgen has %d bytes more than one with %s, at most %d are allowed; "+
				"docs/decisions/0050-size-of-programs.md says how to find what is linked",
			more, peer.client, mostWeight))
	}
	return problems
}

// printWeights prints the sizes.
func printWeights(w io.Writer, list []weight) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "program with\tbytes\twithout symbols")
	for _, p := range list {
		fmt.Fprintf(t, "%s\t%d\t%d\n", p.client, p.size, p.stripped)
	}
	return t.Flush()
}

// writeWeights adds the sizes to the page.
func writeWeights(page *bytes.Buffer, list []weight) {
	page.WriteString("## Size of programs\n\nA program that makes one call, built with `go build`; without " +
		"symbols with `-ldflags=\"-s -w\"`.\n" +
		"[Programs link what they use](decisions/0050-size-of-programs.md) says what " +
		"the difference is.\n\n| client | MB | without symbols |\n|---|---|---|\n")
	for _, p := range list {
		fmt.Fprintf(page, "| %s | %.2f | %.2f |\n", p.client, float64(p.size)/1e6, float64(p.stripped)/1e6)
	}
	page.WriteString("\n")
}
