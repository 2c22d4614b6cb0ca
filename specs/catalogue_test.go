// This file checks the policies of the Selling Partner API with all 66 documents that Amazon
// publishes, not only with the twelve in this folder.

package specs_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/resilience/policy"
)

// A census counts properties of all operations of all packages.
type census struct {
	Documents, Operations int
	Rates, Pages          int
	Reads                 int                  // safe operations with method GET
	Classes               map[policy.Class]int // of all other operations
	Reasons               int                  // operations with other methods and a reason
	BlankPlans            int                  // reported usage plans without numbers
}

// With the policy file, every operation of every document has a class and a reason, all but six
// have a rate, and the 77 listings have pages. No source has rates for the six.
func TestCatalogue_WithThePolicyFile(t *testing.T) {
	data, err := os.ReadFile("spapi/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := catalogue(t, "clients: [{spec: '*.json', output: 'out/{name}', policy: policy.yaml}]\n")
	if err := os.WriteFile(filepath.Join(dir, "policy.yaml"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	config := readConfig(t, dir)
	config.DryRun = true
	result, err := generator.Generate(t.Context(), config)
	check(t, result, err, census{
		Documents: 66, Operations: 370, Rates: 364, Pages: 77, Reads: 186, Reasons: 184,
		Classes: map[policy.Class]int{policy.Safe: 29, policy.Idempotent: 99, policy.Keyed: 4, policy.Unsafe: 52},
	})
}

// Without it, the documents provide 300 rates and the 70 reads whose token parameter has a known
// name, and the five usage plans without numbers are reported.
func TestCatalogue_WithoutThePolicyFile(t *testing.T) {
	config := readConfig(t, catalogue(t, "clients: [{spec: '*.json', output: 'out/{name}'}]\n"))
	result, err := generator.Plan(t.Context(), config)
	check(t, result, err, census{
		// pages inferred from names, reasons of keyed operations
		Documents: 66, Operations: 370, Rates: 300, Pages: 70, Reads: 186, BlankPlans: 5, Reasons: 4,
		Classes: map[policy.Class]int{policy.Idempotent: 50, policy.Keyed: 4, policy.Unsafe: 130},
	})
}

// catalogue returns a folder with all of Amazon's documents and a resgen.yaml.
func catalogue(t *testing.T, config string) string {
	t.Helper()
	corpus := os.Getenv("RESGEN_CORPUS")
	if corpus == "" {
		t.Skip("RESGEN_CORPUS names no folder of documents: the policies are NOT tried on Amazon's")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(corpus, "spapi"))); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"go.mod": "module example\n", "resgen.yaml": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func readConfig(t *testing.T, dir string) generator.Config {
	t.Helper()
	config, err := generator.ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// check compares the census of a result.
func check(t *testing.T, r *generator.Result, err error, want census) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	got := census{Documents: len(r.Packages), Classes: map[policy.Class]int{}}
	for _, p := range r.Packages {
		for _, op := range p.API.Operations {
			got.add(op.Method, op.Policy)
		}
	}
	for _, d := range r.Diagnostics {
		if d.Code == "usage-plan" {
			got.BlankPlans++
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func (c *census) add(method string, p policy.Policy) {
	c.Operations++
	if p.Rate.PerSecond > 0 && p.Rate.Burst > 0 {
		c.Rates++
	}
	if p.Pagination.Style != "" && p.Pagination.Style != "none" {
		c.Pages++
	}
	if method == "GET" && p.Idempotency == policy.Safe {
		c.Reads++
		return
	}
	c.Classes[p.Idempotency]++
	if p.Why != "" {
		c.Reasons++
	}
}
