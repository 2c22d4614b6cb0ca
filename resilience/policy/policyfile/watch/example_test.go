package watch_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy/policyfile/watch"
)

func Example() {
	dir, err := os.MkdirTemp("", "watch")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "policy.yaml")
	if err := os.WriteFile(path, []byte("apis: {}\n"), 0o600); err != nil {
		panic(err)
	}

	runtime := resilience.NewRuntime()
	defer runtime.Close()
	w, err := watch.File(path, runtime.Apply)
	if err != nil {
		panic(err)
	}
	defer w.Close()
	fmt.Println(w.State().Refused)
	// Output: <nil>
}
