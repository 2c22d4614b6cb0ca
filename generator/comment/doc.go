// Package comment turns text of a document into the lines of a Go comment.
//
// The text may have several paragraphs, Markdown, HTML and hostile bytes. Headings, lists, tables
// and fenced code become those of Go doc comments, HTML becomes text. The lines have no slashes
// yet. They cannot end the comment, no tool reads them as a directive, and gofmt leaves them
// unchanged.
package comment
