package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
)

// A document is one row of the sweep.
type document struct {
	set, name, file string
	declared        int // number of operations in the manifest; -1 if it is not stated

	operations int
	took       time.Duration
	warnings   diag.List
	failures   []string

	api      *api.API // with -requests
	tally    tally
	notes    []string        // what is wrong with requests and responses
	gaps     []string        // why a request was not judged
	constant map[string]bool // see constants
}

// A task says which documents a sweep reads, and what it does with their clients after they
// compile.
type task struct {
	folder   string
	names    []string             // names of documents; all if empty
	policy   string               // policy file for all documents; may be empty
	fix      string               // overlay for all documents; may be empty
	only     func(*document) bool // selects documents; nil selects all
	validate bool                 // generate with validation, and leave compiling to the calls
	calls    []call               // made with all documents after their clients were compiled
}

// A call does something with the clients of documents. It returns errNotOK if it reported faults.
type call func(ctx context.Context, work string, docs []*document, out io.Writer) error

// sweep generates all documents of a task and prints the table.
func sweep(ctx context.Context, t task, out io.Writer) error {
	docs, err := find(t.folder, t.names)
	if err != nil {
		return err
	}
	if t.only != nil {
		docs = slices.DeleteFunc(docs, func(d *document) bool { return !t.only(d) })
	}
	work, err := os.MkdirTemp("", "resgen-corpus-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	start := time.Now()
	for _, d := range docs {
		if err := ctx.Err(); err != nil {
			return err
		}
		d.generate(ctx, work, t)
	}
	generated := time.Since(start)
	memory := peak()
	if err := prepare(ctx, work, docs, t.validate); err != nil {
		return err
	}
	var wrong error
	for _, do := range t.calls {
		err := do(ctx, work, docs, out)
		if err != nil && !errors.Is(err, errNotOK) {
			return err
		}
		wrong = errors.Join(wrong, err)
	}
	if err := report(out, docs, generated, memory); err != nil {
		return err
	}
	return wrong
}

// prepare vets the clients, or only makes them a module if the calls compile them.
func prepare(ctx context.Context, work string, docs []*document, compiled bool) error {
	if compiled {
		return module(ctx, work)
	}
	return vet(ctx, work, docs)
}

// find lists the documents in the direct subfolders of a folder.
func find(folder string, names []string) ([]*document, error) {
	if folder == "" {
		return nil, fmt.Errorf("RESGEN_CORPUS is not set; name the folder of documents")
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("RESGEN_CORPUS=%s is no folder; name the folder of documents", folder)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	if err != nil {
		return nil, err
	}
	declared := manifest(filepath.Join(folder, "manifest.tsv"))
	var docs []*document
	for _, file := range files {
		ext := filepath.Ext(file)
		d := &document{
			set: filepath.Base(filepath.Dir(file)), name: strings.TrimSuffix(filepath.Base(file), ext), file: file,
			declared: -1,
		}
		if ext != ".json" && ext != ".yaml" && ext != ".yml" || len(names) > 0 && !slices.Contains(names, d.name) {
			continue
		}
		if n, ok := declared[d.set+"/"+filepath.Base(file)]; ok {
			d.declared = n
		}
		docs = append(docs, d)
	}
	if len(docs) == 0 {
		return nil, fmt.Errorf("RESGEN_CORPUS=%s has no documents in its subfolders", folder)
	}
	return docs, nil
}

// manifest reads the number of operations of each document from the columns file and operations.
// The file may be missing.
func manifest(path string) map[string]int {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	lines := strings.Split(string(data), "\n")
	head := strings.Split(lines[0], "\t")
	file, operations := slices.Index(head, "file"), slices.Index(head, "operations")
	counts := map[string]int{}
	for _, line := range lines[1:] {
		row := strings.Split(line, "\t")
		if file < 0 || operations < 0 || len(row) <= max(file, operations) {
			continue
		}
		if n, err := strconv.Atoi(row[operations]); err == nil {
			counts[row[file]] = n
		}
	}
	return counts
}

// generate runs the whole pipeline on one document, in a separate folder.
func (d *document) generate(ctx context.Context, work string, t task) {
	dir := filepath.Join(work, d.set, d.name)
	base := filepath.Base(d.file)
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		err = copyFile(d.file, filepath.Join(dir, base))
	}
	if err != nil {
		d.fail(err.Error())
		return
	}
	client := generator.Client{
		Spec: generator.Text{Value: base}, Output: generator.Text{Value: "client"}, Validate: t.validate,
	}
	for _, file := range []struct {
		from, name string
		key        *generator.Texts
	}{{t.policy, "policy.yaml", &client.Policy}, {t.fix, "overlay.yaml", &client.Overlays}} {
		if file.from == "" {
			continue
		}
		if err := copyFile(file.from, filepath.Join(dir, file.name)); err != nil {
			d.fail(err.Error())
			return
		}
		*file.key = generator.Texts{{Value: file.name}}
	}
	start := time.Now()
	r, err := generator.Generate(ctx, generator.Config{Dir: dir, Clients: []generator.Client{client}})
	d.took = time.Since(start)
	if err != nil {
		d.fail(err.Error())
		return
	}
	d.api = r.Packages[0].API
	d.operations = len(d.api.Operations)
	d.warnings = r.Diagnostics
	if d.declared >= 0 && d.operations < d.declared {
		d.fail(fmt.Sprintf("%d of %d operations", d.operations, d.declared))
	}
	for _, w := range r.Diagnostics {
		if w.Code == "any" {
			d.fail(w.Error())
		}
	}
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

func (d *document) fail(why string) { d.failures = append(d.failures, why) }

// peak returns the maximum memory of this process in MiB.
func peak() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return usage.Maxrss >> 10 // Linux counts KiB
}

// report prints the rows that are not ok, then the sums.
func report(out io.Writer, docs []*document, generated time.Duration, memory int64) error {
	ok, operations := 0, 0
	codes := map[string]int{}
	for _, d := range docs {
		operations += d.operations
		for _, w := range d.warnings {
			codes[w.Code]++
		}
		if len(d.failures) == 0 {
			ok++
			continue
		}
		for _, f := range d.failures {
			fmt.Fprintf(out, "%s/%s: %s\n", d.set, d.name, f)
		}
	}
	fmt.Fprintf(out, "\n%-18s%s\n", "set", "ok / documents")
	for _, set := range sets(docs) {
		fmt.Fprintf(out, "%-18s%d / %d\n", set.name, set.ok, set.total)
	}
	fmt.Fprintf(out, "%-18s%d / %d\n\n", "all", ok, len(docs))
	fmt.Fprintf(out, "%-18s%d\n", "operations", operations)
	fmt.Fprintf(out, "%-18s%.1f\n", "seconds", generated.Seconds())
	fmt.Fprintf(out, "%-18s%d\n", "peak memory, MiB", memory)
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		fmt.Fprintf(out, "warning %-24s%d\n", code, codes[code])
	}
	if ok != len(docs) {
		return errNotOK
	}
	return nil
}

// A set holds the documents of one subfolder.
type set struct {
	name      string
	ok, total int
}

// sets returns the sums of the documents by subfolder, in their order.
func sets(docs []*document) []set {
	var list []set
	for _, d := range docs {
		if len(list) == 0 || list[len(list)-1].name != d.set {
			list = append(list, set{name: d.set})
		}
		last := &list[len(list)-1]
		last.total++
		if len(d.failures) == 0 {
			last.ok++
		}
	}
	return list
}
