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
	known := mistakes(list)
	return slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool {
		switch d.Code {
		case "class-without-why":
			return known[mistake{file: d.Pos.File, subject: d.Subject + ": why"}] ||
				known[mistake{file: d.Pos.File, subject: d.Subject, meant: "why"}]
		case "unknown-name":
			key, ok := strings.CutPrefix(d.Cure, "define it under ")
			return ok && known[mistake{meant: strings.TrimSuffix(key, ":")}]
		}
		return false
	})
}

// A mistake is what other findings may follow from.
type mistake struct {
	file    string // empty for a key at the root of any file
	subject string
	meant   string // the key that a misspelled one is similar to
}

// mistakes returns what is wrong in each file.
func mistakes(list diag.List) map[mistake]bool {
	known := map[mistake]bool{}
	for _, d := range list {
		known[mistake{file: d.Pos.File, subject: d.Subject}] = true
		meant, ok := strings.CutPrefix(d.Cure, `did you mean "`)
		if d.Code != "unknown-key" || !ok {
			continue
		}
		meant = strings.TrimSuffix(meant, `"?`)
		known[mistake{file: d.Pos.File, subject: d.Subject, meant: meant}] = true
		if d.Subject == "" {
			known[mistake{meant: meant}] = true
		}
	}
	return known
}
