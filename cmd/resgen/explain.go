package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/explanation"
)

// explainFlags are the flags of resgen explain.
type explainFlags struct{ json, markdown, all bool }

func (p *program) explain() *cobra.Command {
	var flags explainFlags
	cmd := p.command("explain [CLIENT [OPERATION]]", "Show each policy value with its source, and what a call can cost",
		"Explain shows the plan. Without arguments it lists all clients, with a client its operations with the attempts,\n"+
			"requests and time that one call can take at most, and with an operation each value of its policy that is not\n"+
			"the built-in default, with its source. A client is named by its document, package or output; an operation by\n"+
			"its operationId or as \"METHOD /path\".",
		arguments("explain [CLIENT [OPERATION]]", `quote operations: "GET /pets"`),
		func(ctx context.Context, args []string) error {
			list, err := p.explanations(ctx, args)
			if err != nil {
				return err
			}
			if flags.json {
				return p.json(list)
			}
			text, err := render(list, len(args), flags)
			if err != nil {
				return err
			}
			_, err = io.WriteString(p.stdout, text)
			return err
		})
	cmd.ValidArgsFunction = p.operationNames
	cmd.Flags().BoolVar(&flags.json, "json", false, "print the plan as JSON (docs/schema/explain.json)")
	cmd.Flags().BoolVar(&flags.markdown, "markdown", false, "print the plan as RESILIENCE.md")
	cmd.Flags().BoolVar(&flags.all, "all", false, "also show values that are the built-in defaults")
	exclusive(cmd, "json", "markdown")
	return cmd
}

// explanations explains the clients and operations that the arguments name.
func (p *program) explanations(ctx context.Context, args []string) ([]explanation.Client, error) {
	c, err := generator.ReadConfig(p.dir)
	if err != nil {
		return nil, err
	}
	if len(args) > 0 {
		c.Only = args[0]
	}
	r, err := generator.Plan(ctx, c)
	p.warnings(r, err)
	var unknown *generator.UnknownClientError
	if errors.As(err, &unknown) && len(args) == 1 {
		return nil, operationAsClient(ctx, c, unknown)
	}
	if err != nil {
		return nil, err
	}
	keep, name := func(*api.Operation) bool { return true }, ""
	if len(args) > 1 {
		name = args[1]
		keep = func(op *api.Operation) bool { return name != "" && slices.Contains(explanation.Names(op), name) }
	}
	var list []explanation.Client
	found := 0
	for _, pkg := range r.Packages {
		one := explanation.Of(pkg.Name, pkg.Output, pkg.API, keep)
		list = append(list, one)
		found += len(one.Operations)
	}
	if found == 0 && len(args) > 1 {
		return nil, unknownOperation(r.Packages, name)
	}
	return list, nil
}

// operationAsClient returns the error for an argument that names no client. It may be an operation.
func operationAsClient(ctx context.Context, c generator.Config, unknown *generator.UnknownClientError) error {
	c.Only = ""
	r, err := generator.Plan(ctx, c)
	if err != nil {
		return unknown
	}
	for _, pkg := range r.Packages {
		for _, op := range pkg.API.Operations {
			if slices.Contains(explanation.Names(op), unknown.Name) {
				command := "resgen explain " + pkg.Name + " " + quotedArgument(unknown.Name)
				return &usageError{"no client is named " + unknown.Name,
					"it is an operation of " + pkg.Name + ": " + command}
			}
		}
	}
	return unknown
}

// quotedArgument returns an argument as a shell takes it, if it has spaces.
func quotedArgument(s string) string {
	if strings.ContainsAny(s, " {}*") {
		return strconv.Quote(s)
	}
	return s
}

// render returns the explanations as text, in the form that fits flags and number of arguments.
func render(list []explanation.Client, args int, flags explainFlags) (string, error) {
	if args == 0 && !flags.markdown {
		return explanation.Clients(list), nil
	}
	var out strings.Builder
	for _, c := range list {
		switch {
		case flags.markdown && (args < 2 || len(c.Operations) > 0):
			page, err := explanation.Markdown(c)
			if err != nil {
				return "", err
			}
			out.WriteString(page)
		case flags.markdown:
		case args == 1:
			out.WriteString(explanation.Operations(c))
		default:
			for _, op := range c.Operations {
				out.WriteString(explanation.Values(op, flags.all))
			}
		}
	}
	return out.String(), nil
}
