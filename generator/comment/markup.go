package comment

import (
	"html"
	"regexp"
	"strconv"
	"strings"
)

// plain replaces HTML, and the links and emphasis of Markdown. Paragraphs, headings, lists, tables
// and code of HTML become those of Markdown. Fenced code does not change.
func plain(text string) string {
	if !strings.ContainsAny(text, "<&") && !strings.Contains(text, "](") && !strings.Contains(text, "**") {
		return text
	}
	var out, prose strings.Builder
	end := ""
	for line := range strings.Lines(text) {
		m := fence.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		switch {
		case end == "" && m == nil:
			prose.WriteString(line)
			continue
		case end == "":
			end = m[1]
		case m != nil && strings.HasPrefix(m[1], end):
			end = ""
		}
		out.WriteString(convert(prose.String()))
		prose.Reset()
		out.WriteString(line)
	}
	out.WriteString(convert(prose.String()))
	return out.String()
}

// markup matches what convert replaces. Inline code comes first, because its text stays unchanged.
var markup = regexp.MustCompile("`[^`\n]+`" +
	`|(?s:<!--.*?-->)` +
	`|(?i)</?(?:a|abbr|b|big|blockquote|body|br|center|cite|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr` +
	`|html|i|img|ins|kbd|li|mark|ol|p|pre|q|s|samp|section|small|span|strike|strong|sub|summary|sup|table` +
	`|tbody|td|tfoot|th|thead|tr|tt|u|ul|var)(?:\s[^<>]*)?/?>` +
	`|!?\[[^\[\]]*\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"]*")?\)` +
	`|\*\*[^\s*][^*\n]*\*\*`)

var (
	tagName = regexp.MustCompile(`^</?([A-Za-z][A-Za-z0-9]*)`)
	link    = regexp.MustCompile(`(?s)^!?\[(.*)\]\(([^\s]*?)(?:\s+"[^"]*")?\)$`)
)

// attribute returns the value of the named attribute of a tag.
func attribute(tag, name string) string {
	m := regexp.MustCompile(`(?i)\s` + name + `\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return html.UnescapeString(strings.Trim(m[1], `"'`))
}

// convert replaces the markup of prose.
func convert(prose string) string {
	if prose == "" {
		return ""
	}
	var c converter
	from := 0
	for _, at := range markup.FindAllStringIndex(prose, -1) {
		c.text(prose[from:at[0]])
		c.replace(prose[at[0]:at[1]])
		from = at[1]
	}
	c.text(prose[from:])
	return c.out.String()
}

// A converter writes text and remembers which elements are open.
type converter struct {
	out    strings.Builder
	lists  []int  // per open list the number of its last item; -1: it has bullets
	tables int    // open tables
	pre    bool   // in preformatted text
	target string // of the open link
	linked int    // where its text begins in out
}

// text writes text between tags.
func (c *converter) text(s string) {
	s = html.UnescapeString(s)
	if c.tables > 0 {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	c.out.WriteString(s)
}

// replace writes what a match of markup becomes.
func (c *converter) replace(match string) {
	switch {
	case strings.HasPrefix(match, "`"):
		c.out.WriteString(match)
	case strings.HasPrefix(match, "<!--"):
	case strings.HasPrefix(match, "<"):
		c.tag(strings.ToLower(tagName.FindStringSubmatch(match)[1]), match, strings.HasPrefix(match, "</"))
	case strings.HasPrefix(match, "*"):
		c.text(strings.Trim(match, "*"))
	default:
		m := link.FindStringSubmatch(match)
		c.out.WriteString(linkText(convert(m[1]), m[2], strings.HasPrefix(match, "!")))
	}
}

// linkText returns the text of a link and its target, as far as the target is useful outside of the
// document.
func linkText(text, target string, image bool) string {
	switch {
	case image, target == "", target == strings.TrimSpace(text), strings.HasPrefix(target, "#"):
		return text
	case strings.TrimSpace(text) == "":
		return target
	}
	return text + " (" + target + ")"
}

// tag writes what a tag becomes.
func (c *converter) tag(name, tag string, closing bool) {
	switch name {
	case "pre":
		c.setPre(!closing)
	case "a":
		c.anchor(tag, closing)
	case "br", "hr":
		c.newline(name == "hr")
	case "p", "div", "blockquote", "section", "details", "summary", "dl", "dt", "dd", "center":
		c.newline(true)
	case "h1", "h2", "h3", "h4", "h5", "h6":
		c.newline(true)
		if !closing && c.tables == 0 {
			c.out.WriteString("# ")
		}
	case "ul", "ol":
		c.list(name, closing)
	case "li":
		c.item(closing)
	case "table", "tr", "td", "th":
		c.cell(name, closing)
	case "code", "tt", "kbd", "samp":
		if !c.pre {
			c.out.WriteString("`")
		}
	case "img":
		c.text(attribute(tag, "alt"))
	}
}

// newline writes a line break, or a blank line. The text of an item stays on the line of its mark,
// and a table row on one line.
func (c *converter) newline(blank bool) {
	switch so := c.out.String(); {
	case c.tables > 0:
		c.out.WriteByte(' ')
	case strings.HasSuffix(so, "\n- ") || strings.HasSuffix(so, ". ") && len(c.lists) > 0:
	case blank && !c.pre:
		c.out.WriteString("\n\n")
	default:
		c.out.WriteByte('\n')
	}
}

func (c *converter) setPre(open bool) {
	if c.pre != open && c.tables == 0 {
		c.pre = open
		c.out.WriteString("\n```\n")
	}
}

func (c *converter) anchor(tag string, closing bool) {
	if !closing {
		c.target, c.linked = attribute(tag, "href"), c.out.Len()
		return
	}
	text := c.out.String()[min(c.linked, c.out.Len()):]
	c.out.WriteString(strings.TrimPrefix(linkText(text, c.target, false), text))
	c.target = ""
}

func (c *converter) list(name string, closing bool) {
	switch {
	case closing && len(c.lists) > 0:
		c.lists = c.lists[:len(c.lists)-1]
	case !closing && name == "ol":
		c.lists = append(c.lists, 0)
	case !closing:
		c.lists = append(c.lists, -1)
	}
	if c.tables == 0 {
		c.out.WriteString("\n\n")
	}
}

func (c *converter) item(closing bool) {
	last := len(c.lists) - 1
	switch {
	case c.tables > 0:
		c.out.WriteByte(' ')
	case closing:
		c.out.WriteByte('\n')
	case last >= 0 && c.lists[last] >= 0:
		c.lists[last]++
		c.out.WriteString("\n" + strconv.Itoa(c.lists[last]) + ". ")
	default:
		c.out.WriteString("\n- ")
	}
}

// cell writes the marks of tables. Text of cells is on one line.
func (c *converter) cell(name string, closing bool) {
	switch {
	case name == "table" && closing:
		c.tables = max(0, c.tables-1)
		c.out.WriteString("\n\n")
	case name == "table":
		c.tables++
		c.out.WriteString("\n\n")
	case c.tables != 1:
		c.out.WriteByte(' ')
	case name == "tr" && !closing:
		c.out.WriteString("\n|")
	case name == "tr":
		c.out.WriteByte('\n')
	case closing:
		c.out.WriteString(" |")
	default:
		c.out.WriteByte(' ')
	}
}
