package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (p *program) version() *cobra.Command {
	return p.command("version", "Print the version of resgen", "", cobra.NoArgs, func(context.Context, []string) error {
		version := "unknown"
		if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
			version = info.Main.Version
		}
		fmt.Fprintln(p.stdout, "resgen", version)
		return nil
	})
}
