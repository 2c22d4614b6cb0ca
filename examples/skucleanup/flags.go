package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

const usage = `usage: skucleanup [flags] FILE        one SKU per line
       skucleanup [flags] --demo N    N SKUs of a built-in fake of Amazon

Deletes the listings of SKUs without stock: neither at Amazon nor, for listings that the seller
ships, at the seller's. With --endpoint, credentials come from the environment: LWA_CLIENT_ID,
LWA_CLIENT_SECRET, LWA_REFRESH_TOKEN; SELLER_ID and MARKETPLACE_ID are read from it too. Without
--yes, nothing is deleted there.

A run that was interrupted or killed is continued by the same command: the journal, FILE.journal
unless --journal names another file, has what was done and what was in progress. To clean the same
SKUs from the beginning, remove it.

exit status: 0 every SKU is deleted or kept, 1 some are not or the run could not begin, 2 wrong usage

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
	via           string
	bulk          int
	policy        string
	level         slog.Level
	status        string

	demo      int
	faults    float64
	outage    time.Duration
	signIn    time.Duration
	seed      uint64
	speed     float64
	serverLog string
}

// noJournal is the value of --journal that turns the journal off.
const noJournal = "off"

// parse parses the command line. It prints help to stdout.
func parse(args []string, env func(string) string, stdout io.Writer) (*flags, error) {
	var f flags
	set := pflag.NewFlagSet("skucleanup", pflag.ContinueOnError)
	set.SortFlags = false
	set.SetOutput(stdout)
	set.Usage = func() { fmt.Fprint(stdout, usage+"flags:\n"+set.FlagUsagesWrapped(100)) }
	set.BoolVar(&f.yes, "yes", false, "delete; without it, --endpoint only reports what would be deleted")
	set.StringVar(&f.report, "report", "", "write a `FILE` with the outcome of every SKU, as CSV if it ends in .csv, "+
		"otherwise as JSON")
	set.StringVar(&f.journal, "journal", "",
		"`FILE` that records what was done, to continue an earlier run; off: none (default: the SKU file's name "+
			"and .journal; off with --demo)")
	set.StringVar(&f.via, "via", string(viaAuto),
		"`HOW` to delete: api, one by one; feed, all at once; auto, by feed if there are many")
	set.IntVar(&f.bulk, "bulk", autoBulk, "number of listings from which on --via auto uses feeds")
	set.IntVar(&f.workers, "workers", 8, "maximum number of listings in progress")
	set.StringVar(&f.endpoint, "endpoint", "", "base `URL` of the Selling Partner API")
	set.StringVar(&f.tokenEndpoint, "token-endpoint", "", "`URL` that issues access tokens (default: Amazon's)")
	set.StringVar(&f.seller, "seller-id", env("SELLER_ID"), "`ID` of the selling account")
	set.StringSliceVar(&f.stores, "marketplace-id", split(env("MARKETPLACE_ID")),
		"`ID` of the marketplace; several, with commas or repeated, are cleaned one after the other")
	set.StringVar(&f.policy, "policy", "", "`FILE` with run-time configuration of the policies, as YAML")
	set.TextVar(&f.level, "log-level", slog.LevelWarn, "`LEVEL` of the log: debug, info, warn or error")
	set.StringVar(&f.status, "status", "", "`ADDRESS`, for example :8080, that serves a status page and health checks "+
		"during the run")
	set.IntVar(&f.demo, "demo", 0, "run against a built-in fake with `N` SKUs, half of them without stock")
	set.Float64Var(&f.faults, "faults", 0,
		"demo: share of requests that fail, 0 to 1; half of the resets and 500s follow after the work was done")
	set.DurationVar(&f.outage, "outage", 0, "demo: length of a total outage, in the API's time")
	set.DurationVar(&f.signIn, "sign-in-outage", 0, "demo: length of an outage of the sign-in from the beginning on, "+
		"in the API's time")
	set.Uint64Var(&f.seed, "seed", 1, "demo: seed of the random faults")
	set.Float64Var(&f.speed, "speed", 1, "seconds of the API's time that pass in one second, for a fake of Amazon")
	set.StringVar(&f.serverLog, "server-log", "",
		"demo: write a `FILE` with what the fake did, one JSON object per line")
	if err := set.Parse(args); err != nil {
		return nil, withSuggestion(err, set)
	}
	return &f, f.check(set)
}

// withSuggestion adds the most similar flag to the error for an unknown one.
func withSuggestion(err error, set *pflag.FlagSet) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	best, least := "", 3
	set.VisitAll(func(f *pflag.Flag) {
		if d := distance(unknown.GetSpecifiedName(), f.Name); d < least {
			best, least = f.Name, d
		}
	})
	if best == "" {
		return fmt.Errorf("%w; see --help", err)
	}
	return fmt.Errorf("%w; did you mean --%s?", err, best)
}

// distance returns how many bytes must be inserted, removed or replaced to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0]++
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner, row[j+1] = row[j+1], min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// check validates the combination of flags and arguments, and sets those that depend on others.
func (f *flags) check(set *pflag.FlagSet) error {
	args := set.Args()
	if len(args) == 1 {
		f.file = args[0]
	}
	switch {
	case f.journal == "" && f.file != "":
		f.journal = f.file + ".journal"
	case f.journal == "":
		f.journal = noJournal
	}
	f.stores = withoutRepeats(f.stores)
	for _, name := range []string{"faults", "outage", "sign-in-outage", "seed", "server-log"} {
		if set.Changed(name) && f.demo == 0 {
			return fmt.Errorf("--%s is only for the built-in fake; add --demo N or leave it out", name)
		}
	}
	switch {
	case len(args) > 1:
		return fmt.Errorf("want one SKU file, got %d", len(args))
	case f.demo < 0, f.faults < 0, f.faults > 1, f.outage < 0, f.signIn < 0, f.speed <= 0, f.workers < 1,
		f.bulk < 1:
		return errors.New("--demo and outages must not be negative, " +
			"--faults must be between 0 and 1, --speed, --workers and --bulk must be positive")
	case !slices.Contains([]via{viaAuto, viaAPI, viaFeed}, via(f.via)):
		return fmt.Errorf("--via %q: want auto, api or feed", f.via)
	case samePath(f.report, f.file) || samePath(f.report, f.journal) || samePath(f.journal, f.file):
		return errors.New("the SKU file, --report and --journal must be different files")
	case f.demo > 0 && (f.endpoint != "" || f.file != ""):
		return errors.New("--demo has its own SKUs and its own server; leave out --endpoint and the file")
	case f.demo == 0 && f.file == "":
		return errors.New("name a file with one SKU per line, or use --demo N; see --help")
	case f.demo == 0 && f.endpoint == "":
		return errors.New("--endpoint is missing: the base URL of the Selling Partner API in your region")
	case f.demo == 0 && f.speed != 1 && !isLoopback(f.endpoint):
		return errors.New("--speed is only for a fake of Amazon on this machine; leave it out")
	case f.demo == 0 && (f.seller == "" || len(f.stores) == 0):
		return errors.New("--seller-id or --marketplace-id is missing; " +
			"set the flags, or SELLER_ID and MARKETPLACE_ID in the environment")
	}
	return nil
}

// samePath reports whether two files have the same name.
func samePath(a, b string) bool { return a != "" && b != "" && filepath.Clean(a) == filepath.Clean(b) }

// split returns the parts of a list with commas.
func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

// withoutRepeats returns the different values of a list in their order.
func withoutRepeats(list []string) (unique []string) {
	for _, v := range list {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(unique, v) {
			unique = append(unique, v)
		}
	}
	return unique
}
