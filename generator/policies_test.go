package generator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The policy files of a client share their circuits and buckets. Those of another client are not
// known.
func TestPolicies_NamesOfOtherFiles(t *testing.T) {
	files := map[string]string{
		"resgen.yaml": "version: 1\nclients:\n" +
			"  - {spec: pets.yaml, output: out/pets, policy: [shared.yaml, pets-policy.yaml]}\n" +
			"  - {spec: more.yaml, output: out/more, policy: more-policy.yaml}\n",
		"pets.yaml": petstore, "more.yaml": petstore,
		"shared.yaml": "circuits: {main: {consecutive: 3}}\nbuckets: {all: {per-second: 2, burst: 3}}\n",
		"pets-policy.yaml": "operations:\n" +
			"  addPet: {breaker: {circuit: main}, rate: {bucket: all}}\n  listPets: {rate: {also: [all]}}\n",
		"more-policy.yaml": "operations:\n  addPet: {timeout: {attempt: 20s}}\n",
	}
	dir := project(t, files)
	if _, err := generate(t, dir); err != nil {
		t.Fatal(err)
	}
	client, err := os.ReadFile(filepath.Join(dir, "out/pets/client.gen.go"))
	if err != nil || !strings.Contains(string(client), `Circuit: "main"`) {
		t.Errorf("the client has no circuit: %v", err)
	}

	put(t, dir, "more-policy.yaml", "operations:\n  addPet: {breaker: {circuit: main}, rate: {bucket: al}}\n")
	_, err = generate(t, dir)
	want := `more-policy.yaml:2:31: operation addPet: breaker.circuit: there is no circuit "main"; define it under circuits:
more-policy.yaml:2:53: operation addPet: rate.bucket: there is no bucket "al"; define it under buckets:`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
