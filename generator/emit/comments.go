package emit

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/resgen/resgen/generator/comment"
)

// doc renders paragraphs as a doc comment; nothing if they are empty. A paragraph that begins with
// a tab is one preformatted line. Text of a document reaches comments only through doc and
// [comments].
func doc(paragraphs ...string) *jen.Statement { return comments(docLines(paragraphs)) }

// comments renders lines that package comment has made.
func comments(lines []string) *jen.Statement {
	if len(lines) == 0 {
		return jen.Null()
	}
	// jennifer prints text that begins with slashes unchanged, newlines included.
	return jen.Comment(comment.Slashes(lines)).Line()
}

// docLines joins the lines of paragraphs, with blank lines between them.
func docLines(paragraphs []string) []string {
	var lines []string
	for _, p := range paragraphs {
		block := comment.Lines(p)
		if strings.HasPrefix(p, "\t") {
			block = []string{"\t" + comment.One(p)}
		}
		lines = appendBlock(lines, block)
	}
	return lines
}

// appendBlock appends a block of lines and a blank line before it.
func appendBlock(lines, block []string) []string {
	if len(block) == 0 {
		return lines
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	return append(lines, block...)
}
