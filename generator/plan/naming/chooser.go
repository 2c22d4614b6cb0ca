package naming

import (
	"go/token"
	"slices"
	"strconv"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A Rename gives a component schema or an operation a Go name.
type Rename struct {
	From string        // key of a component schema, or an operationId
	To   string        // exported Go identifier
	Pos  diag.Position // position in resgen.yaml, for findings
}

// A Chooser returns the Go names that users choose. It adds names that are not valid to a list of
// findings.
type Chooser struct {
	renames []Rename
	found   *diag.List
}

// NewChooser returns a chooser that applies renames.
func NewChooser(renames []Rename, found *diag.List) Chooser { return Chooser{renames, found} }

// Name returns the Go name of what a document calls key, a component schema or an operationId: the
// one in resgen.yaml, or the value of x-go-name at n, or else the usual one for fallback. An empty
// key means that resgen.yaml cannot rename it.
func (c Chooser) Name(key, fallback string, n *tree.Node) string {
	for _, r := range c.renames {
		if r.From == key && key != "" {
			return r.To
		}
	}
	given := n.Get("x-go-name")
	switch {
	case given == nil:
		return Exported(fallback)
	case isExported(given.Text):
		return given.Text
	}
	c.found.Add(diag.Diagnostic{
		Pos: given.Pos, Severity: diag.Warning, Code: "bad-name", Subject: "x-go-name", What: notExported(given.Text),
		Cure: howExported,
	})
	return Exported(fallback)
}

// CheckRenames adds renames to the findings whose From is not among names or whose To is not a
// valid Go name.
func (c Chooser) CheckRenames(names []string) {
	for _, r := range c.renames {
		subject := "rename " + r.From
		if !slices.Contains(names, r.From) || r.From == "" {
			cure := "remove the entry"
			if s := diag.Suggest(r.From, names); s != "" {
				cure = `did you mean "` + s + `"?`
			}
			c.found.Add(diag.Diagnostic{
				Pos: r.Pos, Code: "unknown-name", Subject: subject,
				What: "the document has no schema or operationId of this name", Cure: cure,
			})
		}
		if !isExported(r.To) {
			c.found.Add(diag.Diagnostic{
				Pos: r.Pos, Code: "bad-name", Subject: subject, What: notExported(r.To), Cure: howExported,
			})
		}
	}
}

const howExported = "start with a capital letter, continue with letters and digits"

func notExported(name string) string { return strconv.Quote(name) + " is not an exported Go name" }

func isExported(name string) bool { return token.IsIdentifier(name) && token.IsExported(name) }
