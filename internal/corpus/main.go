// Command corpus generates a client from every document below the folder in RESGEN_CORPUS, compiles
// and vets all clients, and prints a table.
//
// A document is ok if its package generates, type-checks and vets, has every operation of the
// document (compared with manifest.tsv if the folder has one), and has no any where the document
// states a type. The exit code is 1 unless all documents are ok. Arguments select documents by
// name.
//
// The flags -requests, -tokens and -replay also call the methods of the clients, -samples decodes
// and encodes sample bodies, and -validate validates random ones; see exercise, signed, replay,
// echoes and validate.
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
		"requests", false, "also call every method, compare what it sends with the document, and have it read every "+
			"declared response",
	)
	cases := flag.Bool(
		"replay", false, "take only documents with the cases of a sandbox and replay these through the clients",
	)
	samples := flag.Bool("samples", false, "also read all sample bodies into the generated types and write them again")
	valid := flag.Bool(
		"validate", false, "generate with validation, and compare which of many random values are valid with other "+
			"implementations",
	)
	tokens := flag.Bool("tokens", false, "also call every method and require that what it sends carries a token")
	policy := flag.String("policy", "", "policy `file` of all documents")
	fix := flag.String("overlay", "", "overlay `file` of all documents")
	set := flag.String("set", "", "take only documents of one `subfolder`")
	flag.Parse()
	t := task{folder: os.Getenv("RESGEN_CORPUS"), names: flag.Args(), policy: *policy, fix: *fix}
	if *requests {
		t.calls = append(t.calls, exercise)
	}
	if *samples {
		t.calls = append(t.calls, echoes)
	}
	if *valid {
		t.validate = true
		t.calls = append(t.calls, validate)
	}
	if *tokens {
		t.calls = append(t.calls, signed)
	}
	if *cases {
		t.calls = []call{replay}
	}
	t.only = func(d *document) bool { return (*set == "" || d.set == *set) && (!*cases || hasCases(d)) }
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := sweep(ctx, t, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var errNotOK = errors.New("not every document is ok")
