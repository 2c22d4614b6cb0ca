// Command corpus generates a client from every document below the folder that RESGEN_CORPUS names, compiles and vets them all, and prints a table.
//
// A document counts as ok if its package generates, type-checks, vets, has every operation of the document (by manifest.tsv, where the folder has one)
// and has no any where the document states a type. It exits with 1 unless all of them are ok. With names as arguments it takes only those documents.
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
	requests := flag.Bool("requests", false, "also call every method and have kin-openapi judge what it sends and how it reads answers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := sweep(ctx, os.Getenv("RESGEN_CORPUS"), flag.Args(), *requests, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var errNotOK = errors.New("not every document is ok")
