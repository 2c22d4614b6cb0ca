package spec

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/resgen/resgen/resilience/tree"
)

// A test is a logical expression of a filter about the node at.
type test = func(root, at *tree.Node) bool

// An operand is one side of a comparison: a value, or nothing where a path leads nowhere.
type operand func(root, at *tree.Node) (*tree.Node, bool)

func (p *pathParser) or() test {
	left := p.and()
	for p.space(); p.bad == "" && p.take("||"); p.space() {
		l, r := left, p.and()
		left = func(root, at *tree.Node) bool { return l(root, at) || r(root, at) }
	}
	return left
}

func (p *pathParser) and() test {
	left := p.basic()
	for p.space(); p.bad == "" && p.take("&&"); p.space() {
		l, r := left, p.basic()
		left = func(root, at *tree.Node) bool { return l(root, at) && r(root, at) }
	}
	return left
}

// basic reads a negation, parentheses, a test of existence or a comparison.
func (p *pathParser) basic() test {
	p.space()
	switch {
	case p.take("!") && !p.next("="):
		inner := p.basic()
		return func(root, at *tree.Node) bool { return !inner(root, at) }
	case p.take("("):
		inner := p.or()
		p.want(")")
		return inner
	case p.take("match("):
		return p.pattern(true)
	case p.take("search("):
		return p.pattern(false)
	}
	left, path := p.operand()
	p.space()
	for _, op := range []string{"==", "!=", "<=", ">=", "<", ">"} {
		if p.take(op) {
			right, _ := p.operand()
			return comparison(op, left, right)
		}
	}
	if !path {
		p.fail("want a comparison")
	}
	return func(root, at *tree.Node) bool { _, ok := left(root, at); return ok }
}

// pattern reads the arguments of match (the whole text) or search (a part of it).
func (p *pathParser) pattern(whole bool) test {
	value, _ := p.operand()
	p.want(",")
	if p.space(); !p.next("'\"") {
		p.fail("want a pattern in quotes")
		return nil
	}
	text := p.quoted()
	p.want(")")
	if whole {
		text = "^(?:" + text + ")$"
	}
	re, err := regexp.Compile(text)
	if err != nil {
		p.fail("want a regular expression")
		return nil
	}
	return func(root, at *tree.Node) bool {
		n, ok := value(root, at)
		return ok && n.Kind == tree.String && re.MatchString(n.Text)
	}
}

// operand reads a literal, a path or length(…) and count(…), and reports whether it is a path.
func (p *pathParser) operand() (operand, bool) {
	p.space()
	switch {
	case p.take("length("):
		return p.measure(length), false
	case p.take("count("):
		return p.count(), false
	case p.next("@$"):
		return p.path(), true
	case p.next("'\""):
		return constant(&tree.Node{Kind: tree.String, Text: p.quoted()}), false
	case p.next("-0123456789"):
		return p.number(), false
	}
	for word, kind := range words {
		if p.take(word) {
			return constant(&tree.Node{Kind: kind, Text: word}), false
		}
	}
	p.fail("want a value")
	return constant(nil), false
}

// words are the literals that are neither text nor number.
var words = map[string]tree.Kind{"true": tree.Bool, "false": tree.Bool, "null": tree.Null}

func constant(n *tree.Node) operand {
	return func(*tree.Node, *tree.Node) (*tree.Node, bool) { return n, n != nil }
}

func (p *pathParser) number() operand {
	from := p.at
	for p.next("-+.0123456789eE") {
		p.at++
	}
	if _, err := strconv.ParseFloat(p.text[from:p.at], 64); err != nil {
		p.fail("want a number")
	}
	return constant(&tree.Node{Kind: tree.Number, Text: p.text[from:p.at]})
}

// query reads a path within a filter: from the node itself (@) or the root ($).
func (p *pathParser) query() func(root, at *tree.Node) []location {
	relative := p.text[p.at] == '@'
	p.at++
	q := p.segments()
	return func(root, at *tree.Node) []location {
		if !relative {
			at = root
		}
		return q.find(root, at)
	}
}

// path reads a path whose first hit is the value.
func (p *pathParser) path() operand {
	find := p.query()
	return func(root, at *tree.Node) (*tree.Node, bool) {
		hits := find(root, at)
		if len(hits) == 0 {
			return nil, false
		}
		return hits[0].node, true
	}
}

func (p *pathParser) measure(of func(*tree.Node) (int, bool)) operand {
	value, _ := p.operand()
	p.want(")")
	return func(root, at *tree.Node) (*tree.Node, bool) {
		n, ok := value(root, at)
		if !ok {
			return nil, false
		}
		size, ok := of(n)
		return &tree.Node{Kind: tree.Number, Text: strconv.Itoa(size)}, ok
	}
}

// length is the number of characters of a text, or of children.
func length(n *tree.Node) (int, bool) {
	switch n.Kind {
	case tree.String:
		return utf8.RuneCountInString(n.Text), true
	case tree.Sequence, tree.Mapping:
		return size(n), true
	}
	return 0, false
}

func (p *pathParser) count() operand {
	p.space()
	if !p.next("@$") {
		p.fail("want a path")
		return constant(nil)
	}
	find := p.query()
	p.want(")")
	return func(root, at *tree.Node) (*tree.Node, bool) {
		return &tree.Node{Kind: tree.Number, Text: strconv.Itoa(len(find(root, at)))}, true
	}
}

// comparison compares as RFC 9535, section 2.3.5.2.2, has it: nothing equals only nothing, and only numbers and texts have an order.
func comparison(op string, left, right operand) test {
	return func(root, at *tree.Node) bool {
		l, lok := left(root, at)
		r, rok := right(root, at)
		equal := !lok && !rok || lok && rok && sameValue(l, r)
		order, ordered := 0, false
		if lok && rok {
			order, ordered = compare(l, r)
		}
		switch op {
		case "==":
			return equal
		case "!=":
			return !equal
		case "<":
			return ordered && order < 0
		case ">":
			return ordered && order > 0
		case "<=":
			return equal || ordered && order < 0
		}
		return equal || ordered && order > 0
	}
}

func sameValue(a, b *tree.Node) bool {
	if x, ok := a.Float(); ok {
		y, ok := b.Float()
		return ok && x == y
	}
	return a.Kind == b.Kind && string(a.JSON()) == string(b.JSON())
}

// compare orders two numbers or two texts.
func compare(a, b *tree.Node) (int, bool) {
	x, xok := a.Float()
	y, yok := b.Float()
	if xok && yok {
		return cmp.Compare(x, y), true
	}
	if a.Kind == tree.String && b.Kind == tree.String {
		return strings.Compare(a.Text, b.Text), true
	}
	return 0, false
}
