package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/resgen/resgen/bench/variant"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// options holds the flags.
type options struct {
	storms []string
	only   []string
	runs   int
	scale  float64
	seed   uint64
	strict bool
}

// parse parses the flags.
func parse(args []string, errs io.Writer) (options, error) {
	var o options
	var chosen, only string
	f := flag.NewFlagSet("storms", flag.ContinueOnError)
	f.SetOutput(errs)
	f.StringVar(
		&chosen,
		"storm",
		"",
		"storms to make, separated by commas: "+strings.Join(names(storms()), ", ")+"; empty: all",
	)
	f.StringVar(
		&only,
		"only",
		"",
		"variants to compare, separated by commas; empty: all. Without plain retry the storms are not calibrated",
	)
	f.IntVar(&o.runs, "runs", 1, "runs of each variant; the tables have the median of each column")
	f.Float64Var(
		&o.scale,
		"scale",
		1,
		"seconds that a second of a storm takes, policies included; 2 halves the load on a busy machine",
	)
	f.Uint64Var(&o.seed, "seed", 1, "seed of pauses and of the server's failures; run n adds n")
	f.BoolVar(&o.strict, "strict", false, "exit with 1 also if resilience misses its aims")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	o.storms, o.only = list(chosen), list(only)
	return o, o.validate()
}

func (o options) validate() error {
	var all []string
	for _, v := range variant.All() {
		all = append(all, v.Name)
	}
	for _, s := range o.storms {
		if !slices.Contains(names(storms()), s) {
			return fmt.Errorf("-storm: no storm %q; there are %s", s, strings.Join(names(storms()), ", "))
		}
	}
	for _, v := range o.only {
		if !slices.Contains(all, v) {
			return fmt.Errorf("-only: no variant %q; there are %s", v, strings.Join(all, ", "))
		}
	}
	if o.runs < 1 || o.scale <= 0 {
		return errors.New("-runs and -scale: must be greater than 0")
	}
	return nil
}

func names(list []storm) []string {
	var n []string
	for _, s := range list {
		n = append(n, s.name)
	}
	return n
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// run simulates the storms and returns the exit code.
func run(args []string, out, errs io.Writer) int {
	o, err := parse(args, errs)
	if err != nil {
		fmt.Fprintln(errs, err)
		return 2
	}
	printMachine(out, o)
	code := 0
	for _, s := range storms() {
		if len(o.storms) > 0 && !slices.Contains(o.storms, s.name) {
			continue
		}
		calibrated, met, err := s.weather(o, out, errs)
		if err != nil {
			fmt.Fprintln(errs, err)
			return 1
		}
		if !calibrated || o.strict && !met {
			code = 1
		}
	}
	return code
}

// weather runs all variants through a storm and prints the results.
func (s storm) weather(o options, out, errs io.Writer) (calibrated, met bool, err error) {
	s.print(out)
	t := newTable(s.columns)
	for _, v := range variant.All() {
		if len(o.only) > 0 && !slices.Contains(o.only, v.Name) || s.only != nil && !slices.Contains(s.only, v.Name) {
			continue
		}
		runs, err := s.runs(o, v, errs)
		if err != nil {
			return false, false, fmt.Errorf("%s, %s: %w", s.name, v.Name, err)
		}
		t.add(v.Name, runs)
	}
	t.print(out)
	if s.check == nil {
		return true, true, nil
	}
	fmt.Fprintln(out)
	calibrated, met = printVerdicts(out, s.check(t))
	return calibrated, met, nil
}

// runs runs a variant through a storm several times.
func (s storm) runs(o options, v variant.Variant, errs io.Writer) ([][]float64, error) {
	var rows [][]float64
	for n := range o.runs {
		runtime.GC() // clean up after the previous run
		row, err := s.run(newClock(o.scale), o.seed+uint64(n), v, s.settings.Scaled(o.scale))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(errs, "%s, %s, run %d:%s; load %s\n", s.name, v.Name, n+1, s.line(row), loadAverage())
		rows = append(rows, row)
	}
	return rows, nil
}

// line formats a row on one line.
func (s storm) line(row []float64) string {
	var text strings.Builder
	for i, v := range row {
		text.WriteString(" " + cell(s.columns[i], v))
	}
	return text.String()
}
