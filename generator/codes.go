package generator

import (
	"slices"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// codes are those of all warnings, sorted: what severity may name. A test holds them to the sources and to docs/reference/findings.md.
var codes = []string{
	"ambiguous-path", "annotation", "any", "bad-name", "body-and-form", "bounds", "contradiction", "discriminator", "duplicate-key", "duplicate-operation-id",
	"duplicate-parameter", "duplicate-value", "hedge-ignored", "keyed-without-header", "kin-openapi", "late-attempts", "misplaced-extension", "missing-key",
	"name-clash", "other-version", "overlay", "parameter-schema", "path", "path-parameter", "pattern", "reference-cycle", "retry-without-breaker",
	"same-why", "schema", "security", "security-scheme", "server-variable", "slow-refill", "status", "style", "transport-ignored", "unknown-key",
	"unknown-type", "unknown-word", "unresolved-reference", "unsafe-pages", "unsafe-without-why", "unused-name", "usage-plan", "wrong-section", "wrong-type", "wrong-value",
}

// Severities are what warnings are by code. The zero value leaves them warnings.
type Severities map[string]Severity

// DecodeNode reads a mapping and finds codes that no warning has.
func (s *Severities) DecodeNode(n *tree.Node) diag.List {
	list := map[string]Severity{}
	found := tree.Decode(n, &list, tree.About("severity"))
	for _, p := range n.Entries() {
		if !slices.Contains(codes, p.Key) {
			found.Add(diag.Diagnostic{Pos: p.KeyPos, Code: "unknown-code", Subject: "severity", What: "no warning has the code " + p.Key, Cure: codeCure(p.Key)})
		}
	}
	*s = list
	return found
}

func codeCure(word string) string {
	if s := tree.Suggest(word, codes); s != "" {
		return "did you mean " + s + "?"
	}
	return "resgen lint prints the codes"
}
