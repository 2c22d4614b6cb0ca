// This file is the pipeline, one call a step. [Generate] is the entry.
package generator

import (
	"context"

	"github.com/resgen/resgen/resilience/diag"
)

// Generate reads the documents that c names and writes their packages: all of them, or none if anything fails.
// A mistake of the user's is a diag.List, an interrupt the context's error.
//
// The result has the warnings beside an error too; everything else in it is whole only without one.
func Generate(ctx context.Context, c Config) (*Result, error) {
	r, err := Plan(ctx, c)
	if err != nil {
		return r, err
	}
	if err := each(ctx, r.run, printModels); err != nil {
		return r, err
	}
	if err := each(ctx, r.run, printClient); err != nil {
		return r, err
	}
	if err := each(ctx, r.run, typeCheck); err != nil {
		return r, err
	}
	r.collect()
	r.Changes, err = compare(c.Dir, r.run.docs)
	if err != nil || c.DryRun {
		return r, err
	}
	return r, write(ctx, c.Dir, r.Changes)
}

// Plan runs the pipeline up to what explain shows: the packages are planned, nothing is printed.
func Plan(ctx context.Context, c Config) (*Result, error) {
	r := &Result{run: &run{progress: c.Progress}}
	docs, found := expand(&c)
	docs, err := only(docs, c.Only)
	if err != nil {
		return r, err
	}
	r.run.docs = docs
	found = append(found, readPolicies(c.Dir, docs)...)
	found = append(found, load(ctx, r.run, c.Dir)...)
	found = append(found, checkKeys(docs, c.Only)...)
	found = append(found, selections(docs, c.Only != "")...)
	chooseNames(docs)
	found = append(found, planAll(ctx, r.run)...)
	found = c.weigh(found)
	found.Sort()
	r.Diagnostics = found
	if err := ctx.Err(); err != nil {
		return r, err
	}
	r.collect()
	return r, found.Err()
}

// A Result is what a run found and made.
type Result struct {
	Packages    []Package // sorted by output
	Diagnostics diag.List // warnings; errors too, if the run failed of them
	Changes     []Change  // what was written, or would be: sorted by path

	run *run
}
