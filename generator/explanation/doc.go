// Package explanation shows the policies of api.APIs with the source of each value and what a call
// can cost at most, as data for JSON, as tables for a terminal and as Markdown.
package explanation
