package main

// This file completes the names of clients and operations in shells.

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
)

// completeUsage makes the completion command, which cobra provides, report wrong usage like the
// other commands.
func completeUsage(root *cobra.Command) {
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Short = "Print the completion script of a shell"
		c.Args, c.RunE = cobra.ArbitraryArgs, knownCommand
		for _, shell := range c.Commands() {
			shell.Args = arguments(shell.Name(), "run '"+shell.CommandPath()+"'")
		}
	}
}

// clientNames completes names of clients that are not among the arguments.
func (p *program) clientNames(_ *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	c, err := generator.ReadConfig(p.dir)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := slices.DeleteFunc(generator.ClientNames(c), func(name string) bool { return slices.Contains(args, name) })
	return beginning(names, text), cobra.ShellCompDirectiveNoFileComp
}

// operationNames completes a client and then the operations of that client.
func (p *program) operationNames(cmd *cobra.Command, args []string, text string) (
	[]string, cobra.ShellCompDirective,
) {
	if len(args) == 0 {
		return p.clientNames(cmd, args, text)
	}
	c, err := generator.ReadConfig(p.dir)
	if err != nil || len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	c.Only = args[0]
	r, err := generator.Plan(cmd.Context(), c)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, pkg := range r.Packages {
		for _, op := range pkg.API.Operations {
			names = append(names, op.ID)
		}
	}
	return beginning(slices.Compact(names), text), cobra.ShellCompDirectiveNoFileComp
}

// beginning returns the names that begin with a text.
func beginning(names []string, text string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, text) })
}

// unknownOperation returns the error for an operation that none of the packages has.
func unknownOperation(packages []generator.Package, name string) error {
	var ids, all []string
	for _, pkg := range packages {
		for _, op := range pkg.API.Operations {
			ids = append(ids, op.ID)
			all = append(all, op.ID, op.Name, op.Route())
		}
	}
	otherwise := "'resgen explain CLIENT' lists them"
	if ids = slices.Compact(ids); len(ids) > 0 && len(ids) <= 8 {
		otherwise = "the operations are " + strings.Join(ids, ", ")
	}
	if i := slices.IndexFunc(all, func(s string) bool { return strings.EqualFold(s, name) }); i >= 0 {
		otherwise = "did you mean " + all[i] + "?"
	}
	return &usageError{"no operation is named " + name, suggestion(name, "", all, otherwise)}
}
