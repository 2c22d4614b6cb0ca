package review

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// nowhere is the name of a file that does not exist in a unified diff.
const nowhere = "/dev/null"

// A Kind says how a file on disk differs from the generated file.
type Kind string

// The kinds of differences.
const (
	Stale   Kind = "stale"   // another content
	Missing Kind = "missing" // not there
	Unused  Kind = "unused"  // there, written by resgen, and nothing generates it any more

	// LineEndings means that the file would be current if its lines ended with \n alone.
	LineEndings Kind = "with other line endings"
)

// KindOf returns how before and after differ; nil means that the file does not exist.
func KindOf(before, after []byte) Kind {
	switch {
	case before == nil:
		return Missing
	case after == nil:
		return Unused
	case !bytes.Equal(before, after) && bytes.Equal(unixLines(before), unixLines(after)):
		return LineEndings
	}
	return Stale
}

// unixLines returns content with \n in place of \r\n.
func unixLines(content []byte) []byte { return bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")) }

// Report returns the unified diff of a file, or a line that names the cause if the files differ in
// their line endings alone.
func Report(path string, before, after []byte) string {
	if KindOf(before, after) == LineEndings {
		return path + ": only line endings differ; add \"" + pattern(path) + " text eol=lf\" to .gitattributes\n"
	}
	return Diff(path, before, after)
}

// pattern returns what .gitattributes calls the generated files with a name like that of path.
func pattern(name string) string {
	if strings.HasSuffix(name, ".go") {
		return "*.gen.go"
	}
	return path.Base(name)
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

// Summary counts differences by kind, for example "2 stale, 1 missing".
func Summary(kinds []Kind) string {
	text := ""
	for _, k := range []Kind{Stale, LineEndings, Missing, Unused} {
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
