package report

import (
	"fmt"
	"io"

	"github.com/resgen/resgen/generator/review/changes"
	"github.com/resgen/resgen/resilience/diag"
)

// Text prints files and changes, a line each. The findings are left to the caller.
func Text(w io.Writer, r Report) {
	for _, d := range r.Files {
		fmt.Fprintln(w, d.String())
	}
	if len(r.Changes) > 0 {
		title := "'resgen generate' would change:"
		if r.Base != "" {
			title = "since " + r.Base + ":"
		}
		fmt.Fprintln(w, diag.Printable(title))
	}
	for _, g := range changes.Groups(r.Changes) {
		fmt.Fprintln(w, "  "+diag.Printable(r.sentence(g)))
	}
	for _, note := range r.Notes {
		fmt.Fprintln(w, diag.Printable("note: "+note))
	}
}
