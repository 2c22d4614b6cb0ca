package overview

import (
	"strings"

	"github.com/resgen/resgen/generator/comment"
)

// special has the characters that can begin markup in Markdown, with what is written instead. All
// are replaced wherever they occur, so that text of a document is never more than text. Entities
// are used where GitHub looks at text after it has removed backslashes.
var special = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "$", `\$`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "|", "&#124;", "@", "&#64;",
	"://", `\://`, "www.", `www\.`, "WWW.", `WWW\.`, "Www.", `Www\.`,
)

// escape returns text on one line, in which nothing is markup.
func escape(text string) string { return special.Replace(comment.One(text)) }

// code returns text as code on one line. Text that cannot be code in a table is escaped.
func code(text string) string {
	text = comment.One(text)
	if text == "" || strings.ContainsAny(text, "`|\\") {
		return escape(text)
	}
	return "`" + text + "`"
}

// hidden returns text for an HTML comment, which it cannot end.
func hidden(text string) string { return strings.ReplaceAll(text, ">", "&gt;") }
