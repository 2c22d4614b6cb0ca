package generator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/diag"
)

// checkedIn generates all clients of this repository without writing them.
func checkedIn() (*Result, error) {
	c, err := ReadConfig("..")
	if err != nil {
		return nil, err
	}
	c.DryRun = true
	return Generate(context.Background(), c)
}

// onceCheckedIn does so once for the tests that need no run of their own.
var onceCheckedIn = sync.OnceValues(checkedIn)

func TestGenerate_CheckedInClients(t *testing.T) {
	r, err := onceCheckedIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range r.Changes {
		t.Errorf("%s is not what specs/ gives; run resgen generate", change.Path)
	}
	if len(r.Packages) < 4 {
		t.Errorf("%d packages, want those of all three APIs", len(r.Packages))
	}
}

// The same input gives the same bytes in every run and with any number of processors.
func TestGenerate_Twice(t *testing.T) {
	first, err := onceCheckedIn()
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	second, err := checkedIn()
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range first.Packages {
		for name, data := range p.Files {
			if string(second.Packages[i].Files[name]) != string(data) {
				t.Errorf("%s/%s differs from run to run", p.Output, name)
			}
		}
	}
	if !slices.Equal(first.Diagnostics, second.Diagnostics) {
		t.Error("the findings differ from run to run")
	}
}

func TestGenerate_PoliciesReachTheClient(t *testing.T) {
	dir := project(t, map[string]string{
		"pets.yaml": petstore, "policy.yaml": "operations: {addPet: {rate: {per-second: 5, burst: 7}}}\n",
		"resgen.yaml": onePackage + "    policy: policy.yaml\n",
	})
	before := string(mustGenerate(t, dir).Packages[0].Files["client.gen.go"])
	put(t, dir, "policy.yaml", "operations: {addPet: {rate: {per-second: 6, burst: 7}}}\n")
	after := string(mustGenerate(t, dir).Packages[0].Files["client.gen.go"])
	if !contains(before, "policy.Rate{PerSecond: 5, Burst: 7}") ||
		!contains(after, "policy.Rate{PerSecond: 6, Burst: 7}") {
		t.Error("a rate of the policy file does not stand in the client")
	}
}

// A policy file is not a document even if the glob matches it, and its keys are looked up in all
// documents that use it.
func TestGenerate_PolicyFileBesideTheDocuments(t *testing.T) {
	files := map[string]string{
		"specs/a.yaml": petstore, "specs/b.yaml": strings.ReplaceAll(petstore, "listPets", "searchPets"),
		"specs/policy.yaml": "operations:\n  searchPets: {retry: {attempts: 2}}\n",
		"resgen.yaml":       "clients:\n  - {spec: specs/*.yaml, output: \"out/{name}\", policy: specs/policy.yaml}\n",
	}
	dir := project(t, files)
	if r := mustGenerate(t, dir); len(r.Packages) != 2 {
		t.Errorf("%d packages, want 2", len(r.Packages))
	}
	put(t, dir, "specs/policy.yaml", "operations:\n  searchPet: {retry: {attempts: 2}}\n")
	_, err := generate(t, dir)
	if err == nil || !strings.HasPrefix(err.Error(), "specs/policy.yaml:2:3: ") ||
		!contains(err.Error(), "searchPets") {
		t.Errorf("got %v, want the key with a suggestion", err)
	}
	c, _ := ReadConfig(dir)
	c.Only, c.DryRun = "a", true
	if _, err := Generate(t.Context(), c); err != nil {
		t.Errorf("with one of the documents nothing is known of the others, yet: %v", err)
	}
}

// Files with the name of an overlay are not documents of a glob. A file that is named alone is.
func TestGenerate_OverlaysBesideTheDocuments(t *testing.T) {
	files := map[string]string{
		"specs/a.yaml": petstore, "specs/overlay.yaml": "overlay: 1.0.0\n", "specs/fix.overlay.yml": "overlay: 1.0.0\n",
		"specs/b.overlay.json": "{}", "specs/myoverlay.yaml": petstore, "specs/x.overlay.txt": petstore,
		"own/overlay.yaml": petstore,
		"resgen.yaml": "clients:\n  - {spec: specs/*.*, output: \"out/{name}\", package: \"p\"}\n" +
			"  - {spec: own/overlay.yaml, output: out/own}\n",
	}
	r := mustGenerate(t, project(t, files))
	var outputs []string
	for _, p := range r.Packages {
		outputs = append(outputs, p.Output)
	}
	want := []string{"out/a", "out/myoverlay", "out/own", "out/x.overlay.txt"}
	if !slices.Equal(outputs, want) {
		t.Errorf("got %v, want %v", outputs, want)
	}
}

func TestGenerate_Only(t *testing.T) {
	dir := project(t, map[string]string{
		"a.yaml": petstore, "b.yaml": petstore,
		"resgen.yaml": "clients:\n  - {spec: a.yaml, output: out/x, package: first}\n  - {spec: b.yaml, output: " +
			"out/y, package: second}\n",
	})
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"b", "second", "out/y", "./out/y/"} {
		c.Only, c.DryRun = name, true
		r, err := Generate(t.Context(), c)
		if err != nil || len(r.Packages) != 1 || r.Packages[0].Name != "b" || len(changed(r)) != 4 {
			t.Errorf("%s: got %q, %v", name, changed(r), err)
		}
	}
	for name, want := range map[string]string{
		"c": "no client is named c; did you mean a?", "zebra": "no client is named zebra; the clients are a, b",
	} {
		c.Only = name
		_, err := Generate(t.Context(), c)
		var unknown *UnknownClientError
		if !errors.As(err, &unknown) || unknown.Name != name {
			t.Errorf("%s: got %v", name, err)
		}
		if name == "zebra" {
			wantError(t, err, want)
		}
	}
}

func TestGenerate_Warnings(t *testing.T) {
	dir := project(t, map[string]string{
		"pets.yaml": strings.ReplaceAll(petstore, "properties: {price:",
			"properties: {Price: {type: string}, price:"),
		"resgen.yaml": onePackage,
	})
	r := mustGenerate(t, dir)
	if len(r.Diagnostics) != 1 || r.Diagnostics[0].Severity != diag.Warning || r.Diagnostics.HasErrors() {
		t.Errorf("got %v, want one warning", r.Diagnostics)
	}
}

func TestGenerate_Progress(t *testing.T) {
	dir := project(t, map[string]string{
		"a.yaml": petstore, "b.yaml": petstore,
		"resgen.yaml": "clients:\n  - {spec: \"?.yaml\", output: \"out/{name}\"}\n",
	})
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var mu sync.Mutex
	c.Progress = func(p Progress) {
		if !mu.TryLock() {
			t.Error("calls overlap")
			return
		}
		defer mu.Unlock()
		got = append(got, fmt.Sprintf("%s %d/%d", p.Step, p.Done, p.Total))
	}
	if _, err := Generate(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, step := range []string{"load", "plan", "models", "client", "check"} {
		want = append(want, step+" 1/2", step+" 2/2")
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Check prints while it lints. Progress is serial nevertheless.
func TestCheck_Progress(t *testing.T) {
	dir := project(t, map[string]string{
		"a.yaml": petstore, "b.yaml": petstore,
		"resgen.yaml": "clients:\n  - {spec: \"?.yaml\", output: \"out/{name}\"}\n",
	})
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	steps := map[string]int{}
	var mu sync.Mutex
	c.Progress = func(p Progress) {
		if !mu.TryLock() {
			t.Error("calls overlap")
			return
		}
		defer mu.Unlock()
		time.Sleep(20 * time.Millisecond) // lets the other step reach its call
		steps[p.Step]++
	}
	if _, err := Check(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"load": 2, "plan": 2, "kin-openapi": 2, "models": 2, "client": 2, "check": 2}
	if !maps.Equal(steps, want) {
		t.Errorf("got %v, want %v", steps, want)
	}
}

func TestGenerate_Interrupted(t *testing.T) {
	dir := project(t, map[string]string{
		"a.yaml": petstore, "b.yaml": petstore,
		"resgen.yaml": "clients:\n  - {spec: \"?.yaml\", output: \"out/{name}\"}\n",
	})
	before := folder(t, dir)
	for _, at := range []string{"load", "plan", "models", "client", "check"} {
		c, err := ReadConfig(dir)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		c.Progress = func(p Progress) {
			if p.Step == at {
				cancel()
			}
		}
		if _, err := Generate(ctx, c); !errors.Is(err, context.Canceled) {
			t.Errorf("at %s: got %v, want context.Canceled", at, err)
		}
		cancel()
		sameTree(t, before, folder(t, dir))
	}
}

func TestPackageName(t *testing.T) {
	for text, want := range map[string]string{
		"pets": "pets", "listingsItems_2021-08-01": "listingsitems20210801", "2ch": "api2ch", "": "api", "-": "api",
		"type": "apitype", "Über": "über",
	} {
		if got := PackageName(text); got != want {
			t.Errorf("PackageName(%q) = %q, want %q", text, got, want)
		}
	}
}

// The pipeline is short enough to read.
func TestGenerate_IsShort(t *testing.T) {
	source, err := os.ReadFile("generator.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(source), "\nfunc (p pipeline) generate(")
	body, _, _ = strings.Cut(body, "\n}\n")
	if n := strings.Count(body, "\n"); n == 0 || n > 40 {
		t.Errorf("the body of generate has %d lines, want at most 40", n)
	}
}

// TestCorpus generates one unmodified document of Amazon's, which compiles and vets:
// internal/corpus does so with all of them.
func TestCorpus_ListingsItems(t *testing.T) {
	corpus := os.Getenv("RESGEN_CORPUS")
	if corpus == "" {
		t.Skip("RESGEN_CORPUS names no folder of documents")
	}
	data, err := os.ReadFile(filepath.Join(corpus, "spapi", "listingsItems_2021-08-01.json"))
	if err != nil {
		t.Fatalf("RESGEN_CORPUS=%s: %v", corpus, err)
	}
	dir := project(t, map[string]string{
		"listings.json": string(data), "resgen.yaml": "clients:\n  - {spec: listings.json, output: out/listings}\n",
	})
	r := mustGenerate(t, dir)
	if n := len(r.Packages[0].API.Operations); n != 5 {
		t.Errorf("%d operations, want 5", n)
	}
	vet(t, dir)
}
