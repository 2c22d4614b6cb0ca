package tree

import (
	"strconv"

	"github.com/resgen/resgen/resilience/diag"
)

// flow reads a list or mapping in brackets.
func (y *yamlReader) flow(p props) *Node {
	if y.peek() == '[' {
		return y.anchored(p, func() *Node { return y.nested(y.flowList) })
	}
	return y.anchored(p, func() *Node { return y.nested(y.flowMap) })
}

// open steps over the bracket at the next byte and returns an empty node.
func (y *yamlReader) open(k Kind) *Node {
	n := y.node(k, y.pos())
	y.at++
	y.flowSkip()
	return n
}

// flowSkip goes to the next content within brackets.
func (y *yamlReader) flowSkip() {
	if y.skip(); y.end() {
		y.fail(y.pos(), "a bracket is not closed before the end of the document", "close it")
	}
}

// flowMore steps over a comma, or over the bracket that closes the collection, and reports whether an entry follows.
func (y *yamlReader) flowMore(closing byte) bool {
	y.flowSkip()
	switch y.peek() {
	case closing:
		y.at++
		return false
	case ',':
		y.at++
		y.flowSkip()
		if y.peek() == closing {
			y.at++
			return false
		}
		return true
	}
	y.fail(y.pos(), "want a comma or "+strconv.QuoteRune(rune(closing))+", got "+strconv.Quote(y.char()), "")
	return false
}

// char returns the character at the next byte.
func (y *yamlReader) char() string {
	for _, r := range y.src[y.at:] {
		return string(r)
	}
	return ""
}

func (y *yamlReader) flowList() *Node {
	list := y.open(Sequence)
	if y.peek() == ']' {
		y.at++
		return list
	}
	for {
		list.Items = append(list.Items, y.flowItem())
		if !y.flowMore(']') {
			return list
		}
	}
}

// flowItem reads an item of a list in brackets; "key: value" is a mapping of one entry.
func (y *yamlReader) flowItem() *Node {
	at := y.pos()
	if y.indicator('?') || y.colon(false) {
		return y.nested(func() *Node { return y.single(at) })
	}
	if y.peek() == ',' {
		y.fail(at, "a list has nothing before a comma", "delete one of the commas")
	}
	line, quoted := y.line, y.peek() == '"' || y.peek() == '\''
	n := y.flowNode()
	if y.space(); y.line != line || !y.colon(quoted || n.Kind == Mapping || n.Kind == Sequence) {
		return n
	}
	m := y.node(Mapping, at)
	y.deeper(1)
	m.Pairs = []Pair{{Key: y.scalarOnly(at, n).Text, KeyPos: at, Value: y.flowValue()}}
	return m
}

// single reads an entry that starts with "?" or ":" as a mapping of its own.
func (y *yamlReader) single(at diag.Position) *Node {
	m := y.node(Mapping, at)
	pair, _ := y.flowEntry()
	m.Pairs = []Pair{pair}
	return m
}

func (y *yamlReader) flowMap() *Node {
	m := y.open(Mapping)
	if y.peek() == '}' {
		y.at++
		return m
	}
	var merges []Pair
	for {
		pair, merging := y.flowEntry()
		if merging {
			merges = append(merges, pair)
		}
		m.Pairs = append(m.Pairs, pair)
		if !y.flowMore('}') {
			m.Pairs = y.merged(unique(m.Pairs, &y.found), merges)
			return m
		}
	}
}

// flowEntry reads a key, and its value if it has one, and reports whether the key is a merge key.
func (y *yamlReader) flowEntry() (Pair, bool) {
	if y.indicator('?') {
		y.at++
		y.flowSkip()
	}
	at := y.pos()
	c := y.peek()
	if y.colon(false) || c == ',' {
		y.fail(at, "a key is missing before "+strconv.QuoteRune(rune(c)), "")
	}
	n := y.scalarOnly(at, y.flowNode())
	text := n.Text
	if c != '"' && c != '\'' && n.Kind != String && n.Pos == at {
		text = y.raw // null, true and numbers as they are written
	}
	pair := Pair{Key: text, KeyPos: at}
	y.flowSkip()
	if y.colon(c == '"' || c == '\'') {
		pair.Value = y.flowValue()
	} else {
		pair.Value = y.scalar(y.pos(), "", false, props{})
	}
	return pair, c == '<' && text == mergeKey
}

// flowValue reads what follows the colon at the next byte.
func (y *yamlReader) flowValue() *Node {
	y.at++
	y.flowSkip()
	return y.flowNode()
}

// colon reports whether a colon that ends a key stands at the next byte. After a quoted key it needs no white space.
func (y *yamlReader) colon(quoted bool) bool {
	return y.peek() == ':' && (quoted || y.blank(y.at+1) || isFlow(y.peekAt(y.at+1)))
}

// isFlow reports whether c ends a plain text within brackets.
func isFlow(c byte) bool { return c == ',' || c == '[' || c == ']' || c == '{' || c == '}' }

// flowNode reads a node within brackets. It may be empty.
func (y *yamlReader) flowNode() *Node {
	var p props
	for c := y.peek(); c == '&' || c == '!'; c = y.peek() {
		p = p.join(y, y.property())
		y.flowSkip()
	}
	at := y.pos()
	switch c := y.peek(); {
	case c == '*':
		return y.alias(p)
	case c == '[' || c == '{':
		return y.flow(p)
	case c == '"' || c == '\'':
		return y.scalar(at, y.quoted(), true, p)
	case isFlow(c) || y.colon(false):
		return y.scalar(at, "", false, p)
	}
	return y.scalar(at, y.plain(-1, true), false, p)
}
