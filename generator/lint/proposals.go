package lint

import (
	"bytes"
	"fmt"
	"regexp"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// proposal matches a line of a policy file that is a comment with an idempotency class, as resgen
// init writes it.
var proposal = regexp.MustCompile(`^[ \t]*#[ \t#]*idempotency:[ \t]*["']?([a-z]+)["']?[ \t]*(?:#.*)?\r?$`)

// Proposals returns a finding with the number of proposed classes that are still comments in a
// policy file, at the first of them, or nothing if there are none.
func Proposals(file string, data []byte) diag.List {
	var first diag.Position
	n, number := 0, 0
	for line := range bytes.Lines(data) {
		number++
		m := proposal.FindSubmatchIndex(bytes.TrimSuffix(line, []byte("\n")))
		if m == nil || policy.Class(line[m[2]:m[3]]).Rank() == 0 {
			continue
		}
		if n++; n == 1 {
			first = diag.Position{File: file, Line: number, Column: bytes.IndexByte(line, '#') + 1}
		}
	}
	if n == 0 {
		return nil
	}
	what := fmt.Sprintf("%d proposed idempotency classes are comments and have no effect", n)
	if n == 1 {
		what = "a proposed idempotency class is a comment and has no effect"
	}
	return diag.List{{
		Pos: first, Severity: diag.Warning, Code: "proposed-class", Subject: "policy", What: what,
		Cure: "uncomment what is right, and delete the rest",
	}}
}
