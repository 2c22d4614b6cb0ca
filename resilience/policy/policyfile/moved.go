package policyfile

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// moved lists the keys that other keys have replaced.
var moved = []struct {
	section, key string
	by           string                   // the key that replaces it
	spelling     func(list string) string // the new spelling of a list
}{
	{"retry", "statuses", "retry.when", func(list string) string {
		return "retry: {when: [{status: " + list + "}]}"
	}},
	{"success", "throttled", "throttled", func(list string) string {
		return "throttled: [{code: {in: " + list + "}}]"
	}},
}

// respell replaces the findings of a policy that its keys are unknown by the new spelling, where
// there is one.
func respell(n *tree.Node, found diag.List) {
	for _, m := range moved {
		for _, p := range n.Get(m.section).Entries() {
			i := slices.IndexFunc(found, func(d diag.Diagnostic) bool {
				return d.Code == "unknown-key" && d.Pos == p.KeyPos
			})
			if p.Key != m.key || i < 0 {
				continue
			}
			found[i].What = m.section + "." + p.Key + " is replaced by " + m.by
			found[i].Cure = "write " + m.spelling(flow(p.Value))
		}
	}
}

// flow writes a list of scalars as it is in the document, in one line.
func flow(n *tree.Node) string {
	var items []string
	if n.Kind == tree.Sequence {
		for _, item := range n.Items {
			items = append(items, item.Text)
		}
	}
	return "[" + strings.Join(items, ", ") + "]"
}
