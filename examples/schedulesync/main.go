// Schedulesync compares the visits planned in Crossmark with the events in Walmart's EDR and prints
// the differences.
//
//	go run ./examples/schedulesync --demo
//	go run ./examples/schedulesync --club 8135 --from 2026-03-01 --to 2026-03-14
//
// It changes nothing on either side. If one side cannot be read, it prints the data of the other
// one and reports the failure.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/examples/internal/command"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

const usage = `usage: schedulesync [flags] --club N
       schedulesync [flags] --demo      two built-in fakes

Compares Crossmark's visits with the EDR's events of a club, joined by event number, and prints the differences.
Credentials come from the environment: CROSSMARK_USER, CROSSMARK_PASSWORD; EDR_USER, EDR_PASSWORD,
EDR_CREDENTIAL_ID, and EDR_SESSION_KEY, a passphrase of 12 characters or more for the file that keeps the session.

exit status: 0 no differences, 1 differences, 2 wrong usage, 3 a side could not be read completely

`

// Exit statuses other than 0.
const (
	exitDifferent = 1
	exitUsage     = 2
	exitDegraded  = 3
)

// flags holds the parsed command line.
type flags struct {
	club     int
	from, to crossmark.Date
	json     bool
	signIn   bool
	session  string

	crossmarkURL, edrURL string

	demo bool
	down string
}

// An environment holds the inputs and outputs of run, other than the arguments.
type environment struct {
	variable       func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	width          int // of the terminal; 0 if there is none
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		width = 0
	}
	os.Exit(run(ctx, os.Args[1:], environment{os.Getenv, os.Stdin, os.Stdout, os.Stderr, width}))
}

// run parses the arguments, compares, prints the result and returns the exit status.
func run(ctx context.Context, args []string, env environment) int {
	f, err := parse(args, env.stderr)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(env.stderr, "schedulesync: %v\n", err)
		return exitUsage
	}
	r, err := compareSides(ctx, f, env)
	if err == nil {
		err = printResult(r, f, env)
	}
	if err != nil {
		fmt.Fprintf(env.stderr, "schedulesync: %v\n", err)
		return exitUsage
	}
	return r.exit()
}

func parse(args []string, stderr io.Writer) (*flags, error) {
	var f flags
	var from, to string
	set := command.Flags("schedulesync", usage, stderr)
	set.IntVar(&f.club, "club", 0, "`NUMBER` of the club, 1 to 9999")
	set.StringVar(&from, "from", "", "first `DAY`, YYYY-MM-DD (default: today)")
	set.StringVar(&to, "to", "", "last `DAY` (default: 13 days after the first)")
	set.BoolVar(&f.json, "json", false, "print the result as JSON")
	set.BoolVar(&f.signIn, "sign-in", false, "have the EDR send a code by SMS and prompt for it first")
	set.StringVar(&f.session, "session", "",
		"`FILE` that keeps the EDR's session (default: in the user's configuration folder)")
	set.StringVar(&f.crossmarkURL, "crossmark-url", "", "base `URL` of a fake of Crossmark")
	set.StringVar(&f.edrURL, "edr-url", "", "base `URL` of a fake of the EDR")
	set.BoolVar(&f.demo, "demo", false, "compare two built-in fakes")
	set.StringVar(&f.down, "down", "", "demo: `API` that is down, crossmark or edr")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	if set.NArg() > 0 {
		return nil, fmt.Errorf("unexpected %q; --help lists the flags", set.Arg(0))
	}
	return &f, errors.Join(f.days(from, to, time.Now()), f.check())
}

// days sets the first and the last day.
func (f *flags) days(from, to string, now time.Time) (err error) {
	f.from = crossmark.DateOf(now)
	if from != "" {
		f.from, err = readDay("--from", from)
	}
	f.to = f.from.AddDays(13)
	if to != "" && err == nil {
		f.to, err = readDay("--to", to)
	}
	if err == nil && f.to.Compare(f.from) < 0 {
		err = fmt.Errorf("--to %s is before --from %s", f.to.ISO(), f.from.ISO())
	}
	return err
}

func readDay(flag, text string) (crossmark.Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return crossmark.Date{}, fmt.Errorf("%s %q: want YYYY-MM-DD", flag, text)
	}
	return crossmark.DateOf(t), nil
}

func (f *flags) check() error {
	switch {
	case f.demo && (f.club != 0 || f.crossmarkURL != "" || f.edrURL != "" || f.signIn || f.session != ""):
		return errors.New("--demo has its own club and servers; leave out --club, --sign-in, --session and the URLs")
	case f.down != "" && !f.demo:
		return errors.New("--down needs --demo")
	case f.down != "" && f.down != "crossmark" && f.down != "edr":
		return fmt.Errorf("--down %q: want crossmark or edr", f.down)
	case !f.demo && (f.club < 1 || f.club > 9999):
		return errors.New("--club is missing: 1 to 9999, or --demo to see how it works")
	}
	return nil
}

// compareSides reads both sides and compares them.
func compareSides(ctx context.Context, f *flags, env environment) (result, error) {
	log := slog.New(slog.NewTextHandler(env.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	open := openReal
	if f.demo {
		open = openDemo
	}
	s, err := open(ctx, f, env, log)
	if err != nil {
		return result{}, err
	}
	defer s.close()
	if f.signIn {
		if err := signIn(ctx, s.edr, env); err != nil {
			return result{}, err
		}
	}
	p, l, missing := s.read(ctx, f)
	return result{
		From: f.from.ISO(), To: f.to.ISO(), Visits: len(p.visits), Events: len(l.events),
		Differences: compare(p, l), Missing: missing,
		noVisits: len(p.visits) == 0 && len(p.gaps) > 0, noEvents: l.down,
	}, nil
}

// signIn signs in to the EDR with a code that the user types. No request is sent twice.
func signIn(ctx context.Context, account *edr.Client, env environment) error {
	if err := account.RequestCode(ctx); err != nil {
		return fmt.Errorf("EDR sign-in: %w", err)
	}
	fmt.Fprint(env.stderr, "code from your phone: ")
	line, err := bufio.NewReader(env.stdin).ReadString('\n')
	if err != nil && line == "" {
		return fmt.Errorf("EDR sign-in: no code was given: %w", err)
	}
	if err := account.Complete(ctx, strings.TrimSpace(line)); err != nil {
		return fmt.Errorf("EDR sign-in: %w", err)
	}
	return nil
}

func printResult(r result, f *flags, env environment) error {
	if f.json {
		return r.json(env.stdout)
	}
	r.print(env.stdout, env.width)
	return nil
}
