package main

// This file makes errors of wrong command lines: one line each, with a suggestion.

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/resgen/resgen/resilience/diag"
)

// A usageError reports a command line that resgen does not understand.
type usageError struct{ what, cure string }

func (e *usageError) Error() string { return e.what + "; " + e.cure }

// examples are the calls that the help of a command shows.
var examples = map[string][]string{
	"init":     {"resgen init petstore.yaml", "resgen init 'api/*.yaml' --yes"},
	"generate": {"resgen generate", "resgen generate --only petstore --dry-run"},
	"check":    {"resgen check", "resgen check -C api"},
	"explain": {
		"resgen explain", "resgen explain petstore", "resgen explain petstore addPet",
		"resgen explain petstore \"GET /pets\" --json",
	},
	"lint": {"resgen lint", "resgen lint petstore --json"},
	"diff": {
		"resgen diff petstore-v1.yaml petstore-v2.yaml", "resgen diff v1.4.0 .   # the working tree and a tag",
		"resgen diff main:api/petstore.yaml api/petstore.yaml",
	},
}

// examplesOf returns the examples of the command with a Use line, indented.
func examplesOf(use string) string {
	name, _, _ := strings.Cut(use, " ")
	lines := examples[name]
	if len(lines) == 0 {
		return ""
	}
	return "  " + strings.Join(lines, "\n  ")
}

// suggestion returns a cure for a misspelled name: the name that is most similar to text, or the
// only one that begins with it. Without such a name it returns another cure.
func suggestion(text, prefix string, names []string, otherwise string) string {
	similar := diag.Suggest(text, names)
	if similar == "" && text != "" {
		longer := slices.DeleteFunc(slices.Clone(names), func(s string) bool { return !strings.HasPrefix(s, text) })
		if len(longer) == 1 {
			similar = longer[0]
		}
	}
	if similar == "" {
		return otherwise
	}
	return strings.TrimPrefix(didYouMean(prefix+similar), "; ")
}

// didYouMean returns the end of an error for a name that is similar to another one, and nothing if
// there is no such name.
func didYouMean(similar string) string {
	if similar == "" {
		return ""
	}
	return "; did you mean " + similar + "?"
}

// helpOf says how to get the help of a command.
func helpOf(cmd *cobra.Command) string {
	return "run '" + strings.Replace(cmd.CommandPath(), "resgen", "resgen help", 1) + "'"
}

// commandNames returns the names of the subcommands that help lists.
func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}

// knownCommand returns an error for arguments of a command that takes only subcommands.
func knownCommand(cmd *cobra.Command, args []string) error {
	names := commandNames(cmd)
	if len(names) == 0 {
		return &usageError{cmd.Name() + " has no command " + args[0], helpOf(cmd)}
	}
	all := "the commands are " + strings.Join(names, ", ")
	if len(args) == 0 {
		return &usageError{"a command is missing after " + cmd.CommandPath(), all}
	}
	if args[0] == "" {
		return &usageError{"the command is empty", all}
	}
	return &usageError{"unknown command " + args[0], suggestion(args[0], "", names, all)}
}

// arguments returns a check of the number of arguments, from the words of a Use line: "COMMAND",
// "[COMMAND]" or "[COMMAND...]". cure says what to do about too many.
func arguments(use, cure string) cobra.PositionalArgs {
	words := strings.Fields(use)[1:]
	least, most := 0, len(words)
	for _, w := range words {
		if !strings.HasPrefix(w, "[") {
			least++
		}
		if strings.HasSuffix(w, "...]") || strings.HasSuffix(w, "...") {
			most = -1
		}
	}
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return &usageError{
				cmd.Name() + ": " + words[len(args)] + " is missing", "the form is 'resgen " + use + "'",
			}
		case most >= 0 && len(args) > most:
			return tooMany(cmd, use, cure, args[most])
		}
		return nil
	}
}

// tooMany returns the error for the first argument that a command does not take.
func tooMany(cmd *cobra.Command, use, cure, arg string) error {
	if cure == "" {
		cure = "the form is 'resgen " + use + "'"
	}
	return &usageError{cmd.Name() + " does not take the argument " + strconv.Quote(arg), cure}
}

// flagError returns the error for a flag that cannot be parsed.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	case errors.As(err, &missing):
		f := missing.GetFlag()
		name, _ := pflag.UnquoteUsage(f)
		return &usageError{flagName(f) + " has no value", "write " + flagName(f) + " " + strings.ToUpper(name)}
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		return &usageError{flagName(f) + " cannot be " + strconv.Quote(invalid.GetValue()), allowed(f, invalid)}
	case errors.As(err, &syntax):
		return &usageError{syntax.GetSpecifiedFlag() + " is not a flag", "flags look like --name or --name=value"}
	}
	return &usageError{err.Error(), helpOf(cmd)}
}

// flagName returns the name as users write it: -C, or --only.
func flagName(f *pflag.Flag) string {
	if f.Name == "dir" {
		return "-C"
	}
	return "--" + f.Name
}

// allowed says what the values of a flag are.
func allowed(f *pflag.Flag, invalid *pflag.InvalidValueError) string {
	if c, ok := f.Value.(*choice); ok {
		return suggestion(invalid.GetValue(), "", c.options, "it is "+alternatives(c.options))
	}
	switch f.Value.Type() {
	case "bool":
		return "leave the value out, or write true or false"
	case "int", "uint":
		return "write a whole number"
	case "duration":
		return "write a duration such as 1m30s"
	}
	return invalid.Unwrap().Error()
}

// alternatives returns words as text: "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// unknownFlag suggests a similar flag of the command, or else names the commands that have the
// flag.
func unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	name := unknown.GetSpecifiedName()
	if group := unknown.GetSpecifiedShortnames(); group != "" {
		return &usageError{"unknown flag -" + name + " of " + cmd.Name(), suggestion(strings.TrimLeft(group, "-"), "--",
			flagNames(cmd), helpOf(cmd))}
	}
	what := "unknown flag --" + name + " of " + cmd.Name()
	var owners []string
	for _, c := range cmd.Root().Commands() {
		if c.Flags().Lookup(name) != nil && c.IsAvailableCommand() {
			owners = append(owners, c.Name())
		}
	}
	otherwise := helpOf(cmd)
	if len(owners) > 0 {
		otherwise = "it is a flag of " + strings.Join(owners, ", ")
	}
	return &usageError{what, suggestion(name, "--", flagNames(cmd), otherwise)}
}

// flagNames returns the names of the flags of a command.
func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// A choice is the value of a flag that has one of some words.
type choice struct {
	value   *string
	options []string
}

// choiceVar defines a flag whose value is one of the options. The default is what *value has.
func choiceVar(cmd *cobra.Command, value *string, name, usage string, options ...string) {
	cmd.Flags().Var(&choice{value, options}, name, usage+": "+alternatives(options))
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(options, cobra.ShellCompDirectiveNoFileComp))
}

func (c *choice) String() string { return *c.value }

// Type returns the name of the value in help.
func (c *choice) Type() string { return "word" }

// Set sets the value if it is one of the options.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.options, text) {
		return fmt.Errorf("want %s", alternatives(c.options))
	}
	*c.value = text
	return nil
}

// exclusive makes flags of a command an error if more than one of them is set.
func exclusive(cmd *cobra.Command, names ...string) {
	do := cmd.PreRunE
	cmd.PreRunE = func(c *cobra.Command, args []string) error {
		var set []string
		for _, name := range names {
			if c.Flags().Changed(name) {
				set = append(set, "--"+name)
			}
		}
		if len(set) > 1 {
			return &usageError{strings.Join(set, " and ") + " exclude each other", "leave one out"}
		}
		if do == nil {
			return nil
		}
		return do(c, args)
	}
}

// notEmpty returns an error for an empty argument, and for an empty value of a flag that was set.
func notEmpty(cmd *cobra.Command, args []string) error {
	if i := slices.Index(args, ""); i >= 0 {
		return &usageError{fmt.Sprintf("%s: argument %d is empty", cmd.Name(), i+1), "write a name or leave it out"}
	}
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" {
			err = &usageError{flagName(f) + " is empty", "write a value or leave the flag out"}
		}
	})
	return err
}
