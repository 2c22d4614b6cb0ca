package generator

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// vet compiles and vets the packages below dir, in a module that takes the runtime from this
// checkout.
func vet(t *testing.T, dir string) {
	t.Helper()
	runtime, err := filepath.Abs("../resilience")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(runtime, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/resgen/resgen/resilience"
	put(
		t, dir, "go.mod",
		"module example\n\ngo 1.26.0\n\nrequire "+module+" v0.1.0\n\nreplace "+module+" v0.1.0 => "+runtime+"\n",
	)
	put(t, dir, "go.sum", string(sums))
	cmd := exec.Command("go", "vet", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
