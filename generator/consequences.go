package generator

// This file leaves out findings that follow from others, so that one mistake is one line.

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// withoutConsequences returns the findings without those that the correction of another one
// removes: a class lacks its why because the key is misspelled, and a bucket is not defined because
// buckets is.
func withoutConsequences(list diag.List) diag.List {
	return slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool {
		return slices.ContainsFunc(list, func(cause diag.Diagnostic) bool { return follows(d, cause) })
	})
}

// follows reports whether a finding is there only because of another one.
func follows(d, cause diag.Diagnostic) bool {
	near := func(key string) bool {
		return cause.Code == "unknown-key" && cause.Cure == "did you mean \""+key+"\"?"
	}
	switch d.Code {
	case "class-without-why":
		return cause.Pos.File == d.Pos.File &&
			(cause.Subject == d.Subject+": why" || cause.Subject == d.Subject && near("why"))
	case "unknown-name":
		key, ok := strings.CutPrefix(d.Cure, "define it under ")
		return ok && cause.Subject == "" && near(strings.TrimSuffix(key, ":"))
	}
	return false
}
