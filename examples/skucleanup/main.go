// Skucleanup deletes the listings of SKUs without stock at Amazon.
//
//	go run ./examples/skucleanup --demo 500 --faults 0.1 --outage 20s --speed 10
//	go run ./examples/skucleanup --endpoint https://sellingpartnerapi-na.amazon.com \
//		--seller-id ID --marketplace-id ID --yes skus.txt
//
// It looks up stock in batches of 50, continues when single calls fail, and never deletes the
// listing of a SKU whose stock is unknown. It exits with 0 only if every SKU is deleted or kept.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/pflag"
)

const usage = `usage: skucleanup [flags] FILE        one SKU per line
       skucleanup [flags] --demo N    N SKUs of a built-in fake of Amazon

Deletes the listings of SKUs without stock at Amazon. With --endpoint, credentials come from the
environment: LWA_CLIENT_ID, LWA_CLIENT_SECRET, LWA_REFRESH_TOKEN; SELLER_ID and MARKETPLACE_ID are
read from it too. Without --yes, nothing is deleted there.

A run that was interrupted or killed is continued by the same command: the journal, FILE.journal
unless --journal names another file, has what was done and what was in progress.

exit status: 0 every SKU is deleted or kept, 1 some are not, 2 wrong usage

`

// flags holds the parsed command line.
type flags struct {
	file          string
	report        string
	workers       int
	yes           bool
	endpoint      string
	tokenEndpoint string
	seller        string
	stores        []string
	journal       string
	policy        string
	level         slog.Level

	demo      int
	faults    float64
	outage    time.Duration
	seed      uint64
	speed     float64
	serverLog string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run parses the arguments, cleans up and returns the exit status.
func run(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	f, err := parse(args, env, stderr)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "skucleanup: %v\n", err)
		return 2
	}
	items, err := clean(ctx, f, env, stdout, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "skucleanup: %v\n", err)
		return 1
	}
	if !complete(items) {
		return 1
	}
	return 0
}

func parse(args []string, env func(string) string, stderr io.Writer) (*flags, error) {
	var f flags
	set := pflag.NewFlagSet("skucleanup", pflag.ContinueOnError)
	set.SortFlags = false
	set.SetOutput(stderr)
	set.Usage = func() { fmt.Fprint(stderr, usage+"flags:\n"+set.FlagUsages()) }
	set.StringVar(&f.report, "report", "", "write a `FILE` with the outcome of every SKU as JSON")
	set.IntVar(&f.workers, "workers", 8, "number of concurrent deletes")
	set.StringVar(&f.endpoint, "endpoint", "", "base `URL` of the Selling Partner API")
	set.StringVar(&f.tokenEndpoint, "token-endpoint", "", "`URL` that issues access tokens (default: Amazon's)")
	set.StringVar(&f.seller, "seller-id", env("SELLER_ID"), "`ID` of the selling account")
	set.StringSliceVar(&f.stores, "marketplace-id", split(env("MARKETPLACE_ID")),
		"`ID` of the marketplace; several, with commas or repeated, are cleaned one after the other")
	set.StringVar(&f.journal, "journal", "",
		"`FILE` that records what was done, to continue an earlier run; off: none (default: the SKU file's name "+
			"and .journal; off with --demo)")
	set.StringVar(&f.policy, "policy", "", "`FILE` with run-time configuration of the policies, as YAML")
	set.TextVar(&f.level, "log-level", slog.LevelWarn, "`LEVEL` of the log: debug, info, warn or error")
	set.BoolVar(&f.yes, "yes", false, "delete; without it, --endpoint only reports what would be deleted")
	set.IntVar(&f.demo, "demo", 0, "run against a built-in fake with `N` SKUs, half of them without stock")
	set.Float64Var(&f.faults, "faults", 0,
		"demo: share of requests that fail, 0 to 1; half of the resets and 500s follow after the work was done")
	set.DurationVar(&f.outage, "outage", 0, "demo: length of a total outage, in the API's time")
	set.Uint64Var(&f.seed, "seed", 1, "demo: seed of the random faults")
	set.Float64Var(&f.speed, "speed", 1, "demo: seconds of the API's time that pass in one second")
	set.StringVar(&f.serverLog, "server-log", "",
		"demo: write a `FILE` with what the fake did, one JSON object per line")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	return &f, f.check(set.Args())
}

// check validates the combination of flags and arguments.
func (f *flags) check(args []string) error {
	if len(args) == 1 {
		f.file = args[0]
	}
	if f.journal == "" && f.file != "" {
		f.journal = f.file + ".journal"
	}
	switch {
	case len(args) > 1:
		return fmt.Errorf("want one SKU file, got %d", len(args))
	case f.demo < 0, f.faults < 0, f.faults > 1, f.outage < 0, f.speed <= 0, f.workers < 1:
		return errors.New("--demo and --outage must not be negative, " +
			"--faults must be between 0 and 1, --speed and --workers must be positive")
	case f.demo > 0 && (f.endpoint != "" || f.file != ""):
		return errors.New("--demo has its own SKUs and its own server; leave out --endpoint and the file")
	case f.demo == 0 && f.file == "":
		return errors.New("name a file with one SKU per line, or use --demo N; see --help")
	case f.demo == 0 && f.endpoint == "":
		return errors.New("--endpoint is missing: the base URL of the Selling Partner API in your region")
	case f.demo == 0 && (f.seller == "" || len(f.stores) == 0):
		return errors.New("--seller-id or --marketplace-id is missing; " +
			"set the flags, or SELLER_ID and MARKETPLACE_ID in the environment")
	}
	return nil
}

// clean runs the cleanup and prints the summary.
func clean(ctx context.Context, f *flags, env func(string) string, stdout, stderr io.Writer) (_ []item, err error) {
	var skus []string
	if f.demo == 0 {
		if skus, err = readSKUs(f.file); err != nil {
			return nil, err
		}
	}
	report, err := openReport(f.report)
	if err != nil {
		return nil, err
	}
	defer report.discard()
	if f.demo > 0 {
		skus = demoSKUs(f.demo)
	}
	bar := newProgress(stderr, len(skus)*max(1, len(f.stores)))
	s, err := open(f, env, slog.New(slog.NewTextHandler(bar, &slog.HandlerOptions{Level: f.level})))
	if err != nil {
		return nil, err
	}
	defer s.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var broken error
	var once sync.Once
	fail := func(err error) { once.Do(func() { broken = fmt.Errorf("the run ended early: %w", err); cancel() }) }
	c := cleaner{
		stock: s.stock, listings: s.listings, seller: f.seller, journal: &journal{},
		dry: f.demo == 0 && !f.yes, workers: f.workers, rounds: 3, patience: s.patience, settled: bar.step, fail: fail,
	}
	if !c.dry {
		if c.journal, err = openJournal(ctx, f.journal, f.seller, f.stores, skus); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, c.journal.close()) }()
	}
	for _, note := range c.journal.notes() {
		fmt.Fprintln(stderr, note)
	}
	probe := s.probe(ctx)
	items := c.runAll(ctx, f.stores, skus)
	bar.done()
	if err := report.write(items); err != nil {
		return nil, err
	}
	printSummary(stdout, items)
	if result := <-probe; result != "" {
		fmt.Fprintln(stdout, result)
	}
	return items, broken
}

// split returns the parts of a list with commas.
func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}
