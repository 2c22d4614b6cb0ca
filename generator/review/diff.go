package review

import "github.com/aymanbagabas/go-udiff"

// nowhere is the name of a file that does not exist in a unified diff.
const nowhere = "/dev/null"

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
