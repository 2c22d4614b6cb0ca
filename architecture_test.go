package resgen_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/resgen/resgen/"

// mayImport says which packages of the project a package may import. A key that ends in /... covers the packages below it.
// What is not listed may import nothing of the project.
var mayImport = map[string][]string{
	"resilience/diag":       {},
	"resilience/tree":       {"resilience/diag"},
	"resilience/policy":     {"resilience/diag", "resilience/tree"},
	"resilience/wire":       {},
	"resilience":            {"resilience/diag", "resilience/policy", "resilience/wire"}, // positions of a configuration
	"resilience/auth":       {"resilience", "resilience/wire"},
	"resilience/faults":     {},
	"generator/api":         {"resilience/diag", "resilience/policy"},
	"generator/gotype":      {"generator/api"},
	"generator/spec":        {"resilience/diag", "resilience/tree"},
	"generator/plan":        {"generator/api", "generator/gotype", "generator/spec", "resilience/diag", "resilience/policy", "resilience/tree"},
	"generator/comment":     {},
	"generator/models":      {"generator/api", "generator/comment", "generator/gotype", "templates"},
	"generator/emit":        {"generator/api", "generator/comment", "generator/gotype", "resilience/policy", "templates"},
	"generator/api/apitest": {"generator/api", "resilience/policy"},
	"generator/typecheck":   {},
	"generator/review":      {},
	"generator/opinion":     {"generator/spec", "resilience/diag", "resilience/tree"},
	"generator/lint":        {"generator/api", "resilience/diag", "resilience/policy"},
	"generator":             {"generator/...", "resilience/diag", "resilience/tree", "resilience/policy"},
	"templates":             {},
	"cmd/resgen":            {"generator", "generator/...", "resilience/diag", "resilience/policy", "resilience/tree"}, // excerpts
	"internal/corpus":       {"generator", "generator/...", "resilience/diag", "resilience/tree"},
	"generated/...":         {"resilience", "resilience/policy", "resilience/wire"},
	"clients/...":           {"generated/...", "clients/...", "resilience", "resilience/auth", "resilience/wire", "resilience/policy", "resilience/faults"},
	"examples/...":          {"generated/...", "clients/...", "examples/internal/...", "resilience", "resilience/..."},
	"resilience/bench":      {"resilience", "resilience/..."},
	"resilience/bench/...":  {"resilience", "resilience/..."},
	"resilience/storms":     {"resilience", "resilience/..."},
	"resilience/storms/...": {"resilience", "resilience/..."},
}

// homes names the only packages that may import a third-party module.
var homes = map[string][]string{
	"go.yaml.in/yaml/v3":                      {"resilience/tree"},
	"github.com/failsafe-go/failsafe-go":      {"resilience"},
	"github.com/getkin/kin-openapi":           {"generator/models", "generator/opinion", "internal/corpus"},
	"github.com/oapi-codegen/oapi-codegen/v2": {"generator/models"},
	"github.com/dave/jennifer":                {"generator/emit"},
	"github.com/aymanbagabas/go-udiff":        {"generator/review"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Module     *struct {
		Path string
		Main bool
	}
	Standard bool
}

func TestArchitecture_ImportDirections(t *testing.T) {
	packages := list(t, "./...", module+"resilience/...", module+"examples/...")
	if len(packages) < 10 {
		t.Fatalf("go list found %d packages, want the whole project", len(packages))
	}
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, known := lookup(name)
		for _, path := range p.Imports {
			if imported, ours := strings.CutPrefix(path, module); ours {
				if !known || !matches(allowed, imported) {
					t.Errorf("%s imports %s", name, imported)
				}
				continue
			}
			for third, home := range homes {
				if (path == third || strings.HasPrefix(path, third+"/")) && !slices.Contains(home, name) {
					t.Errorf("%s imports %s, whose home is %s", name, path, strings.Join(home, ", "))
				}
			}
		}
	}
}

// A program that uses a generated client must stay light and free of the generator's libraries.
func TestArchitecture_WeightOfAClient(t *testing.T) {
	modules := map[string]bool{}
	for _, p := range list(t, "-deps", module+"generated/crossmark") {
		if p.Module != nil && !strings.HasPrefix(p.Module.Path+"/", module) {
			modules[p.Module.Path] = true
		}
	}
	if len(modules) == 0 || len(modules) > 8 {
		t.Errorf("generated/crossmark links %d third-party modules, want 1 to 8: %v", len(modules), modules)
	}
	for _, banned := range []string{"github.com/getkin/kin-openapi", "github.com/oapi-codegen/oapi-codegen/v2", "github.com/dave/jennifer"} {
		if modules[banned] {
			t.Errorf("generated/crossmark links %s", banned)
		}
	}
}

func lookup(name string) ([]string, bool) {
	if allowed, ok := mayImport[name]; ok {
		return allowed, true
	}
	for key, allowed := range mayImport {
		if prefix, ok := strings.CutSuffix(key, "..."); ok && strings.HasPrefix(name, prefix) {
			return allowed, true
		}
	}
	return nil, false
}

func matches(allowed []string, name string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		prefix, below := strings.CutSuffix(a, "...")
		return a == name || below && strings.HasPrefix(name, prefix)
	})
}

func list(t *testing.T, args ...string) []goPackage {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps,Module,Standard"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	var packages []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
