package tree

import (
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// A place says what may stand where a block node is read.
type place struct {
	collection bool // a list or mapping may start on this line: after a dash, not after a key
	value      bool // the node is the value of a key, so that a list may stand at the key's own column
}

// block reads the node that follows a key, a dash or the start of the document. The collection around it stands at column n, -1 for none.
func (y *yamlReader) block(n int, at place) *Node {
	missing, from, col := y.pos(), y.at, -1
	var outer, inner props // those on lines before the content, and on its own line
	for {
		line := y.line
		y.skip()
		if y.line != line || y.end() {
			outer, inner = outer.join(y, inner), props{}
			if !y.inside(n, at) {
				return y.scalar(missing, "", false, outer)
			}
			at.collection, from, col = true, y.content, -1
		}
		if col < 0 {
			col = y.at - y.start
		}
		if c := y.peek(); c != '&' && c != '!' {
			break
		}
		inner = inner.join(y, y.property())
	}
	if y.opensCollection() {
		y.mayOpen(at, strings.Contains(y.src[from:y.at], "\t"))
		return y.collection(n, col, outer, inner)
	}
	return y.leaf(n, outer.join(y, inner))
}

// inside reports whether the line of the next byte belongs to a node within a collection at column n.
func (y *yamlReader) inside(n int, at place) bool {
	col := y.column()
	return col > n || at.value && col >= 0 && col == n && y.indicator('-')
}

// opensCollection reports whether a list, a mapping or a key stands at the next byte.
func (y *yamlReader) opensCollection() bool {
	return y.indicator('-') || y.indicator('?') || y.indicator(':') || y.keyAhead()
}

// mayOpen stops where no collection may start.
func (y *yamlReader) mayOpen(at place, tab bool) {
	switch {
	case !at.collection && y.indicator('-'):
		y.fail(y.pos(), "a list starts on the line of its key", "start it on the next line")
	case !at.collection:
		y.fail(y.pos(), "a mapping starts on the line of its key", "start it on the next line, or put the text in quotes")
	case tab:
		y.fail(y.pos(), "a tab indents this line", "use spaces")
	}
}

// collection reads the list or mapping at column col.
func (y *yamlReader) collection(n, col int, outer, inner props) *Node {
	if !y.indicator('-') {
		return y.anchored(outer, func() *Node { return y.nested(func() *Node { return y.mapping(col, inner) }) })
	}
	if inner != (props{}) {
		y.fail(y.pos(), "a list starts on the line of its anchor or tag", "start it on the next line")
	}
	return y.anchored(outer, func() *Node { return y.nested(func() *Node { return y.sequence(n, col) }) })
}

// leaf reads what is no collection by indentation.
func (y *yamlReader) leaf(n int, p props) *Node {
	switch y.peek() {
	case '*':
		return y.alias(p)
	case '|', '>':
		return y.literal(n, p)
	case '[', '{':
		return y.flow(p)
	case '"', '\'':
		at := y.pos()
		return y.scalar(at, y.quoted(), true, p)
	}
	at := y.pos()
	return y.scalar(at, y.plain(n, false), false, p)
}

// another goes to the next entry of a collection at column col and reports whether there is one.
func (y *yamlReader) another(col int) bool {
	y.finish()
	switch at := y.column(); {
	case at < col:
		return false
	case y.at != y.content:
		y.fail(y.pos(), "a tab indents this line", "use spaces")
	case at > col:
		y.fail(y.pos(), "this line is indented more than the entries before it", "indent it like them")
	}
	return true
}

// sequence reads the list at column col within a collection at column n.
func (y *yamlReader) sequence(n, col int) *Node {
	list := y.node(Sequence, y.pos())
	for {
		y.at++
		list.Items = append(list.Items, y.block(col, place{collection: true}))
		if !y.another(col) || col == n && !y.indicator('-') {
			return list
		}
		if !y.indicator('-') {
			y.fail(y.pos(), "want a list item, got "+y.here(), "start the line with a dash and a space, or indent it less")
		}
	}
}

// mapping reads the mapping at column col. The first key has the properties first.
func (y *yamlReader) mapping(col int, first props) *Node {
	m := y.node(Mapping, y.pos())
	var merges []Pair
	for {
		pair, merging := y.entry(col, first)
		if merging {
			merges = append(merges, pair)
		}
		m.Pairs = append(m.Pairs, pair)
		first = props{}
		if !y.another(col) {
			m.Pairs = y.merged(unique(m.Pairs, &y.found), merges)
			return m
		}
	}
}

// entry reads one key and its value, and reports whether the key is a merge key.
func (y *yamlReader) entry(col int, p props) (Pair, bool) {
	for y.peek() == '&' || y.peek() == '!' {
		p = p.join(y, y.property())
		y.space()
	}
	if y.indicator('?') {
		return y.explicit(col, p), false
	}
	if !y.keyAhead() {
		y.noKey()
	}
	pair := Pair{KeyPos: y.pos()}
	merging := strings.HasPrefix(y.src[y.at:], mergeKey) && p.tag == ""
	pair.Key = y.anchored(p, y.key).Text
	y.space()
	y.at++ // the colon
	pair.Value = y.block(col, place{value: true})
	return pair, merging && pair.Key == mergeKey
}

// noKey stops where a key is wanted.
func (y *yamlReader) noKey() {
	switch got := y.here(); {
	case y.indicator('-'):
		y.fail(y.pos(), "a list item stands among keys", "indent it more than the key it belongs to, or delete the dash")
	case y.indicator(':'):
		y.fail(y.pos(), "a key is missing before ':'", "")
	default:
		y.fail(y.pos(), "want a key, got "+got, "write a colon and a space after a key")
	}
}

// key reads a key on one line.
func (y *yamlReader) key() *Node {
	at := y.pos()
	switch y.peek() {
	case '*':
		return y.scalarOnly(at, y.alias(props{}))
	case '"', '\'':
		return y.scalar(at, y.quoted(), true, props{})
	case '[', '{':
		return y.scalarOnly(at, y.flow(props{}))
	}
	from := y.at
	y.at = y.plainEnd(from, false) // whatever it looks like, it is text
	return y.text(at, y.src[from:y.at])
}

// scalarOnly stops if a key is a collection.
func (y *yamlReader) scalarOnly(at diag.Position, n *Node) *Node {
	if n.Kind == Mapping || n.Kind == Sequence {
		y.fail(at, "a key is a list or a mapping", "keys are text")
	}
	return n
}

// explicit reads "? key" and, if it follows at the same column, ": value".
func (y *yamlReader) explicit(col int, p props) Pair {
	y.at++
	y.space()
	at := y.pos()
	k := y.scalarOnly(at, y.anchored(p, func() *Node { return y.block(col, place{collection: true}) }))
	pair := Pair{Key: k.Text, KeyPos: k.Pos}
	y.finish()
	if y.column() != col || !y.indicator(':') {
		pair.Value = y.scalar(y.pos(), "", false, props{})
		return pair
	}
	y.at++
	pair.Value = y.block(col, place{collection: true, value: true})
	return pair
}

// keyAhead reports whether a key with its colon stands at the next byte, on this line.
func (y *yamlReader) keyAhead() bool {
	i := y.at
	switch c := y.peek(); c {
	case '"', '\'':
		i = y.quotedEnd(i)
	case '[', '{':
		i = y.bracketEnd(i)
	case '*':
		i = y.nameEnd(i + 1)
	case '|', '>', '%', '@', '`', ',', ']', '}', '#':
		return false
	default:
		i = y.plainEnd(i, false)
	}
	for i < len(y.src) && (y.src[i] == ' ' || y.src[i] == '\t') {
		i++
	}
	return i > y.at && y.peekAt(i) == ':' && y.blank(i+1)
}

// quotedEnd returns the offset after the quoted text at i, or that of the end of the line.
func (y *yamlReader) quotedEnd(i int) int {
	q, line := y.src[i], y.lineEnd(i)
	for i++; i < line; i++ {
		switch c := y.src[i]; {
		case c == '\\' && q == '"':
			i++
		case c == q && q == '\'' && y.peekAt(i+1) == q:
			i++
		case c == q:
			return i + 1
		}
	}
	return line
}

// bracketEnd returns the offset after the brackets at i, or that of the end of the line.
func (y *yamlReader) bracketEnd(i int) int {
	line, open := y.lineEnd(i), 0
	for i < line {
		switch y.src[i] {
		case '"', '\'':
			i = y.quotedEnd(i)
			continue
		case '[', '{':
			open++
		case ']', '}':
			open--
		}
		if i++; open == 0 {
			return i
		}
	}
	return line
}
