// Package markdown writes text of documents into Markdown, where it cannot become markup.
package markdown
