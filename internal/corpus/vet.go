package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const runtime = "github.com/resgen/resgen/resilience"

// module makes a separate module of a folder, which uses the runtime of this checkout.
func module(ctx context.Context, work string) error {
	dir, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", runtime).Output()
	if err != nil {
		return fmt.Errorf("the runtime's module is not found: %w", err)
	}
	home := strings.TrimSpace(string(dir))
	sums, err := os.ReadFile(filepath.Join(home, "go.sum"))
	if err != nil {
		return err
	}
	mod := fmt.Sprintf(
		"module corpus\n\ngo 1.26.0\n\nrequire %s v0.1.0\n\nreplace %s v0.1.0 => %s\n", runtime, runtime, home,
	)
	return errors.Join(
		os.WriteFile(filepath.Join(work, "go.mod"), []byte(mod), 0o644),
		os.WriteFile(filepath.Join(work, "go.sum"), sums, 0o644),
	)
}

// vet compiles and vets all packages at once.
func vet(ctx context.Context, work string, docs []*document) error {
	if err := module(ctx, work); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "vet", "./...")
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		assign(out.String(), docs)
	}
	return ctx.Err()
}

// assign adds each line of vet's output to the document whose package it is about. A line about
// none of them counts for all.
func assign(output string, docs []*document) {
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		known := false
		for _, d := range docs {
			if strings.Contains(line, filepath.Join(d.set, d.name, "client")+string(filepath.Separator)) {
				d.fail(line)
				known = true
			}
		}
		for _, d := range docs {
			if !known {
				d.fail(line)
			}
		}
	}
}
