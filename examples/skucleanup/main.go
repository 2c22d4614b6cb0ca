// Skucleanup deletes the listings of SKUs without stock.
//
//	go run ./examples/skucleanup --demo 500 --faults 0.1 --outage 20s --speed 10
//	go run ./examples/skucleanup --endpoint https://sellingpartnerapi-na.amazon.com \
//		--seller-id ID --marketplace-id ID --yes skus.txt
//
// It looks up stock in batches of 50, continues when single calls fail, and never deletes the
// listing of a SKU whose stock is unknown. It exits with 0 only if every SKU is deleted or kept. A
// run that was interrupted or killed is continued by the same command.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/resgen/resgen/resilience/batch"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run parses the arguments, cleans up and returns the exit status.
func run(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	f, err := parse(args, env, stdout)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "skucleanup: %v\n", err)
		return 2
	}
	ok, err := clean(ctx, f, env, stdout, stderr)
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "skucleanup: %v\n", err)
		return 1
	case !ok:
		return 1
	}
	return 0
}

// clean runs the cleanup and prints the summary. It reports whether all is done.
func clean(ctx context.Context, f *flags, env func(string) string, stdout, stderr io.Writer) (ok bool, err error) {
	var skus []string
	if f.demo == 0 {
		if skus, err = readSKUs(f.file); err != nil {
			return false, err
		}
	} else {
		skus = demoSKUs(f.demo)
	}
	report, err := openReport(f.report)
	if err != nil {
		return false, err
	}
	bar := newProgress(stderr)
	s, err := open(f, env, slog.New(slog.NewTextHandler(bar, &slog.HandlerOptions{Level: f.level})))
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.serveStatus(f.status, bar.say); err != nil {
		return false, err
	}
	c := s.cleaner(f, jobOf(f.seller, f.stores, skus), bar)
	if c.journal, err = s.journal(f, c.dry); err != nil {
		return false, err
	}
	targets := targetsOf(f.stores, skus)
	probe := s.probe(ctx)
	done, broken := c.run(ctx, targets)
	if done == nil {
		return false, broken
	}
	items := c.items(done, targets)
	err = report.write(items)
	result := <-probe // it may still log
	printSummary(stdout, items)
	if result != "" {
		fmt.Fprintln(stdout, result)
	}
	if ctx.Err() != nil {
		broken = errInterrupted
		if c.journal == f.journal {
			broken = errContinue
		}
	}
	return complete(items), errors.Join(broken, err)
}

var (
	errInterrupted = errors.New("interrupted")
	errContinue    = errors.New("interrupted; the same command continues the run")
)

// targetsOf returns the listings of all SKUs, one marketplace after the other.
func targetsOf(stores, skus []string) []target {
	targets := make([]target, 0, len(stores)*len(skus))
	for _, store := range stores {
		for _, sku := range skus {
			targets = append(targets, target{store, sku})
		}
	}
	return targets
}

// jobOf returns what a journal belongs to: the seller, the marketplaces and the SKUs.
func jobOf(seller string, stores, skus []string) batch.Job {
	hash := sha256.Sum256([]byte(strings.Join(slices.Sorted(slices.Values(skus)), "\n")))
	return batch.Job{
		Name:  fmt.Sprintf("skucleanup of %s in %s", seller, strings.Join(stores, ",")),
		Input: hex.EncodeToString(hash[:8]),
	}
}

// journal returns the path of the journal. Without one, and if nothing is deleted, it is a
// temporary file that is removed when the session is closed.
func (s *session) journal(f *flags, dry bool) (string, error) {
	if f.journal != noJournal && !dry {
		return f.journal, nil
	}
	dir, err := os.MkdirTemp("", "skucleanup-")
	if err != nil {
		return "", fmt.Errorf("temporary folder: %w", err)
	}
	s.closer = append(s.closer, func() error { return os.RemoveAll(dir) })
	return filepath.Join(dir, "journal"), nil
}
