// Standins runs the stand-ins of the three APIs, for trying clients out without an account anywhere.
//
//	go run ./examples/standins
//
// They behave as the real services have been seen to, quirks included, and refuse what nobody has seen them take.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/resgen/resgen/examples/internal/demo"
	"github.com/spf13/pflag"
)

const usage = `usage: standins [flags]

Serves stand-ins of Amazon's Selling Partner API, Crossmark MVRetail and Walmart's EDR on this machine until it is
interrupted. What each did with a request is written as a JSON object a line.

exit status: 0 interrupted, 1 an address is taken, 2 wrong usage

`

// flags are what the command line says.
type flags struct {
	spapi, crossmark, edr string
	faults                float64
	seed                  uint64
	latency               time.Duration
	log                   string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with everything it takes from outside.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f, err := parse(args, stderr)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "standins: %v\n", err)
		return 2
	}
	if err := serve(ctx, f, stdout); err != nil {
		fmt.Fprintf(stderr, "standins: %v\n", err)
		return 1
	}
	return 0
}

func parse(args []string, stderr io.Writer) (*flags, error) {
	var f flags
	set := pflag.NewFlagSet("standins", pflag.ContinueOnError)
	set.SortFlags = false
	set.SetOutput(stderr)
	set.Usage = func() { fmt.Fprint(stderr, usage+"flags:\n"+set.FlagUsages()) }
	set.StringVar(&f.spapi, "spapi", "127.0.0.1:8081", "`ADDRESS` of the Selling Partner API; empty: not served")
	set.StringVar(&f.crossmark, "crossmark", "127.0.0.1:8082", "`ADDRESS` of Crossmark; empty: not served")
	set.StringVar(&f.edr, "edr", "127.0.0.1:8083", "`ADDRESS` of the EDR, its three hosts in one; empty: not served")
	set.Float64Var(&f.faults, "faults", 0, "share of requests to the first two that fail, 0 to 1; sign-in is spared")
	set.Uint64Var(&f.seed, "seed", 1, "seed of the random faults")
	set.DurationVar(&f.latency, "latency", 0, "how long every answer takes")
	set.StringVar(&f.log, "log", "", "`FILE` for what the stand-ins did (default: standard output)")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case set.NArg() > 0:
		return nil, fmt.Errorf("unexpected %q; there are only flags, and --help lists them", set.Arg(0))
	case f.faults < 0, f.faults > 1, f.latency < 0:
		return nil, errors.New("--faults lies between 0 and 1, --latency is not negative")
	}
	return &f, nil
}

// serve runs the stand-ins until ctx ends. If one address is taken, none is served.
func serve(ctx context.Context, f *flags, stdout io.Writer) error {
	out := &lines{to: stdout}
	log := out
	if f.log != "" {
		file, err := os.Create(f.log)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		log = &lines{to: file}
	}
	for _, s := range standins(f, log, out) {
		if s.address == "" {
			continue
		}
		url, end, err := demo.Serve(s.address, s.handler)
		if err != nil {
			return fmt.Errorf("%s: %w; name another address with --%s", s.flag, err, s.flag)
		}
		defer func() { _ = end() }()
		fmt.Fprintf(out, "%-11s %s  %s\n", s.flag, url, s.hint)
	}
	<-ctx.Done()
	return nil
}

// lines lets several goroutines write whole lines to one place.
type lines struct {
	mu sync.Mutex
	to io.Writer
}

func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(line)
}
