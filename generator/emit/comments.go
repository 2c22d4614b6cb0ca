package emit

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/comment"
)

// doc renders paragraphs as the lines of a doc comment. Text of a document reaches comments only through it and [comments].
// A paragraph that begins with a tab is one preformatted line. Without any text it renders nothing.
func doc(paragraphs ...string) *jen.Statement { return comments(docLines(paragraphs)) }

// comments renders finished lines of package comment.
func comments(lines []string) *jen.Statement {
	if len(lines) == 0 {
		return jen.Null()
	}
	// With its slashes in place jennifer prints the text as it is, newlines too.
	return jen.Comment(comment.Slashes(lines)).Line()
}

// docLines joins the lines of paragraphs with blank ones between.
func docLines(paragraphs []string) []string {
	var lines []string
	for _, p := range paragraphs {
		block := comment.Lines(p)
		if strings.HasPrefix(p, "\t") {
			block = []string{"\t" + comment.One(p)}
		}
		if len(block) == 0 {
			continue
		}
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, block...)
	}
	return lines
}
