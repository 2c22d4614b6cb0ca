// Command corpus generates a client from every document below the folder that RESGEN_CORPUS names,
// compiles and vets them all, and prints a table.
//
// A document counts as ok if its package generates, type-checks, vets, has every operation of the
// document (by manifest.tsv, where the folder has one) and has no any where the document states a
// type. It exits with 1 unless all of them are ok. With names as arguments it takes only those
// documents.
//
// With -requests and -replay it also calls the methods of the clients; see exercise and replay.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	requests := flag.Bool(
		"requests", false, "also call every method and have kin-openapi judge what it sends and how it reads answers",
	)
	cases := flag.Bool(
		"replay", false, "take only documents with the cases of a sandbox and replay these through the clients",
	)
	samples := flag.Bool("samples", false, "also read all sample bodies into the generated types and write them again")
	policy := flag.String("policy", "", "policy `file` of all documents")
	flag.Parse()
	t := task{folder: os.Getenv("RESGEN_CORPUS"), names: flag.Args(), policy: *policy}
	switch {
	case *cases:
		t.only, t.call = hasCases, replay
	case *requests:
		t.call = exercise
	case *samples:
		t.call = echoes
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := sweep(ctx, t, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var errNotOK = errors.New("not every document is ok")
