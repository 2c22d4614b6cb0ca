// This file has JSONPath (RFC 9535) over trees, which overlays select with. [parsePath] is the entry, [query.find] the evaluation.
// Of the functions of the RFC it knows length, count, match and search.
package spec

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/tree"
)

// A location is a node that a path selects: the index of an entry in its parent. The root has no parent.
type location struct {
	parent *tree.Node
	index  int
	node   *tree.Node
}

// A query is a parsed path: segments that each turn a list of nodes into another.
type query struct{ segments []segment }

// A segment selects children, or with deep also the children of all descendants.
type segment struct {
	deep      bool
	selectors []selector
}

// A selector adds the children of n that it means.
type selector func(root, n *tree.Node, add func(i int))

// find returns the locations that the query selects, starting at from.
func (q query) find(root, from *tree.Node) []location {
	list := []location{{node: from, index: -1}}
	for _, s := range q.segments {
		var next []location
		for _, at := range list {
			s.apply(root, at.node, &next)
		}
		list = next
	}
	return list
}

func (s segment) apply(root, n *tree.Node, out *[]location) {
	for _, sel := range s.selectors {
		sel(root, n, func(i int) { *out = append(*out, location{n, i, child(n, i)}) })
	}
	if !s.deep {
		return
	}
	for i := range size(n) {
		s.apply(root, child(n, i), out)
	}
}

// size is how many children a node has.
func size(n *tree.Node) int { return len(n.Pairs) + len(n.Items) }

// child returns the i-th value of a mapping or list.
func child(n *tree.Node, i int) *tree.Node {
	if n.Kind == tree.Mapping {
		return n.Pairs[i].Value
	}
	return n.Items[i]
}

func byName(name string) selector {
	return func(_, n *tree.Node, add func(int)) {
		for i, p := range n.Pairs {
			if p.Key == name {
				add(i)
			}
		}
	}
}

func all(_, n *tree.Node, add func(int)) {
	for i := range size(n) {
		add(i)
	}
}

func byIndex(index int) selector {
	return func(_, n *tree.Node, add func(int)) {
		i := index
		if i < 0 {
			i += len(n.Items)
		}
		if i >= 0 && i < len(n.Items) {
			add(i)
		}
	}
}

// bySlice selects from start to end in steps; the defaults depend on the direction (RFC 9535, section 2.3.4.2).
func bySlice(start, end *int, step int) selector {
	return func(_, n *tree.Node, add func(int)) {
		length := len(n.Items)
		bound := func(v *int, fallback, low, high int) int {
			switch {
			case v == nil:
				return fallback
			case *v < 0:
				return min(max(*v+length, low), high)
			}
			return min(max(*v, low), high)
		}
		if step > 0 {
			for i, to := bound(start, 0, 0, length), bound(end, length, 0, length); i < to; i += step {
				add(i)
			}
		}
		if step < 0 {
			for i, to := bound(start, length-1, -1, length-1), bound(end, -1, -1, length-1); i > to; i += step {
				add(i)
			}
		}
	}
}

func byFilter(test func(root, at *tree.Node) bool) selector {
	return func(root, n *tree.Node, add func(int)) {
		for i := range size(n) {
			if test(root, child(n, i)) {
				add(i)
			}
		}
	}
}

// A pathParser reads a path from left to right. The first mistake stops it.
type pathParser struct {
	text string
	at   int
	bad  string
}

// parsePath reads a JSONPath. What it returns beside is what is wrong with it, or "".
func parsePath(text string) (query, string) {
	p := &pathParser{text: strings.TrimSpace(text)}
	if !p.take("$") {
		return query{}, "a path begins with $"
	}
	q := p.segments()
	if p.bad == "" && p.at < len(p.text) {
		p.fail("want a segment")
	}
	return q, p.bad
}

func (p *pathParser) fail(what string) {
	if p.bad == "" {
		p.bad = fmt.Sprintf("%s at character %d", what, p.at+1)
	}
}

// take steps over s if it comes next.
func (p *pathParser) take(s string) bool {
	if !strings.HasPrefix(p.text[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

func (p *pathParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// want steps over s, which must come after white space.
func (p *pathParser) want(s string) {
	if p.space(); !p.take(s) {
		p.fail("want " + s)
	}
}

func (p *pathParser) segments() query {
	var q query
	for p.bad == "" {
		switch {
		case p.take(".."):
			if p.take("[") {
				q.segments = append(q.segments, segment{true, p.bracketed()})
			} else {
				q.segments = append(q.segments, segment{true, p.shorthand()})
			}
		case p.take("."):
			q.segments = append(q.segments, segment{false, p.shorthand()})
		case p.take("["):
			q.segments = append(q.segments, segment{false, p.bracketed()})
		default:
			return q
		}
	}
	return q
}

// shorthand reads what follows a dot: * or a bare name.
func (p *pathParser) shorthand() []selector {
	if p.take("*") {
		return []selector{all}
	}
	if name := p.word(); name != "" {
		return []selector{byName(name)}
	}
	p.fail("want a name or *")
	return nil
}

// word reads a bare name. A hyphen is taken too, because people write x-keys so.
func (p *pathParser) word() string {
	from := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c != '_' && c != '-' && c < 0x80 && !(c >= '0' && c <= '9') && !(c|0x20 >= 'a' && c|0x20 <= 'z') {
			break
		}
		p.at++
	}
	return p.text[from:p.at]
}

// bracketed reads selectors up to the closing bracket.
func (p *pathParser) bracketed() []selector {
	var list []selector
	for p.bad == "" {
		list = append(list, p.selector())
		if p.space(); p.take("]") {
			return list
		}
		p.want(",")
	}
	return nil
}

func (p *pathParser) selector() selector {
	p.space()
	switch {
	case p.take("*"):
		return all
	case p.take("?"):
		return byFilter(p.or())
	case p.next("'\""):
		return byName(p.quoted())
	}
	return p.indexOrSlice()
}

func (p *pathParser) next(set string) bool {
	return p.at < len(p.text) && strings.IndexByte(set, p.text[p.at]) >= 0
}

func (p *pathParser) indexOrSlice() selector {
	start := p.integer()
	if p.space(); !p.take(":") {
		if start == nil {
			p.fail("want a name in quotes, a number, * or ?")
			return all
		}
		return byIndex(*start)
	}
	end, step := p.integer(), 1
	if p.space(); p.take(":") {
		if s := p.integer(); s != nil {
			step = *s
		}
	}
	return bySlice(start, end, step)
}

// integer reads a whole number, nil if none comes.
func (p *pathParser) integer() *int {
	p.space()
	from := p.at
	p.take("-")
	for p.next("0123456789") {
		p.at++
	}
	n, err := strconv.Atoi(p.text[from:p.at])
	if err != nil {
		p.at = from
		return nil
	}
	return &n
}

// quoted reads a string in single or double quotes with the escapes of JSON.
func (p *pathParser) quoted() string {
	quote := p.text[p.at]
	p.at++
	var b strings.Builder
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == quote:
			return b.String()
		case c == '\\' && p.at < len(p.text):
			b.WriteString(p.escape())
		default:
			b.WriteByte(c)
		}
	}
	p.fail("want the closing quote")
	return ""
}

var shortEscapes = map[byte]string{'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", '/': "/", '\\': "\\", '\'': "'", '"': `"`}

func (p *pathParser) escape() string {
	c := p.text[p.at]
	if s, ok := shortEscapes[c]; ok {
		p.at++
		return s
	}
	if c == 'u' && p.at+5 <= len(p.text) {
		if r, err := strconv.ParseUint(p.text[p.at+1:p.at+5], 16, 16); err == nil {
			p.at += 5
			return string(rune(r))
		}
	}
	p.fail("unknown escape")
	return ""
}
