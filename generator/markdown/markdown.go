package markdown

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/comment"
)

// special has the characters that can begin markup in Markdown, with what is written instead. All
// are replaced wherever they occur, so that text of a document is never more than text. Entities
// are used where GitHub looks at text after it has removed backslashes.
var special = []string{
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "$", `\$`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "|", "&#124;", "@", "&#64;",
	"://", `\://`, "www.", `www\.`, "WWW.", `WWW\.`, "Www.", `Www\.`,
}

var (
	inFile    = strings.NewReplacer(special...)
	inComment = strings.NewReplacer(slices.Concat(special, []string{"#", `\#`})...)
)

// Escape returns text on one line, in which nothing is markup.
func Escape(text string) string { return inFile.Replace(comment.One(text)) }

// EscapeComment is like [Escape] for comments on GitHub, in which #1 is markup too.
func EscapeComment(text string) string { return inComment.Replace(comment.One(text)) }

// Code returns text as code on one line. Text that cannot be code in a table is escaped.
func Code(text string) string {
	text = comment.One(text)
	if text == "" || strings.ContainsAny(text, "`|\\") {
		return Escape(text)
	}
	return "`" + text + "`"
}

// Hidden returns text for an HTML comment, which it cannot end.
func Hidden(text string) string { return strings.ReplaceAll(text, ">", "&gt;") }
