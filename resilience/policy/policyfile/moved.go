package policyfile

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// moved lists the keys that other keys have replaced.
var moved = []struct {
	section, key string
	by           string                     // the key that replaces it
	spelling     func(list []string) string // the new spelling of a list
}{
	{"retry", "statuses", "retry.when", func(statuses []string) string {
		return "retry: {when: [{status: [" + strings.Join(statuses, ", ") + "]}]}"
	}},
	{"success", "throttled", "throttled", func(codes []string) string {
		return "throttled: [{code: " + policy.ErrorCode{In: codes}.String() + "}]"
	}},
}

// respell changes the findings about unknown keys that other keys have replaced: they then say how
// to write the policy now.
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
			found[i].Cure = "write " + m.spelling(texts(p.Value))
		}
	}
}

// texts returns the texts of a list of scalars.
func texts(n *tree.Node) []string {
	var list []string
	if n.Kind == tree.Sequence {
		for _, item := range n.Items {
			list = append(list, item.Text)
		}
	}
	return list
}
