package lint

import (
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// Loosened lists the values that extensions of the document, such as x-resgen, set looser than
// their default: a class above that of the method, more attempts. Each place is reported once.
func Loosened(a *api.API) diag.List {
	list := newCollector()
	for _, op := range a.Operations {
		base := policy.Merge(policy.DefaultLayer(), policy.MethodLayer(op.Method)).Policy
		for _, c := range policy.Changes(base, op.Policy) {
			s := op.Sources[c.Path]
			if c.Direction != policy.Looser || s.Kind > policy.FromExtension || !strings.HasPrefix(s.Note, "x-") {
				continue
			}
			list.add(diag.Diagnostic{
				Pos: s.Pos, Severity: diag.Warning, Code: "loosened-policy", Subject: "operation " + op.ID,
				What: s.Note + " sets " + c.String(),
				Cure: "set it in a policy file, or ignore the extensions of this document with extensions: ignore",
			})
		}
	}
	found := list.list()
	found.Sort()
	return found
}
