package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"
)

// Flags returns an empty set of flags for a program. Its help, which goes to output, is the usage
// text and the flags in the order of their definition.
func Flags(name, usage string, output io.Writer) *pflag.FlagSet {
	set := pflag.NewFlagSet(name, pflag.ContinueOnError)
	set.SortFlags = false
	set.SetOutput(output)
	set.Usage = func() { fmt.Fprint(output, usage+"flags:\n"+set.FlagUsages()) }
	return set
}

// Run runs a program whose command line was parsed with the result parsed, prints why it failed,
// and returns the exit status: 0 if work succeeded or help was asked for, 1 if work failed, 2 for a
// wrong command line.
func Run(name string, stderr io.Writer, parsed error, work func() error) int {
	status := 2
	err := parsed
	switch {
	case errors.Is(parsed, pflag.ErrHelp):
		return 0
	case parsed == nil:
		status, err = 1, work()
	}
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "%s: %v\n", name, err)
	return status
}
