package generator

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/emit"
	"github.com/resgen/resgen/generator/models"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/generator/typecheck"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// A Package is one generated package.
type Package struct {
	Name   string            // file name of the document without its extension
	Output string            // folder, relative to that of resgen.yaml
	API    *api.API          // what was planned
	Files  map[string][]byte // by name; nil after [Plan]
}

// Progress tells that a document has come one step further.
type Progress struct {
	Step  string // load, plan, models, client, check; opinion of lint
	Name  string // of the document
	Done  int    // documents that have taken this step
	Total int
}

// A run is the documents of one call and who is told of them.
type run struct {
	docs     []*document
	progress func(Progress)
}

// collect copies the documents into the result.
func (r *Result) collect() {
	r.Packages = nil
	for _, d := range r.run.docs {
		r.Packages = append(r.Packages, Package{Name: d.name, Output: d.output, API: d.api, Files: d.files})
	}
}

// A step takes one document further. Its findings and errors are put together in the order of the documents, so that the
// order in which they are done shows nowhere.
type step struct {
	name string
	do   func(context.Context, *document) (diag.List, error)
}

// all runs a step on every document, as many at a time as there are processors.
func (r *run) all(ctx context.Context, s step) (diag.List, error) {
	lists, errs := make([]diag.List, len(r.docs)), make([]error, len(r.docs))
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, d := range r.docs {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			if errs[i] = ctx.Err(); errs[i] != nil {
				return
			}
			lists[i], errs[i] = s.do(ctx, d)
			mu.Lock()
			defer mu.Unlock()
			done++
			if r.progress != nil {
				r.progress(Progress{Step: s.name, Name: d.name, Done: done, Total: len(r.docs)})
			}
		})
	}
	wg.Wait()
	return slices.Concat(lists...), first(errs)
}

func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// each runs a step that finds nothing of the user's.
func each(ctx context.Context, r *run, s step) error {
	_, err := r.all(ctx, s)
	return err
}

// readPolicies reads every policy file once, however many documents use it.
func readPolicies(dir string, docs []*document) diag.List {
	var found diag.List
	files := map[string]*policy.File{}
	for _, d := range docs {
		for _, name := range d.client.Policy {
			if _, ok := files[name.Value]; !ok {
				data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name.Value)))
				if err != nil {
					found = append(found, noPolicy(name, err)...)
				}
				var list diag.List
				if files[name.Value] = nil; err == nil {
					files[name.Value], list = policy.DecodeFile(name.Value, data)
				}
				found = append(found, list...)
			}
			if f := files[name.Value]; f != nil {
				d.policies = append(d.policies, f)
			}
		}
	}
	return found
}

// noPolicy is the finding that a policy file cannot be read.
func noPolicy(name Text, err error) diag.List {
	if errors.Is(err, fs.ErrNotExist) {
		return name.wrong("no-policy", "policy file "+name.Value+" is not there", "paths are relative to the folder of "+ConfigName)
	}
	return name.wrong("no-policy", "policy file "+readable(err).Error(), "")
}

// load reads the documents.
func load(ctx context.Context, r *run, dir string) diag.List {
	found, _ := r.all(ctx, step{"load", func(ctx context.Context, d *document) (found diag.List, _ error) {
		d.spec, found = spec.Load(ctx, d.options(dir))
		return found, nil
	}})
	return found
}

// options say how the document is read.
func (d *document) options(dir string) spec.Options {
	return spec.Options{Dir: dir, File: d.file, Overlays: d.client.Overlays.present(dir), Remote: d.client.Remote.values(), Fetch: fetch}
}

// present returns the paths of the files that are there. Those that are not have a finding already.
func (ts Texts) present(dir string) []string {
	var list []string
	for _, t := range ts {
		if len(Texts{t}.check(dir)) == 0 {
			list = append(list, t.Value)
		}
	}
	return list
}

// checkKeys finds keys of policy files that match nothing, over all documents that use the file. With documents left out,
// or one that could not be read, it cannot tell.
func checkKeys(docs []*document, only string) diag.List {
	uses := map[*policy.File]*plan.Use{}
	var order []plan.Use
	for _, d := range docs {
		if d.spec == nil || only != "" {
			return nil
		}
		for _, f := range d.policies {
			if uses[f] == nil {
				uses[f] = &plan.Use{File: f}
			}
			uses[f].Docs = append(uses[f].Docs, d.spec)
		}
	}
	for _, f := range slices.SortedFunc(maps.Keys(uses), func(a, b *policy.File) int { return strings.Compare(a.Path, b.Path) }) {
		order = append(order, *uses[f])
	}
	return plan.CheckKeys(order)
}

// planAll decides what each package holds. The document is let go: nothing after plan needs it.
func planAll(ctx context.Context, r *run) diag.List {
	found, _ := r.all(ctx, step{"plan", func(_ context.Context, d *document) (found diag.List, _ error) {
		if d.spec == nil {
			return nil, nil
		}
		d.api, found = plan.Plan(d.spec, plan.Options{
			Package: d.pkg, Source: d.file, Policies: d.policies, Decimal: d.client.Types.Number.Value == "decimal",
			Keep: d.selection.keep(), Renames: d.renames,
		})
		d.spec = nil
		return found, nil
	}})
	return found
}

// printModels prints the types.
var printModels = step{"models", func(_ context.Context, d *document) (diag.List, error) {
	data, err := models.Print(d.api, emit.Header(d.file))
	d.add("models.gen.go", data)
	return nil, inDocument(d, err)
}}

// printClient prints everything else.
var printClient = step{"client", func(_ context.Context, d *document) (diag.List, error) {
	types, err := emit.Types(d.api)
	if err != nil {
		return nil, inDocument(d, err)
	}
	d.add("types.gen.go", types)
	client, err := emit.Client(d.api)
	d.add("client.gen.go", client)
	return nil, inDocument(d, err)
}}

// typeCheck holds the package to the rules of Go.
var typeCheck = step{"check", func(_ context.Context, d *document) (diag.List, error) {
	return nil, inDocument(d, typecheck.Check(d.files))
}}

// add keeps a file unless there is nothing in it.
func (d *document) add(name string, data []byte) {
	if d.files == nil {
		d.files = map[string][]byte{}
	}
	if data != nil {
		d.files[name] = data
	}
}
