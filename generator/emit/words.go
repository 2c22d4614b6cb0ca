package emit

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/comment"
	"github.com/resgen/resgen/generator/gotype"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/policy"
)

// This file has the text of generated doc comments.

// packageDoc returns the paragraphs of the package comment.
func packageDoc(a *api.API) []string {
	title := comment.One(a.Title)
	if title == "" {
		title = "the API of " + a.Source
	}
	intro := "Package " + a.Package + " is a client of " + title
	if a.Version != "" {
		intro += ", version " + comment.One(a.Version)
	}
	return []string{intro + ".", a.Description}
}

// constructorDoc returns the paragraphs about New: what it needs, and the servers.
func constructorDoc(a *api.API) []string {
	text := a.Names.New + " returns a client of the API. Without options it creates its own runtime."
	if len(a.Schemes) > 0 {
		text += " Every credential that an operation needs must be set, or declined with " +
			"[resilience.WithoutCredential]."
	}
	paragraphs := []string{text}
	if len(a.Servers) > 1 || len(a.Servers) == 1 && len(a.Servers[0].Variables) > 0 {
		paragraphs = append(paragraphs, serversDoc(a.Servers))
	}
	return paragraphs
}

// serversDoc lists the servers by the names that options take.
func serversDoc(list []api.Server) string {
	var text strings.Builder
	text.WriteString("Servers:\n")
	for _, s := range list {
		text.WriteString("- " + comment.One(s.Name) + ": " + comment.One(s.URL) + "\n")
	}
	return text.String()
}

// operationDoc returns the doc comment of a method: what it does, its route, its policy, its
// errors. Each statement about the policy begins a line, so that a changed value changes few lines.
func operationDoc(a *api.API, op *api.Operation) []string {
	first, rest := sentence(op)
	lines := docLines([]string{first, "\t" + op.Route()})
	var statements []string
	for _, s := range phrase.Policy(op.Policy, a.Circuits) {
		statements = append(statements, comment.Wrap(s)...)
	}
	statements = append(statements, comment.Wrap(staleDoc(op))...)
	lines = appendBlock(lines, statements)
	paragraphs := append([]string{failuresDoc(op.Failure), itemsDoc(op.Policy), contentDoc(op), rest}, op.Notes...)
	if op.Deprecated {
		paragraphs = append(paragraphs, comment.Deprecated)
	}
	for _, p := range paragraphs {
		lines = appendBlock(lines, comment.Lines(p))
	}
	return lines
}

// staleDoc says that an earlier response may replace a failure.
func staleDoc(op *api.Operation) string {
	age := op.StaleIfError()
	if age == 0 {
		return ""
	}
	return "If the service fails, the method returns its last response to the same request, up to " +
		policy.FormatDuration(age) + " old; see [resilience.WithInfo]."
}

// sentence returns the first sentence of the doc comment, which begins with the name of the method,
// and the rest of the description. The summary follows the name after a colon, because it may be a
// command, a description or a title.
func sentence(op *api.Operation) (first, rest string) {
	text, rest := op.Summary, op.Description
	if strings.TrimSpace(text) == "" || comment.One(text) == comment.One(rest) {
		text, rest = comment.First(op.Description)
	}
	if text == "" {
		return op.Name + " calls " + op.Route() + ".", ""
	}
	return comment.Sentence(op.Name + ": " + comment.One(text)), rest
}

// itemsDoc describes calls that return both a response and an error.
func itemsDoc(p policy.Policy) string {
	if p.Success.Items == "" {
		return ""
	}
	return "If some items of the request fail, the method returns both the response and an error that matches " +
		"[resilience.ErrPartial]. The Items of the error list the items that failed."
}

// contentDoc says that a response may have no content: if a success without a body is declared next
// to one with a body, and for statuses that are often empty.
func contentDoc(op *api.Operation) string {
	often, bare := false, false
	for _, o := range op.Success {
		often = often || o.Type != nil && (o.Status == 201 || o.Status == 202 || o.Status < 10)
		bare = bare || o.Type == nil
	}
	switch {
	case op.Result == nil:
	case op.Result.Struct != "" && bare:
		return "A response may have no content; then only Status is set."
	case op.Result.Type != nil && op.Result.Type.Kind != api.Stream && often:
		return "The result is empty if the response has no content."
	}
	return ""
}

// failuresDoc lists the types of error bodies with their statuses.
func failuresDoc(list []*api.Outcome) string {
	var order []string
	statuses := map[string][]string{}
	for _, o := range list {
		if o.Type == nil {
			continue
		}
		detail := link(o.Type)
		if statuses[detail] == nil {
			order = append(order, detail)
		}
		if word := statusWord(o.Status); !slices.Contains(statuses[detail], word) {
			statuses[detail] = append(statuses[detail], word)
		}
	}
	var text strings.Builder
	text.WriteString("Errors are of type [*resilience.Error]")
	for i, detail := range order {
		if i == 0 {
			text.WriteString("; Detail is")
		} else {
			text.WriteString(",")
		}
		text.WriteString(" " + detail)
		if len(list) > 1 || list[0].Status != 0 {
			text.WriteString(" for " + phrase.Enumerate(statuses[detail]))
		}
	}
	return text.String() + "."
}

// link returns a type as a link of doc comments: "[*ErrorList]". Types that have no name are code.
func link(t *api.Type) string {
	switch t.Kind {
	case api.NamedType:
		return "[" + t.Name + "]"
	case api.Pointer:
		return strings.Replace(link(t.Elem), "[", "[*", 1)
	}
	return "`" + gotype.Expression(t, "") + "`"
}

// joinText appends a sentence to a text.
func joinText(text, sentence string) string {
	if text = strings.TrimSpace(text); text == "" {
		return sentence
	}
	return comment.Sentence(text) + " " + sentence
}
