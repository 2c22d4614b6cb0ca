package generator

// This file holds the steps. What they pass on is in values.go.

import (
	"context"
	"slices"
	"sync"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/emit"
	"github.com/resgen/resgen/generator/kinopenapi"
	"github.com/resgen/resgen/generator/lint"
	"github.com/resgen/resgen/generator/models"
	"github.com/resgen/resgen/generator/overview"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/generator/typecheck"
	"github.com/resgen/resgen/resilience/diag"
)

// A pipeline holds the functions that do the steps. Tests replace some of them.
type pipeline struct {
	load          func(context.Context, spec.Options) (*spec.Document, diag.List)
	plan          func(*spec.Document, plan.Options) (*api.API, diag.List)
	models        func(*api.API, string) ([]byte, error)
	types         func(*api.API) ([]byte, error)
	rules         func(*api.API) ([]byte, error)
	client        func(*api.API) ([]byte, error)
	overview      func(*api.API, string) ([]byte, error)
	typeCheck     func(map[string][]byte) error
	lintPolicy    func(*api.API) diag.List
	secondOpinion func(context.Context, *spec.Document, diag.List) diag.List

	progress func(Progress) // may be nil
}

// newPipeline returns the pipeline that reports its progress to progress.
func newPipeline(progress func(Progress)) pipeline {
	return pipeline{
		load: spec.Load, plan: plan.Plan, models: models.Print, types: emit.Types, rules: emit.Rules,
		client: emit.Client, overview: overview.Print,
		typeCheck: typecheck.Check, lintPolicy: lint.Policies, secondOpinion: kinopenapi.Check,
		progress: oneAtATime(progress),
	}
}

// oneAtATime returns a function that calls progress, which may be nil, so that calls of steps that
// run at the same time do not overlap.
func oneAtATime(progress func(Progress)) func(Progress) {
	if progress == nil {
		return nil
	}
	var mu sync.Mutex
	return func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		progress(p)
	}
}

// loadAll reads the documents and their policy files.
func (p pipeline) loadAll(ctx context.Context, c *Config, docs []*document) ([]loaded, diag.List, error) {
	var files map[string]policyFile
	var found diag.List
	err := guard("load", "", func() error {
		files, found = readPolicies(c.Dir, docs)
		found = append(found, checkNames(docs, files)...)
		return nil
	})
	if err != nil {
		return nil, found, err
	}
	load := func(ctx context.Context, d *document) (loaded, diag.List, error) {
		out := loaded{document: d}
		for _, name := range d.client.Policy {
			if f, ok := files[name.Value]; ok {
				out.policies = append(out.policies, f)
			}
		}
		var list diag.List
		out.spec, list = p.load(ctx, d.options(c))
		return out, list, nil
	}
	out, list, err := each(ctx, p.progress, "load", docs, load)
	return out, append(found, list...), err
}

// options returns how the document is read. Overlays that do not exist have a finding already.
func (d *document) options(c *Config) spec.Options {
	_, tolerant := c.Severity["unreadable-reference"] // which is an error otherwise, also without strict
	return spec.Options{
		Dir: c.Dir, File: d.file, Overlays: d.client.Overlays.existing(c.Dir).values(),
		Tolerant: tolerant, Remote: d.client.Remote.values(), Fetch: fetch,
	}
}

// selectOperations applies include, exclude and rename to the documents that could be read. If
// partial is set, some documents of the configuration are missing from docs.
func selectOperations(docs []loaded, partial bool) (out []selected, found diag.List, err error) {
	err = guard("select", "", func() error {
		found = checkKeys(docs, partial)
		byClient, list := selections(docs, partial)
		found = append(found, list...)
		for _, d := range docs {
			if !d.unreadable() {
				out = append(out, selected{d, byClient[d.client].keep(), renames(d, docs)})
			}
		}
		return nil
	})
	return out, found, err
}

// planAll decides what each package holds. The result lacks documents that have no plan.
func (p pipeline) planAll(ctx context.Context, docs []selected) ([]planned, diag.List, error) {
	out, found, err := each(ctx, p.progress, "plan", docs,
		func(_ context.Context, d selected) (planned, diag.List, error) {
			a, list := p.plan(d.spec, plan.Options{
				Package: d.pkg, Source: d.file, Policies: d.policyFiles(),
				Decimal: d.client.Types.Number == Decimal, Keep: d.keep, Renames: d.renames,
				IgnoreExtensions: d.ignoresExtensions(), Group: d.client.Group == GroupByTag,
				Validate: d.client.Validate,
			})
			return planned{d, a}, list, nil
		})
	return slices.DeleteFunc(out, func(d planned) bool { return d.api == nil }), found, err
}

// print prints the files of each package.
func (p pipeline) print(ctx context.Context, docs []planned) ([]printed, error) {
	withModels, _, err := each(ctx, p.progress, "models", docs,
		func(_ context.Context, d planned) (printed, diag.List, error) {
			data, err := p.models(d.api, emit.Header(d.file))
			return printed{document: d.document, api: d.api}.with("models.gen.go", data), nil, err
		})
	if err != nil {
		return nil, err
	}
	out, _, err := each(ctx, p.progress, "client", withModels,
		func(_ context.Context, d printed) (printed, diag.List, error) {
			types, err := p.types(d.api)
			if err != nil {
				return d, nil, err
			}
			rules, err := p.rules(d.api)
			if err != nil {
				return d, nil, err
			}
			client, err := p.client(d.api)
			if err != nil {
				return d, nil, err
			}
			page, err := p.overview(d.api, emit.Header(d.file))
			d = d.with("types.gen.go", types).with("rules.gen.go", rules)
			return d.with("client.gen.go", client).with(overview.Name, page), nil, err
		})
	return out, err
}

// checkTypes type-checks each package.
func (p pipeline) checkTypes(ctx context.Context, docs []printed) error {
	_, _, err := each(ctx, p.progress, "check", docs,
		func(_ context.Context, d printed) (printed, diag.List, error) {
			return d, nil, p.typeCheck(d.goFiles())
		})
	return err
}

// lintPolicies reports what is doubtful in the policies of each document, and names that no
// document uses.
func (p pipeline) lintPolicies(ctx context.Context, d draft) (found diag.List, err error) {
	_, found, err = each(ctx, nil, "lint", d.plans,
		func(_ context.Context, d planned) (planned, diag.List, error) { return d, p.lintPolicy(d.api), nil })
	if err != nil || !d.complete {
		return found, err
	}
	return found, guard("lint", "", func() error {
		var apis []*api.API
		for _, d := range d.plans {
			apis = append(apis, d.api)
		}
		found = append(found, lint.Siblings(apis)...)
		found = append(found, lint.Unused(definitions(d.plans), apis)...)
		found = append(found, conflicting(d.plans)...)
		return nil
	})
}

// validate reports what only lint looks at: operations without a class, proposals that are
// comments, what extensions of a document allow, and what kin-openapi finds wrong with each
// document, except at places that have a finding already.
func (p pipeline) validate(ctx context.Context, d draft, known diag.List) (diag.List, error) {
	_, found, err := each(ctx, p.progress, "kin-openapi", d.plans,
		func(ctx context.Context, d planned) (planned, diag.List, error) {
			return d, slices.Concat(
				lint.Unclassified(d.api), lint.Loosened(d.api), p.secondOpinion(ctx, d.spec, known),
			), nil
		})
	return append(found, proposals(d.plans)...), err
}
