package generator

import (
	"slices"
	"strings"
	"testing"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

func TestSelection(t *testing.T) {
	tests := []struct {
		keys string
		want []string
	}{
		{"", []string{"ListPets", "AddPet"}},
		{"include: listPets", []string{"ListPets"}},
		{"include: \"*Pet\"", []string{"AddPet"}},
		{"include: GET /pets", []string{"ListPets"}},
		{"include: \"* /pets\"", []string{"ListPets", "AddPet"}},
		{"include: /p*", []string{"ListPets", "AddPet"}},
		{"include: POST", []string{"AddPet"}},
		{"include: tag:reading", []string{"ListPets"}},
		{"include: \"tag: reading\"", []string{"ListPets"}},
		{"include: [GET, addPet]", []string{"ListPets", "AddPet"}},
		{"exclude: deprecated", []string{"ListPets"}},
		{"include: /pets\n    exclude: GET", []string{"AddPet"}},
		{"include: /pets\n    exclude: [GET, POST]", nil},
	}
	for _, tt := range tests {
		t.Run(tt.keys, func(t *testing.T) {
			dir := project(t, map[string]string{
				"pets.yaml":   petstore,
				"resgen.yaml": "clients:\n  - spec: pets.yaml\n    output: pets\n    " + tt.keys + "\n",
			})
			var got []string
			for _, op := range mustGenerate(t, dir).Packages[0].API.Operations {
				got = append(got, op.Name)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A selection of a glob need not mean something in every document.
func TestSelection_OverAGlob(t *testing.T) {
	dir := project(t, map[string]string{
		"a.yaml": petstore, "b.yaml": strings.ReplaceAll(petstore, "listPets", "searchPets"),
		"resgen.yaml": "clients:\n  - spec: \"?.yaml\"\n    output: out/{name}\n    exclude: searchPets\n",
	})
	r := mustGenerate(t, dir)
	if a, b := len(r.Packages[0].API.Operations), len(r.Packages[1].API.Operations); a != 2 || b != 1 {
		t.Errorf("%d and %d operations, want 2 and 1", a, b)
	}
	c, _ := ReadConfig(dir)
	c.Only, c.DryRun = "a", true
	if _, err := Generate(t.Context(), c); err != nil {
		t.Errorf("with only one of the documents: %v", err)
	}
}

// A policy for an operation that is left out is not a mistake.
func TestSelection_PoliciesOfOthers(t *testing.T) {
	dir := project(t, map[string]string{
		"pets.yaml": petstore, "policy.yaml": "operations: {addPet: {retry: {attempts: 2}}}\n",
		"resgen.yaml": "clients:\n  - spec: pets.yaml\n    output: pets\n    exclude: addPet\n    policy: " +
			"policy.yaml\n",
	})
	mustGenerate(t, dir)
}

// A name chosen for a client of several documents must exist in one of them.
func TestRename_OverAGlob(t *testing.T) {
	dir := project(t, map[string]string{
		"a.yaml": petstore, "b.yaml": strings.ReplaceAll(petstore, "Pet", "Shop"),
		"resgen.yaml": "clients:\n  - spec: \"?.yaml\"\n    output: out/{name}\n    rename: {listShops: " +
			"AllShops, Pet: Animal}\n",
	})
	r := mustGenerate(t, dir)
	if a, b := string(
		r.Packages[0].Files["models.gen.go"],
	), string(r.Packages[1].Files["client.gen.go"]); !contains(a, "type Animal struct") || !contains(b, ") AllShops(") {
		t.Errorf("the names are not those chosen:\n%s\n%s", a, b)
	}
	put(t, dir, "resgen.yaml", "clients:\n  - spec: \"?.yaml\"\n    output: out/{name}\n    rename: {Dog: Animal}\n")
	_, err := generate(t, dir)
	if err == nil || !strings.HasPrefix(err.Error(), "resgen.yaml:4:19: rename Dog: ") ||
		strings.Count(err.Error(), "\n") != 0 {
		t.Errorf("got %v, want one line at the name", err)
	}
}
