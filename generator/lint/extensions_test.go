package lint

import (
	"testing"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// extended puts values over the policy of an operation, with a source.
func extended(op *api.Operation, kind policy.SourceKind, line int, note string, p policy.Policy) {
	over := policy.Of(p, policy.Source{
		Kind: kind, Pos: diag.Position{File: "a.yaml", Line: line, Column: 9}, Note: note,
	})
	l := policy.Merge(policy.Layer{Policy: op.Policy, Sources: op.Sources}, over)
	op.Policy, op.Sources = l.Policy, l.Sources
}

// Values are listed that an extension sets looser than the default, once per place.
func TestLoosened(t *testing.T) {
	const x = "x-resgen"
	a := planned(policy.Policy{}, op("a", "POST", policy.Policy{}), op("b", "PUT", policy.Policy{}),
		op("c", "GET", policy.Policy{}), op("d", "POST", policy.Policy{}))
	ops := a.Operations
	for _, o := range ops[:3] {
		extended(o, policy.FromExtension, 3, x, policy.Policy{Retry: policy.Retry{Attempts: 6}})
	}
	extended(ops[0], policy.FromExtension, 4, x, policy.Policy{Idempotency: policy.Safe, Why: "w"})
	extended(ops[1], policy.FromDocument, 5, "x-idempotent", policy.Policy{Idempotency: policy.Safe, Why: "w"})
	extended(ops[2], policy.FromExtension, 6, x, policy.Policy{
		Idempotency: policy.Unsafe, Timeout: policy.Timeout{Overall: time.Minute}, Rate: policy.Rate{PerSecond: 5},
	})
	extended(ops[3], policy.FromDocument, 7, "parameter Key", policy.Policy{Idempotency: policy.Keyed, Why: "w"})
	extended(ops[3], policy.FromFile, 8, "", policy.Policy{Retry: policy.Retry{Attempts: 9}})
	const cure = "; set it in a policy file, or ignore the extensions of this document with extensions: ignore"
	want := "a.yaml:3:9: warning: operation a and 2 more: x-resgen sets retry.attempts 4 → 6 (looser)" + cure + "\n" +
		"a.yaml:4:9: warning: operation a: x-resgen sets idempotency unsafe → safe (looser)" + cure + "\n" +
		"a.yaml:5:9: warning: operation b: x-idempotent sets idempotency idempotent → safe (looser)" + cure
	if got := Loosened(a); got.Error() != want || got[0].Code != "loosened-policy" {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
