package lint

import (
	"fmt"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// Loosened lists the values that extensions of the document, such as x-resgen, set looser than
// their default: a class above that of the method, more attempts. Each place is reported once.
func Loosened(a *api.API) diag.List {
	type place struct {
		pos  diag.Position
		what string
	}
	var found diag.List
	index, others := map[place]int{}, map[int]int{}
	for _, op := range a.Operations {
		base := policy.Merge(policy.DefaultLayer(), policy.MethodLayer(op.Method)).Policy
		for _, c := range policy.Changes(base, op.Policy) {
			s := op.Sources[c.Path]
			if c.Direction != policy.Looser || s.Kind > policy.FromExtension || !strings.HasPrefix(s.Note, "x-") {
				continue
			}
			at := place{s.Pos, s.Note + " sets " + c.String()}
			if i, known := index[at]; known {
				others[i]++
				continue
			}
			index[at] = len(found)
			found.Add(diag.Diagnostic{
				Pos: s.Pos, Severity: diag.Warning, Code: "loosened-policy", Subject: "operation " + op.ID,
				What: at.what, Cure: "set it in a policy file, or extensions: ignore if the document is of others",
			})
		}
	}
	for i, n := range others {
		found[i].Subject += fmt.Sprintf(" and %d more", n)
	}
	found.Sort()
	return found
}
