package resgen_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/resgen/resgen/"

// mayImport lists the packages of the project that each package may import. A name that ends in
// /... covers the packages below it. A package without a row may not import any.
var mayImport = map[string][]string{
	"resilience/diag":              {},
	"resilience/fleet":             {},
	"resilience/media":             {},
	"resilience/memberpath":        {},
	"resilience/pathtemplate":      {},
	"resilience/tree":              {"resilience/diag"},
	"resilience/policy":            {"resilience/diag", "resilience/memberpath"},
	"resilience/policy/policyfile": {"resilience/diag", "resilience/policy", "resilience/tree"},
	"resilience/policy/policyfile/watch": {
		"resilience/diag", "resilience/policy", "resilience/policy/policyfile",
	},
	"resilience/wire": {
		"resilience/media", "resilience/memberpath", "resilience/pathtemplate", "resilience/wire/internal/lossless",
		"resilience/wire/internal/rules",
	},
	"resilience/wire/internal/lossless": {"resilience/wire/internal/rules"},
	"resilience/wire/internal/rules":    {},
	"resilience": {"resilience/diag", "resilience/fleet", "resilience/internal/...", "resilience/media",
		"resilience/policy", "resilience/wire"},
	"resilience/otelresilience":       {"resilience"},
	"resilience/redisstore":           {"resilience/auth", "resilience/batch", "resilience/fleet"},
	"resilience/redisstore/redistest": {},
	"resilience/redisstore/simulation": {
		"resilience", "resilience/fleet", "resilience/internal/limit", "resilience/internal/quorum",
		"resilience/policy", "resilience/wire",
	},
	"resilience/chaos": {"resilience", "resilience/diag", "resilience/policy", "resilience/tree"},
	"resilience/auth": {
		"resilience", "resilience/internal/advice", "resilience/internal/confidential", "resilience/internal/redact",
		"resilience/wire",
	},
	"resilience/batch": {"resilience", "resilience/policy"},
	"resilience/admin": {
		"resilience", "resilience/batch", "resilience/policy", "resilience/policy/policyfile",
	},
	"resilience/internal/saturate":     {},
	"resilience/internal/confidential": {},
	"resilience/internal/advice":       {"resilience/internal/redact", "resilience/internal/saturate"},
	"resilience/internal/body":         {"resilience/internal/switching"},
	"resilience/internal/bound":        {},
	"resilience/internal/charset":      {"resilience/media"},
	"resilience/internal/lastgood":     {},
	"resilience/internal/loop":         {},
	"resilience/internal/seen":         {},
	"resilience/internal/conntrace": {
		"resilience/internal/bound",
		"resilience/internal/fault",
		"resilience/internal/pool",
	},
	"resilience/internal/storetest": {"resilience/auth", "resilience/batch"},
	"resilience/internal/switching": {},
	"resilience/internal/fault": {
		"resilience/internal/breaker",
		"resilience/internal/saturate",
		"resilience/internal/switching",
		"resilience/policy",
	},
	"resilience/internal/gate": {
		"resilience/internal/advice",
		"resilience/internal/breaker",
		"resilience/internal/fault",
		"resilience/internal/limit",
		"resilience/policy",
	},
	"resilience/internal/limit": {
		"resilience/fleet", "resilience/internal/advice", "resilience/internal/saturate", "resilience/policy",
	},
	"resilience/internal/pool":    {"resilience/internal/fault", "resilience/policy"},
	"resilience/internal/rule":    {"resilience/memberpath", "resilience/policy", "resilience/wire"},
	"resilience/internal/breaker": {"resilience/fleet", "resilience/internal/saturate", "resilience/policy"},
	"resilience/internal/quorum":  {"resilience/fleet", "resilience/internal/breaker"},
	"resilience/internal/quorum/quorumtest": {
		"resilience/fleet", "resilience/internal/breaker", "resilience/policy",
	},
	"resilience/internal/redact": {},
	"resilience/internal/success": {
		"resilience/internal/redact", "resilience/internal/rule", "resilience/memberpath", "resilience/policy",
		"resilience/wire",
	},
	"resilience/internal/records": {"resilience/media"},
	"resilience/internal/paging":  {"resilience/internal/redact", "resilience/policy", "resilience/wire"},
	"resilience/faults":           {},

	"templates":             {},
	"generator/api":         {"resilience/diag", "resilience/policy"},
	"generator/api/apitest": {"generator/api", "resilience/policy"},
	"generator/gotype":      {"generator/api"},
	"generator/spec": {
		"generator/spec/...",
		"resilience/diag",
		"resilience/media",
		"resilience/pathtemplate",
		"resilience/tree",
	},
	"generator/spec/overlay": {"resilience/diag", "resilience/tree"},
	"generator/spec/grammar": {
		"generator/spec/internal/node",
		"resilience/diag",
		"resilience/pathtemplate",
		"resilience/tree",
	},
	"generator/spec/internal/node": {"resilience/tree"},
	"generator/plan": {
		"generator/api", "generator/plan/naming", "generator/plan/policies", "generator/plan/rules",
		"generator/plan/typing", "generator/spec",
		"resilience/diag", "resilience/media", "resilience/memberpath", "resilience/policy",
	},
	"generator/plan/naming": {"resilience/diag", "resilience/tree"},
	"generator/plan/typing": {
		"generator/api", "generator/gotype", "generator/plan/naming", "generator/spec", "resilience/diag",
		"resilience/media", "resilience/tree",
	},
	"generator/plan/rules": {"generator/api", "generator/spec", "resilience/diag"},
	"generator/plan/policies": {
		"generator/spec", "resilience/diag", "resilience/policy", "resilience/policy/policyfile", "resilience/tree",
	},
	"generator/plan/plantest": {
		"generator/api", "generator/plan", "generator/plan/naming", "generator/spec", "resilience/diag",
		"resilience/policy", "resilience/policy/policyfile",
	},
	"generator/comment": {},
	"generator/layout":  {},
	"generator/models":  {"generator/api", "generator/comment", "generator/gotype", "generator/layout", "templates"},
	"generator/explanation": {
		"generator/api", "generator/emit", "generator/overview", "generator/phrase",
		"resilience/diag", "resilience/policy", "resilience/tree",
	},
	"generator/markdown": {"generator/comment"},
	"generator/phrase":   {"generator/comment", "resilience/policy"},
	"generator/overview": {
		"generator/api", "generator/comment", "generator/markdown", "generator/phrase",
		"resilience/policy", "templates",
	},
	"generator/emit": {"generator/api", "generator/comment", "generator/gotype", "generator/layout",
		"generator/phrase", "resilience/policy"},
	"generator/typecheck": {},
	"generator/review":    {"generator/phrase", "resilience/diag"},
	"generator/review/changes": {
		"generator/api", "generator/phrase", "generator/review", "generator/review/wirediff", "resilience/diag",
		"resilience/policy",
	},
	"generator/review/report": {
		"generator/phrase", "generator/review", "generator/review/changes", "resilience/diag", "resilience/policy",
	},
	"generator/review/recorded": {"generator/api", "resilience/diag", "resilience/policy"},
	"generator/review/revision": {},
	"generator/kinopenapi":      {"generator/spec", "resilience/diag", "resilience/tree"},
	"generator/setup":           {"generator/api", "resilience/diag", "resilience/policy", "templates"},
	"generator/lint": {
		"generator/api", "generator/overview", "generator/phrase", "resilience/diag", "resilience/policy",
	},
	"generator/review/godiff": {},
	"generator/review/wirediff": {
		"generator/api", "resilience/diag", "resilience/media", "resilience/policy",
	},
	"generator": {
		"generator/...", "resilience/diag", "resilience/policy", "resilience/policy/policyfile", "resilience/tree",
	},
	"cmd/resgen": {
		"generator", "generator/api", "generator/explanation", "generator/markdown", "generator/phrase",
		"generator/review", "generator/review/changes", "generator/review/report", "generator/review/revision",
		"generator/review/wirediff", "generator/setup", "resilience/diag", "resilience/tree",
	},
	"internal/schema":      {"generator", "resilience/policy"},
	"internal/secretcheck": {"resilience/auth"},
	"internal/stages":      {},
	"internal/docpages":    {},
	"internal/corpus": {
		"generator", "generator/api", "generator/gotype", "generator/spec", "resilience/diag", "resilience/tree",
	},

	"generated/...": {"resilience", "resilience/policy", "resilience/wire"},
	"clients/...": {
		"clients/...", "generated/...",
		"resilience", "resilience/auth", "resilience/media", "resilience/wire",
	},
	"clients/internal/clienttest": {"resilience", "resilience/faults"},
	"examples/...": {
		"clients/...", "examples/internal/command", "examples/internal/demo", "generated/...",
		"resilience", "resilience/admin", "resilience/auth", "resilience/batch", "resilience/diag",
		"resilience/policy", "resilience/policy/policyfile", "resilience/policy/policyfile/watch",
		"resilience/wire",
	},
	"examples/fleet": {
		"clients/spapi", "clients/spapi/spapitest", "examples/internal/command", "examples/internal/demo",
		"generated/spapi/listingsitems",
		"resilience", "resilience/auth", "resilience/policy", "resilience/policy/policyfile", "resilience/redisstore",
	},
	"examples/telemetry": {
		"generated/crossmark", "resilience", "resilience/chaos", "resilience/otelresilience", "resilience/policy",
	},
}

// homes lists the packages that may import a third-party library. A library without a row may not
// be imported.
var homes = map[string][]string{
	"github.com/HdrHistogram/hdrhistogram-go": {"resilience/admin"},
	"github.com/failsafe-go/failsafe-go":      {"resilience/internal/loop"},
	"github.com/fsnotify/fsnotify":            {"resilience/policy/policyfile/watch"},
	"go.opentelemetry.io/otel":                {"resilience/otelresilience", "examples/telemetry"},
	"github.com/redis/go-redis/v9": {
		"resilience/redisstore", "resilience/redisstore/redistest", "examples/fleet",
	},
	"go.yaml.in/yaml/v3": {"resilience/tree"},
	"golang.org/x/net":   {"resilience/faults", "resilience/internal/cookies", "clients/edr"},

	"github.com/aymanbagabas/go-udiff": {"generator/review"},
	"github.com/dave/jennifer":         {"generator/emit"},
	"github.com/spf13/pflag": {
		"cmd/resgen", "examples/internal/command", "examples/schedulesync", "examples/skucleanup",
	},
	"github.com/theory/jsonpath":               {"generator/spec/overlay"},
	"github.com/getkin/kin-openapi":            {"generator/models", "generator/kinopenapi", "internal/corpus"},
	"github.com/oapi-codegen/oapi-codegen/v2":  {"generator/models"},
	"github.com/santhosh-tekuri/jsonschema/v6": {"internal/corpus"},
	"github.com/spf13/cobra":                   {"cmd/resgen"},
	"golang.org/x/exp":                         {"generator/review/godiff"},
	"golang.org/x/crypto":                      {"clients/edr"},
	"golang.org/x/text":                        {"clients/spapi/documents", "resilience/internal/charset"},

	"github.com/jedib0t/go-pretty/v6":     {"examples/fleet", "examples/schedulesync"},
	"github.com/prometheus/client_golang": {"examples/telemetry"},
	"github.com/schollz/progressbar/v3":   {"examples/skucleanup"},
	"golang.org/x/term":                   {"examples/fleet", "examples/schedulesync", "examples/skucleanup"},
}

// runtimeRequirements lists the modules that the go.mod of resilience requires. Every user of a
// generated client gets them.
var runtimeRequirements = []string{
	"github.com/HdrHistogram/hdrhistogram-go",
	"github.com/bits-and-blooms/bitset",
	"github.com/failsafe-go/failsafe-go",
	"github.com/fsnotify/fsnotify",
	"go.yaml.in/yaml/v3",
	"golang.org/x/net",
	"golang.org/x/sys",
	"golang.org/x/text",
}

type goPackage struct {
	ImportPath string
	Dir        string
	Imports    []string
	Module     *struct{ Path string }
}

// name returns the path of the package within the project.
func (p goPackage) name() string { return strings.TrimPrefix(p.ImportPath, module) }

func TestArchitecture_ImportDirections(t *testing.T) {
	for _, p := range projectPackages(t) {
		row := rowOf(p.name())
		for _, path := range p.Imports {
			if imported, ok := strings.CutPrefix(path, module); ok &&
				!slices.ContainsFunc(mayImport[row], covers(imported)) {
				t.Errorf("%s imports %s; mayImport does not allow it", p.name(), imported)
			}
		}
	}
}

// Rows and entries that allow imports that do not exist must be removed.
func TestArchitecture_NoUnusedAllowances(t *testing.T) {
	packages := projectPackages(t)
	used := map[[2]string]bool{} // row and entry
	for _, p := range packages {
		row := rowOf(p.name())
		used[[2]string{row}] = true
		for _, path := range p.Imports {
			for _, entry := range mayImport[row] {
				if covers(strings.TrimPrefix(path, module))(entry) {
					used[[2]string{row, entry}] = true
				}
			}
		}
	}
	for row, entries := range mayImport {
		if !used[[2]string{row}] {
			t.Errorf("mayImport has a row for %s, which does not exist", row)
			continue
		}
		for _, entry := range entries {
			if !used[[2]string{row, entry}] {
				t.Errorf("mayImport allows %s to import %s, which it does not", row, entry)
			}
		}
	}
}

func TestArchitecture_LibrariesHaveHomes(t *testing.T) {
	used := map[string][]string{} // homes in use, by library
	for _, p := range projectPackages(t) {
		for _, path := range p.Imports {
			if !thirdParty(path) {
				continue
			}
			library := libraryOf(path)
			if !slices.Contains(homes[library], p.name()) {
				t.Errorf("%s imports %s; homes does not allow it", p.name(), path)
			}
			used[library] = append(used[library], p.name())
		}
	}
	for library, packages := range homes {
		for _, name := range packages {
			if !slices.Contains(used[library], name) {
				t.Errorf("homes allows %s to import %s, which it does not", name, library)
			}
		}
	}
}

// A program that uses a generated client must link few modules, no parser of OpenAPI and no YAML.
func TestArchitecture_WeightOfAClient(t *testing.T) {
	modules := map[string]bool{}
	for _, p := range list(t, "-deps", module+"generated/crossmark") {
		if p.Module != nil && !strings.HasPrefix(p.Module.Path+"/", module) {
			modules[p.Module.Path] = true
		}
	}
	linked := slices.Sorted(maps.Keys(modules))
	if len(linked) == 0 || len(linked) > 8 {
		t.Errorf("generated/crossmark links %d third-party modules, want 1 to 8: %v", len(linked), linked)
	}
	for _, path := range linked {
		if strings.Contains(path, "yaml") {
			t.Errorf("generated/crossmark links %s", path)
		}
	}
	for _, path := range []string{
		"github.com/getkin/kin-openapi", "github.com/oapi-codegen/oapi-codegen/v2", "github.com/dave/jennifer",
	} {
		if modules[path] {
			t.Errorf("generated/crossmark links %s", path)
		}
	}
}

func TestArchitecture_RequirementsOfTheRuntime(t *testing.T) {
	var mod struct{ Require []struct{ Path string } }
	if err := json.Unmarshal(goCommand(t, "-C", "resilience", "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range mod.Require {
		got = append(got, r.Path)
	}
	slices.Sort(got)
	if !slices.Equal(got, runtimeRequirements) {
		t.Errorf("resilience/go.mod requires\n%s\nwant\n%s",
			strings.Join(got, "\n"), strings.Join(runtimeRequirements, "\n"))
	}
}

// rowOf returns the row of mayImport for a package: that of its name, else the one with the longest
// prefix, else "".
func rowOf(name string) string {
	if _, ok := mayImport[name]; ok {
		return name
	}
	longest := ""
	for row := range mayImport {
		if prefix, below := strings.CutSuffix(row, "..."); below && strings.HasPrefix(name, prefix) &&
			len(row) > len(longest) {
			longest = row
		}
	}
	return longest
}

// covers returns a function that reports whether an entry of mayImport covers the package.
func covers(name string) func(entry string) bool {
	return func(entry string) bool {
		prefix, below := strings.CutSuffix(entry, "...")
		return entry == name || below && strings.HasPrefix(name, prefix)
	}
}

// thirdParty reports whether an import path is neither of the standard library nor of the project.
func thirdParty(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".") && !strings.HasPrefix(path, module)
}

// libraryOf returns the key of homes for an import path, or the path itself.
func libraryOf(path string) string {
	for library := range homes {
		if path == library || strings.HasPrefix(path, library+"/") {
			return library
		}
	}
	return path
}

// projectPackages returns the packages of the published modules and of the examples.
func projectPackages(t *testing.T) []goPackage {
	t.Helper()
	packages := list(t, "./...", module+"resilience/...", module+"resilience/otelresilience",
		module+"resilience/redisstore/...", module+"examples/...")
	if len(packages) < 10 {
		t.Fatalf("go list returned %d packages, want the whole project", len(packages))
	}
	return packages
}

func list(t *testing.T, args ...string) []goPackage {
	t.Helper()
	out := goCommand(t, append([]string{"list", "-json=ImportPath,Dir,Imports,Module"}, args...)...)
	var packages []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func goCommand(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go %v: %v", args, err)
	}
	return out
}
