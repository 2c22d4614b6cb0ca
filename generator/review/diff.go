package review

import (
	"fmt"

	"github.com/aymanbagabas/go-udiff"
)

// nowhere is the name of a file that does not exist in a unified diff.
const nowhere = "/dev/null"

// A Kind says why a file on disk is not what it should be.
type Kind string

// The kinds of differences.
const (
	Stale   Kind = "stale"   // another content
	Missing Kind = "missing" // not there
	Foreign Kind = "foreign" // there, written by resgen, and nothing generates it any more
)

// KindOf tells why before and after differ; nil is a file that is not there.
func KindOf(before, after []byte) Kind {
	switch {
	case before == nil:
		return Missing
	case after == nil:
		return Foreign
	}
	return Stale
}

// Diff returns the unified diff that turns before into after, with three lines of context.
func Diff(path string, before, after []byte) string {
	from, to := "a/"+path, "b/"+path
	if before == nil {
		from = nowhere
	}
	if after == nil {
		to = nowhere
	}
	return udiff.Unified(from, to, string(before), string(after))
}

// Summary counts differences by kind, in the order in which one repairs them: "2 stale, 1 missing".
func Summary(kinds []Kind) string {
	text := ""
	for _, k := range []Kind{Stale, Missing, Foreign} {
		n := 0
		for _, other := range kinds {
			if other == k {
				n++
			}
		}
		if n == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", n, k)
	}
	return text
}
