package docpages

import (
	"fmt"
	"strings"
)

// A Block is one fenced block of a page.
type Block struct {
	Line       int    // of the first line of its text, from 1
	Language   string // first word of the info string
	Text       string
	Directives map[string]string // of the comments before it
}

// A Page is what the tests need to know of a page.
type Page struct {
	Fixture string
	Release bool     // commands find a release of the project
	Declare []string // Go declarations
	Blocks  []Block
}

// keys are the directives that a page may have.
var keys = map[string]bool{
	"fixture": true, "release": true, "sh": true, "declare": true, "before": true, "after": true, "file": true,
	"yaml": true, "exit": true, "in": true, "generated": true, "figure": true,
}

// Parse reads a page. It returns an error for a comment with an unknown directive, a block without
// an end and a directive without a block.
func Parse(text string) (Page, error) {
	r := reader{lines: strings.Split(text, "\n")}
	for r.at < len(r.lines) {
		line := r.lines[r.at]
		var err error
		switch trimmed := strings.TrimSpace(line); {
		case strings.HasPrefix(trimmed, "<!--"):
			err = r.comment()
		case strings.HasPrefix(trimmed, "```"):
			err = r.block(line[:len(line)-len(strings.TrimLeft(line, " "))])
		default:
			r.at++
		}
		if err != nil {
			return Page{}, err
		}
	}
	if len(r.pending) > 0 {
		return Page{}, fmt.Errorf("no block follows the directives %v", r.pending)
	}
	return r.page, nil
}

// A reader reads a page line by line.
type reader struct {
	lines   []string
	at      int
	page    Page
	pending map[string]string
}

// comment reads a comment, which may have several lines.
func (r *reader) comment() error {
	begin := r.at
	var text strings.Builder
	for ; r.at < len(r.lines); r.at++ {
		text.WriteString(r.lines[r.at] + "\n")
		if strings.Contains(r.lines[r.at], "-->") {
			r.at++
			body, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(text.String()), "<!--"), "-->")
			return r.directive(begin+1, strings.TrimSpace(body))
		}
	}
	return fmt.Errorf("line %d: the comment has no end", begin+1)
}

func (r *reader) directive(line int, body string) error {
	key, value, _ := strings.Cut(body, ":")
	value = strings.Trim(value, " \n")
	switch {
	case !keys[key]:
		return fmt.Errorf("line %d: unknown directive %q", line, key)
	case key == "fixture":
		r.page.Fixture = value
	case key == "release":
		r.page.Release = true
	case key == "sh":
		r.page.Blocks = append(r.page.Blocks, Block{Line: line, Language: "sh", Text: value + "\n"})
	case key == "declare":
		r.page.Declare = append(r.page.Declare, value)
	default:
		if r.pending == nil {
			r.pending = map[string]string{}
		}
		r.pending[key] = value
	}
	return nil
}

// block reads a fenced block whose lines are indented.
func (r *reader) block(indent string) error {
	language, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(r.lines[r.at]), "```"), " ")
	b := Block{Line: r.at + 2, Language: language, Directives: r.pending}
	r.pending = nil
	var text strings.Builder
	for r.at++; r.at < len(r.lines); r.at++ {
		line := strings.TrimPrefix(r.lines[r.at], indent)
		if strings.TrimSpace(line) == "```" {
			b.Text = text.String()
			r.page.Blocks = append(r.page.Blocks, b)
			r.at++
			return nil
		}
		text.WriteString(line + "\n")
	}
	return fmt.Errorf("line %d: the block has no end", b.Line-1)
}
