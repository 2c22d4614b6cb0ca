package generator

import (
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/diag"
)

// One mistake in a policy file is one finding.
func TestWithoutConsequences(t *testing.T) {
	const class = "p.yaml:2:25: operation addPet: a POST is declared idempotent without a why; add why: the effect of " +
		"a second request, for example \"the second finds nothing to delete\""
	const bucket = "p.yaml:3:28: operation addPet: rate.bucket: there is no bucket \"all\"; define it under buckets:"
	for policy, want := range map[string][]string{
		"operations:\n  addPet: {idempotency: idempotent, wy: same}\n": {
			"p.yaml:2:37: operation addPet: unknown key \"wy\"; did you mean \"why\"?",
		},
		"operations:\n  addPet: {idempotency: idempotent, why: \"\"}\n": {
			"p.yaml:2:42: operation addPet: why: is empty; delete the key to inherit",
		},
		"operations:\n  addPet: {idempotency: idempotent, retri: {attempts: 2}}\n": {
			class, "p.yaml:2:37: operation addPet: unknown key \"retri\"; did you mean \"retry\"?",
		},
		"bucket: {all: {per-second: 1}}\noperations:\n  addPet: {rate: {bucket:  all}}\n": {
			"p.yaml:1:1: unknown key \"bucket\"; did you mean \"buckets\"?",
		},
		"circuit: {all: {open: 1m}}\noperations:\n  addPet: {rate: {bucket:  all}}\n": {
			"p.yaml:1:1: unknown key \"circuit\"; did you mean \"circuits\"?", bucket,
		},
	} {
		dir := project(t, map[string]string{
			"resgen.yaml": "version: 1\nclients:\n  - {spec: pets.yaml, output: out/pets, policy: p.yaml}\n",
			"pets.yaml":   petstore, "p.yaml": policy,
		})
		_, err := generate(t, dir)
		if err == nil || err.Error() != strings.Join(want, "\n") {
			t.Errorf("%s\ngot\n%v\nwant\n%s", policy, err, strings.Join(want, "\n"))
		}
	}
}

// The time grows in proportion to the number of findings. If it grew with the square, it would be
// minutes here.
func TestWithoutConsequences_Many(t *testing.T) {
	const n = 100_000
	list := make(diag.List, n)
	for i := range list {
		list[i] = diag.Diagnostic{Pos: diag.Position{File: "a.yaml", Line: i + 1}, Code: "class-without-why"}
	}
	start := time.Now()
	if got := withoutConsequences(list); len(got) != n {
		t.Errorf("got %d findings, want all", len(got))
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}
