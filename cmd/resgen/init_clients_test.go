package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// The names of packages, for all kinds of arguments.
func TestInit_Names(t *testing.T) {
	general := strings.Replace(petstore, "title: Pets", "title: Pet Shop API", 1)
	dir := consumer(t, map[string]string{
		"go.mod": consumerMod, "a/b/go.mod": "module \"example.com/b\"\n", "my-Pets.yaml": petstore,
		"v1/pets.json":   petstore,
		"a/openapi.yaml": general, "a/swagger.json": "{}", "a/x[1].yaml": petstore, "a/pets.yaml": petstore,
		"a/b/openapi.yaml": strings.Replace(petstore, "title: Pets", "title: Api", 1), ".git/config": "",
	})
	for _, tt := range []struct {
		at   string // folder below dir
		o    initOptions
		args []string
		want string // spec output package policy of each client
	}{
		{"", initOptions{}, []string{"my-Pets.yaml"}, "my-Pets.yaml internal/mypets mypets policy.yaml"},
		{"", initOptions{pkg: "pets", out: "gen/x/"}, []string{"my-Pets.yaml"}, "my-Pets.yaml gen/x pets policy.yaml"},
		{
			"",
			initOptions{},
			[]string{"./a/../my-Pets.yaml", "my-Pets.yaml"},
			"my-Pets.yaml internal/mypets mypets policy.yaml",
		},
		{
			"",
			initOptions{},
			[]string{filepath.Join(dir, "a/openapi.yaml")},
			"a/openapi.yaml internal/petshop petshop policy.yaml",
		},
		{
			"",
			initOptions{},
			[]string{"a/swagger.json"},
			"a/swagger.json internal/swaggerclient swaggerclient policy.yaml",
		},
		{"a/b", initOptions{}, []string{"openapi.yaml"}, "openapi.yaml internal/apiclient apiclient policy.yaml"},
		{"a/b", initOptions{}, []string{"../pets.yaml"}, "../pets.yaml internal/pets pets policy.yaml"},
		{"", initOptions{}, []string{"a/x[1].yaml"}, `a/x\[1].yaml internal/x1 x1 policy.yaml`},
		{"", initOptions{}, []string{"a/pets.yaml", "v1/pets.json"},
			"a/pets.yaml internal/pets pets policy/pets.yaml|" +
				"v1/pets.json internal/v1pets v1pets policy/v1pets.yaml"},
		{"", initOptions{}, []string{"a/*.yaml", "v1/pets.json"}, "a/*.yaml internal/{name} {name} policy/all.yaml|" +
			"v1/pets.json internal/pets pets policy/pets.yaml"},
	} {
		at, err := findPlace(filepath.Join(dir, tt.at))
		if err != nil {
			t.Fatal(err)
		}
		list, err := (&initializer{initOptions: tt.o}).clients(at, tt.args)
		if err != nil {
			t.Error(err)
		}
		var got []string
		for _, c := range list {
			got = append(got, strings.Join([]string{c.Spec, c.Output, c.Package, c.Policy}, " "))
		}
		if text := strings.Join(got, "|"); text != tt.want {
			t.Errorf("%q: got %s, want %s", tt.args, text, tt.want)
		}
	}
	taken := map[string]bool{"pets": true, "v1pets": true, "pets2": true}
	for spec, want := range map[string]string{"pets.yaml": "pets3", "v1/pets.yaml": "v1pets2", "a/pets.yaml": "apets"} {
		if got := distinct("pets", spec, taken); got != want {
			t.Errorf("%s: got %s, want %s", spec, got, want)
		}
	}
}
