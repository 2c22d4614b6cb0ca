package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (p *program) version() *cobra.Command {
	return p.command("version", "Print the version of resgen", "", arguments("version", ""),
		func(context.Context, []string) error {
			fmt.Fprintln(p.stdout, "resgen", versionText())
			return nil
		})
}

// versionText returns the version of the module that the program was built from.
func versionText() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
