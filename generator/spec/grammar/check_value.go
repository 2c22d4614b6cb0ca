package grammar

// This file checks single values: their form, whether they are among the permitted words, and the
// values in a schema against its type.

import (
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// wants holds the words for the forms of scalars.
var wants = map[form]string{
	word: "text", yesNo: "true or false", amount: "a number", count: "a whole number that is not negative",
	textList:    "a list of text",
	typeOrTypes: "a type or a list of types", exclusive: "true or false",
}

// scalar checks the form of a value that is not a mapping, and that it is a permitted word.
func (c *checker) scalar(m member, p tree.Pair, about subject) {
	n := p.Value
	if m.form == textList && n.Kind == tree.Sequence {
		for _, item := range n.Items {
			c.one(member{form: word, words: m.words}, item, p.Key, about)
		}
		return
	}
	c.one(m, n, p.Key, about)
}

// one checks the form of one value, and that it is a permitted word.
func (c *checker) one(m member, n *tree.Node, key string, about subject) {
	if !c.fits(m.form, n) {
		want := wants[m.form]
		switch {
		case m.form == exclusive && c.in&Newer != 0:
			want = "a number"
		case m.form == typeOrTypes && n.Kind == tree.Sequence:
			c.warn(
				n.Pos, "other-version", about, "a list of types is of OpenAPI 3.1 and later",
				"write one type, and nullable: true for null",
			)
			return
		}
		c.wrongType(n, about, key, want)
		return
	}
	if m.words != nil && !slices.Contains(m.words, n.Text) {
		c.unknownWord(n, key, m.words, about)
	}
}

// unknownWord reports a text that is not one of the words.
func (c *checker) unknownWord(n *tree.Node, key string, words []string, about subject) {
	cure := "it is one of " + node.Join(words)
	if s := diag.Suggest(n.Text, words); s != "" {
		cure = "did you mean " + strconv.Quote(s) + "?"
	}
	c.warn(n.Pos, "unknown-word", about, key+" "+strconv.Quote(n.Text)+" is unknown", cure)
}

// fits reports whether a value has a form.
func (c *checker) fits(f form, n *tree.Node) bool {
	switch f {
	case word:
		return n.Kind == tree.String || n.Kind == tree.Number
	case yesNo:
		return n.Kind == tree.Bool
	case amount:
		return n.Kind == tree.Number
	case count:
		v, ok := n.Float()
		return ok && v >= 0 && v == float64(int64(v))
	case textList:
		return false // the list itself has been checked
	case typeOrTypes:
		return n.Kind == tree.String || n.Kind == tree.Sequence && c.in&Newer != 0
	case exclusive:
		return n.Kind == tree.Number && c.in&Newer != 0 || n.Kind == tree.Bool && c.in&older != 0
	}
	return true
}

// limiting holds the keys that [checker.values] checks.
var limiting = map[string]bool{
	"enum": true, "default": true, "const": true, "pattern": true, "minimum": true, "minLength": true,
	"minItems": true, "minProperties": true, "minContains": true,
}

// values checks enum, const, default, pattern and bounds of a schema against its type and against
// one another.
func (c *checker) values(n *tree.Node, about subject) {
	if !slices.ContainsFunc(n.Pairs, func(p tree.Pair) bool { return limiting[p.Key] }) {
		return
	}
	types := node.Texts(n.Get("type"))
	c.enumValues(n, types, about)
	for _, key := range []string{"default", "const"} {
		if v := n.Get(key); v != nil && !allows(types, v) &&
			!(v.Kind == tree.Null && (node.Bool(
				n, "nullable", node.Bool(n, "x-nullable", false),
			) || key == "default")) {
			c.warn(
				v.Pos, "wrong-value", about, key+" "+v.Describe()+" does not fit type "+strings.Join(types, " or "),
				"",
			)
		}
	}
	if d, enum := n.Get("default"), node.Items(n.Get("enum")); d != nil && len(enum) > 0 && scalar(d) &&
		allows(types, d) &&
		!slices.ContainsFunc(enum, func(e *tree.Node) bool { return scalar(e) && e.Text == d.Text }) &&
		d.Kind != tree.Null {
		c.warn(d.Pos, "wrong-value", about, "default "+d.Describe()+" is none of the values of enum", "")
	}
	c.pattern(n.Get("pattern"), about)
	for _, b := range bounds {
		low, isLow := n.Get(b[0]).Float()
		high, isHigh := n.Get(b[1]).Float()
		if isLow && isHigh && low > high {
			c.warn(
				n.Get(b[0]).Pos, "bounds", about,
				b[0]+" "+n.Get(b[0]).Text+" is greater than "+b[1]+" "+n.Get(b[1]).Text, "no value fits",
			)
		}
	}
}

// bounds holds the pairs of keys for a minimum and a maximum.
var bounds = [][2]string{
	{"minimum", "maximum"}, {"minLength", "maxLength"}, {"minItems", "maxItems"}, {"minProperties", "maxProperties"},
	{"minContains", "maxContains"},
}

func scalar(n *tree.Node) bool { return n.Kind != tree.Mapping && n.Kind != tree.Sequence }

// enumValues checks the values of an enum against the type, and reports values that occur twice.
// The number 1 and the string "1" are two values.
func (c *checker) enumValues(n *tree.Node, types []string, about subject) {
	type value struct{ kind, text string }
	seen := map[value]bool{}
	for _, v := range node.Items(n.Get("enum")) {
		if !allows(types, v) && v.Kind != tree.Null {
			c.warn(
				v.Pos, "wrong-value", about,
				"enum value "+v.Describe()+" does not fit type "+strings.Join(types, " or "), "",
			)
		}
		if !scalar(v) {
			continue
		}
		is := value{node.TypeOf(v), v.Text}
		if seen[is] {
			c.warn(v.Pos, "duplicate-value", about, "enum value "+v.Describe()+" is repeated", "keep one")
		}
		seen[is] = true
	}
}

// allows reports whether one of the types permits the value. Without a type, or with an unknown
// one, any value is permitted.
func allows(types []string, v *tree.Node) bool {
	if len(types) == 0 {
		return true
	}
	for _, t := range types {
		got := node.TypeOf(v)
		whole, isNumber := v.Float()
		switch {
		case !slices.Contains(node.JSONTypes, t) && t != "null", t == got, t == "number" &&
			got == "integer", t == "null" && v.Kind == tree.Null:
			return true
		case t == "integer" && isNumber && whole == float64(int64(whole)):
			return true
		}
	}
	return false
}

// pattern reports a text that is not a regular expression in any dialect. Syntax that Go lacks,
// such as lookahead, is accepted.
func (c *checker) pattern(n *tree.Node, about subject) {
	if n == nil || n.Kind != tree.String || strings.Contains(n.Text, "[]") || strings.Contains(n.Text, "[^]") {
		return
	}
	_, err := syntax.Parse(n.Text, syntax.Perl)
	broken, ok := err.(*syntax.Error)
	if !ok {
		return
	}
	switch broken.Code {
	case syntax.ErrMissingBracket, syntax.ErrMissingParen, syntax.ErrUnexpectedParen, syntax.ErrMissingRepeatArgument,
		syntax.ErrTrailingBackslash,
		syntax.ErrInvalidCharRange, syntax.ErrInvalidRepeatOp:
		what := "pattern " + n.Describe() + " is not a regular expression: " + broken.Code.String()
		c.warn(n.Pos, "pattern", about, what, "")
	}
}
