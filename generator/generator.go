package generator

// This file is the entry: each exported function reads as its steps. What a step does is in
// steps.go.

import (
	"context"
	"errors"
	"path"
	"slices"
	"sync"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
)

// A Result is what a run found and made.
type Result struct {
	Packages    []Package // sorted by output
	Diagnostics diag.List // warnings, and the errors that made the run fail; sorted
	Changes     []Change  // files that were written, or would be; sorted by path

	config Config
}

// A Package is one generated package.
type Package struct {
	Name   string            // file name of the document without its extension
	Output string            // folder, relative to that of resgen.yaml
	Pos    diag.Position     // of its document in resgen.yaml
	API    *api.API          // the plan
	Files  map[string][]byte // by name; nil after [Plan] and [Lint]
}

// Generate reads the documents that c names and writes their packages: all of them, or none if
// anything fails. User mistakes are returned as a diag.List; a canceled run returns ctx.Err(). The
// diagnostics of the result are valid even if there is an error, everything else only without one.
func Generate(ctx context.Context, c Config) (*Result, error) {
	return newPipeline(c.Progress).generate(ctx, c)
}

// Check does the same as [Generate] but writes nothing, and reports what [Lint] reports. The
// changes of the result are what Generate would write. They are valid, and files are not nil, if
// the only errors are those of lint.
func Check(ctx context.Context, c Config) (*Result, error) {
	return newPipeline(c.Progress).check(ctx, c)
}

// Plan plans the packages and prints nothing. Its errors are those of [Generate].
func Plan(ctx context.Context, c Config) (*Result, error) {
	_, r, err := newPipeline(c.Progress).draft(ctx, c)
	return r, err
}

// Lint plans the packages and also reports what is doubtful in documents and policies. User
// mistakes are in the diagnostics of the result and not in the error. Lint returns an error for a
// wrong Only, a canceled run, and an [InternalError].
func Lint(ctx context.Context, c Config) (*Result, error) {
	return newPipeline(c.Progress).lint(ctx, c)
}

func (p pipeline) generate(ctx context.Context, c Config) (*Result, error) {
	// 1 to 3: load, select, plan.
	d, r, err := p.draft(ctx, c)
	if err != nil {
		return r, err
	}
	// 4. Stop for what lint calls an error.
	if err := p.lintErrors(ctx, c, d, r); err != nil {
		return r, err
	}
	// 5. Print the files of each package.
	packages, err := p.print(ctx, d.withoutDocuments().plans)
	if err != nil {
		return r, err
	}
	// 6. Type-check them.
	if err := p.checkTypes(ctx, packages); err != nil {
		return r, err
	}
	// 7. Compare them with the files on disk, and write what differs.
	return r, guard("write", "", func() error {
		r.Packages = packagesOf(packages)
		r.Changes, err = compare(c.Dir, packages)
		if err != nil || c.DryRun {
			return err
		}
		return write(ctx, c.Dir, r.Changes)
	})
}

// draft runs the steps up to the plan.
func (p pipeline) draft(ctx context.Context, c Config) (draft, *Result, error) {
	r := &Result{config: c}
	// 1. Load the documents that resgen.yaml names, and their policies.
	docs, found, err := documents(&c)
	if err != nil {
		return draft{}, r, err
	}
	read, list, loadErr := p.loadAll(ctx, &c, docs)
	found = append(found, list...)
	// 2. Select operations and names.
	chosen, list, selectErr := selectOperations(read, c.Only != "" || loadErr != nil)
	found = append(found, list...)
	// 3. Plan the packages.
	plans, list, planErr := p.planAll(ctx, chosen)
	r.Diagnostics = applySeverity(withoutConsequences(append(found, list...)), c.Severity, c.Strict)
	r.Diagnostics.Sort()
	for _, d := range plans {
		r.Packages = append(r.Packages, Package{Name: d.name, Output: d.output, Pos: d.client.Spec.Pos, API: d.api})
	}
	err = firstError(ctx.Err(), loadErr, selectErr, planErr, r.Diagnostics.Err())
	return draft{plans, len(plans) == len(docs) && c.Only == ""}, r, err
}

// lintErrors adds the errors of lint about policies to the diagnostics of the result, so that
// [Generate], [Check] and [Lint] fail on the same findings. Its warnings are left to Lint. It also
// adds packages that an earlier configuration generated.
func (p pipeline) lintErrors(ctx context.Context, c Config, d draft, r *Result) error {
	found, err := p.lintPolicies(ctx, d)
	if err != nil {
		return err
	}
	found = applySeverity(found, c.Severity, c.Strict)
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
	if d.complete {
		found = append(found, applySeverity(leftovers(c.Dir, d.documents()), c.Severity, c.Strict)...)
	}
	r.Diagnostics = append(r.Diagnostics, found...)
	r.Diagnostics.Sort()
	return found.Err()
}

func (p pipeline) check(ctx context.Context, c Config) (*Result, error) {
	// 1 to 3: load, select, plan. What has a plan in spite of user mistakes is linted too.
	d, r, err := p.draft(ctx, c)
	if list := (diag.List)(nil); err != nil && !errors.As(err, &list) {
		return r, err
	}
	// 4. Lint, while the files are printed and compared with those on disk.
	var found diag.List
	var lintErr, compareErr error
	var wg sync.WaitGroup
	known := slices.Clone(r.Diagnostics)
	wg.Go(func() { found, lintErr = p.lintAll(ctx, c, d, known) })
	if d.large() {
		wg.Wait()
		d = d.withoutDocuments()
	}
	if err == nil {
		compareErr = p.compareAll(ctx, c, d, r)
	}
	wg.Wait()
	if list := (diag.List)(nil); errors.As(compareErr, &list) {
		found, compareErr = append(found, list...), nil
	}
	r.Diagnostics = append(r.Diagnostics, found...)
	r.Diagnostics.Sort()
	return r, firstError(ctx.Err(), lintErr, compareErr, r.Diagnostics.Err(), err)
}

// compareAll prints the files of each package and compares them with those on disk. Packages that
// differ are type-checked.
func (p pipeline) compareAll(ctx context.Context, c Config, d draft, r *Result) error {
	packages, err := p.print(ctx, d.plans)
	if err != nil {
		return err
	}
	var found diag.List
	err = guard("write", "", func() (err error) {
		r.Packages = packagesOf(packages)
		r.Changes, err = compare(c.Dir, packages)
		if errors.As(err, &found) {
			err = nil
		}
		return err
	})
	if err != nil {
		return err
	}
	stale := slices.DeleteFunc(packages, func(d printed) bool {
		return !slices.ContainsFunc(r.Changes, func(c Change) bool { return path.Dir(c.Path) == d.output })
	})
	return firstError(p.checkTypes(ctx, stale), found.Err())
}

// documents returns the documents that c names and Only selects.
func documents(c *Config) (docs []*document, found diag.List, err error) {
	err = guard("load", "", func() (err error) {
		docs, found = expand(c)
		docs, err = only(docs, c.Only)
		return err
	})
	return docs, found, err
}

func (p pipeline) lint(ctx context.Context, c Config) (*Result, error) {
	// 1 to 3: load, select, plan. What has a plan in spite of user mistakes is linted too.
	d, r, err := p.draft(ctx, c)
	if list := (diag.List)(nil); err != nil && !errors.As(err, &list) {
		return r, err
	}
	// 4 and 5: lint the policies, and validate the documents with kin-openapi.
	found, err := p.lintAll(ctx, c, d, r.Diagnostics)
	r.Diagnostics = append(r.Diagnostics, found...)
	r.Diagnostics.Sort()
	return r, firstError(ctx.Err(), err)
}

// lintAll returns what lint finds in the policies and the documents of a draft. known are the
// findings of the draft.
func (p pipeline) lintAll(ctx context.Context, c Config, d draft, known diag.List) (diag.List, error) {
	found, lintErr := p.lintPolicies(ctx, d)
	if d.complete && !known.HasErrors() { // after an error, documents may be missing
		found = append(found, leftovers(c.Dir, d.documents())...)
	}
	list, kinErr := p.validate(ctx, d, known)
	return slices.Concat(
		applySeverity(found, c.Severity, c.Strict),
		applySeverity(list, c.Severity, false), // strict does not cover what only Lint looks at
	), firstError(lintErr, kinErr)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func packagesOf(docs []printed) []Package {
	var list []Package
	for _, d := range docs {
		list = append(list, Package{
			Name: d.name, Output: d.output, Pos: d.client.Spec.Pos, API: d.api, Files: d.files,
		})
	}
	return list
}
