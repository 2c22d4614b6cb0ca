// Standins serves the fakes of the three APIs, so that clients can be tried without an account.
//
//	go run ./examples/standins
//
// They reproduce the observed behavior of the real services, quirks included, and reject requests
// that the real services have not been seen to accept.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/resgen/resgen/examples/internal/command"
	"github.com/resgen/resgen/examples/internal/demo"
)

const usage = `usage: standins [flags]

Serves fakes of Amazon's Selling Partner API, Crossmark MVRetail and Walmart's EDR on this machine until it is
interrupted. They log each request as a line of JSON.

exit status: 0 interrupted, 1 an address is taken, 2 wrong usage

`

// flags holds the parsed command line.
type flags struct {
	spapi, crossmark, edr string
	faults                float64
	seed                  uint64
	latency               time.Duration
	skus                  int
	speed                 float64
	log                   string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run parses the arguments, serves until ctx ends and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f, err := parse(args, stderr)
	return command.Run("standins", stderr, err, func() error { return serve(ctx, f, stdout) })
}

func parse(args []string, stderr io.Writer) (*flags, error) {
	var f flags
	set := command.Flags("standins", usage, stderr)
	set.StringVar(&f.spapi, "spapi", "127.0.0.1:8081", "`ADDRESS` of the Selling Partner API; empty to leave it out")
	set.StringVar(&f.crossmark, "crossmark", "127.0.0.1:8082", "`ADDRESS` of Crossmark; empty to leave it out")
	set.StringVar(&f.edr, "edr", "127.0.0.1:8083",
		"`ADDRESS` of the EDR, its three hosts in one; empty to leave it out")
	set.Float64Var(&f.faults, "faults", 0, "share of requests to the first two that fail, 0 to 1, except sign-in")
	set.Uint64Var(&f.seed, "seed", 1, "seed of the random faults")
	set.DurationVar(&f.latency, "latency", 0, "duration of every response")
	set.IntVar(&f.skus, "skus", 0,
		"number of further SKUs of the Selling Partner API, SKU-00001 and so on; those with odd numbers have no stock")
	set.Float64Var(&f.speed, "speed", 1,
		"seconds that pass in one second for quotas and tokens of the Selling Partner API")
	set.StringVar(&f.log, "log", "", "`FILE` for the request log (default: standard output)")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case set.NArg() > 0:
		return nil, fmt.Errorf("unexpected %q; only flags are accepted; see --help", set.Arg(0))
	case f.faults < 0, f.faults > 1, f.latency < 0:
		return nil, errors.New("--faults must be between 0 and 1, and --latency must not be negative")
	case f.skus < 0, f.speed <= 0:
		return nil, errors.New("--skus must not be negative, and --speed must be positive")
	}
	return &f, nil
}

// serve serves the fakes until ctx ends. It returns an error if an address is in use.
func serve(ctx context.Context, f *flags, stdout io.Writer) error {
	out := demo.Serialize(stdout)
	log := out
	if f.log != "" {
		file, err := demo.Create(f.log)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		log = demo.Serialize(file)
	}
	for _, s := range standins(f, log, out) {
		if s.address == "" {
			continue
		}
		url, stop, err := demo.Serve(s.address, s.handler)
		if err != nil {
			return fmt.Errorf("%s: %w; choose another address with --%s", s.flag, err, s.flag)
		}
		defer func() { _ = stop() }()
		fmt.Fprintf(out, "%-11s %s  %s\n", s.flag, url, s.hint)
	}
	<-ctx.Done()
	return nil
}
