// Fleet runs several processes that share one quota and one circuit through Redis.
//
//	go run ./examples/fleet
//	go run ./examples/fleet --outage 30s             # the whole fleet sends one probe per cool-down
//	go run ./examples/fleet --restart 5s             # a process is killed and started every 5 s
//	go run ./examples/fleet --redis-pause 10s        # Redis does not answer for a while
//	go run ./examples/fleet --alone                  # without sharing, for comparison
//
// The processes call a stand-in of Amazon's Selling Partner API as fast as they can. A table shows
// how the quota is divided, and how many requests were over it. It starts redis-server or
// valkey-server on a free port of the loopback interface, or uses the server that --redis names.
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

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/examples/internal/command"
)

const usage = `usage: fleet [flags]

Runs several processes that call a stand-in of Amazon's Selling Partner API and share its quota and
a circuit through Redis. A table shows what each of them gets.

exit status: 0 the fleet ran, 1 it could not be started, 2 wrong usage

`

// flags holds the parsed command line.
type flags struct {
	workers     int
	rate        float64
	burst       int
	reserve     int
	length      time.Duration
	redis       string
	alone       bool
	outage      time.Duration
	outageAfter time.Duration
	restart     time.Duration
	redisPause  time.Duration
	redisAfter  time.Duration
	coolDown    time.Duration
}

func main() {
	redis.SetLogger(silent{})
	if job := os.Getenv(jobVariable); job != "" {
		os.Exit(work(job, os.Stdin, os.Stdout, os.Stderr))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run parses the arguments, runs the fleet and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f, err := parse(args, stderr)
	return command.Run("fleet", stderr, err, func() error { return runFleet(ctx, f, stdout, stderr) })
}

func parse(args []string, stderr io.Writer) (*flags, error) {
	var f flags
	set := command.Flags("fleet", usage, stderr)
	set.IntVar(&f.workers, "workers", 8, "number of processes")
	set.Float64Var(&f.rate, "rate", 50, "requests per second that the API allows to all of them together")
	set.IntVar(&f.burst, "burst", 50, "requests that it allows at once")
	set.IntVar(&f.reserve, "reserve", 1, "part of the burst that the processes leave unused; 0: none")
	set.DurationVar(&f.length, "for", time.Minute, "how long to run; 0: until interrupted")
	set.StringVar(&f.redis, "redis", "", "`ADDRESS` of a Redis or Valkey server (default: start one)")
	set.BoolVar(&f.alone, "alone", false, "share nothing: each process believes that the quota is its own")
	set.DurationVar(&f.outage, "outage", 0, "length of an outage of the API")
	set.DurationVar(&f.outageAfter, "outage-after", 10*time.Second, "when the outage begins")
	set.DurationVar(&f.coolDown, "cool-down", 5*time.Second, "cool-down of the circuit")
	set.DurationVar(&f.restart, "restart", 0, "how often a process is killed and another one started; 0: never")
	set.DurationVar(&f.redisPause, "redis-pause", 0, "how long the started Redis server does not answer")
	set.DurationVar(&f.redisAfter, "redis-pause-after", 10*time.Second, "when that begins")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	return &f, f.check(set.Args())
}

// check validates the combination of flags and arguments.
func (f *flags) check(args []string) error {
	switch {
	case len(args) > 0:
		return fmt.Errorf("there are no arguments, got %q; see --help", args[0])
	case f.workers < 1 || f.workers > 200:
		return errors.New("--workers must be between 1 and 200")
	case f.rate <= 0 || f.burst < 1 || f.reserve < 0 || f.reserve >= f.burst:
		return errors.New("--rate and --burst must be positive, and --reserve less than --burst")
	case f.length < 0 || f.outage < 0 || f.outageAfter < 0 || f.restart < 0 || f.redisPause < 0 || f.redisAfter < 0:
		return errors.New("durations must not be negative")
	case f.coolDown <= 0:
		return errors.New("--cool-down must be positive")
	case f.redis != "" && f.redisPause > 0:
		return errors.New("--redis-pause stops the server that this program starts; leave out --redis")
	case f.alone && (f.redis != "" || f.redisPause > 0):
		return errors.New("--alone uses no Redis; leave out --redis and --redis-pause")
	}
	return nil
}
