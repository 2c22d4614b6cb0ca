package grammar

// This file holds the rules about several keys of one object, which the tables of the grammar
// cannot express.

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/pathtemplate"
	"github.com/resgen/resgen/resilience/tree"
)

// A rule checks one object of a kind; at is the position of its key.
type rule func(c *checker, n *tree.Node, at diag.Position, about subject)

// rules holds the rules of kinds.
var rules = map[kind]rule{
	kSchema:    (*checker).schemaRule,
	kParameter: (*checker).parameterRule,
	kHeader:    (*checker).headerRule,
	kItems:     (*checker).itemsRule,
	kServer:    (*checker).serverRule,
	kVariable:  (*checker).variableRule,
	kScheme:    (*checker).schemeRule,
	kPaths:     (*checker).pathsRule,
}

func (c *checker) schemaRule(n *tree.Node, at diag.Position, about subject) {
	c.values(n, about)
	c.array(n, at, about)
	seen := map[string]bool{}
	for _, item := range node.Items(n.Get("required")) {
		if seen[item.Text] {
			c.warn(item.Pos, "duplicate-value", about, "required names "+strconv.Quote(item.Text)+" twice", "keep one")
		}
		seen[item.Text] = true
	}
}

// array reports a list without items.
func (c *checker) array(n *tree.Node, at diag.Position, about subject) {
	if c.in&older != 0 && node.Text(n, "type") == "array" && n.Get("items") == nil {
		c.warn(at, "missing-key", about, "an array has no items", "add the key items:")
	}
}

// parameterRule checks one parameter.
func (c *checker) parameterRule(n *tree.Node, at diag.Position, about subject) {
	in := n.Get("in")
	words := []string{"path", "query", "header", "cookie"}
	if c.in == V20 {
		words = []string{"path", "query", "header", "formData", "body"}
	}
	if c.in == V32 {
		words = append(words, "querystring")
	}
	if in != nil && !slices.Contains(words, in.Text) {
		c.unknownWord(in, "in", words, about)
		return
	}
	place := node.Text(n, "in")
	switch required := n.Get("required"); {
	case place != "path":
	case required == nil:
		c.warn(at, "path-parameter", about, "a path parameter is not marked as required", "add required: true")
	case required.Text == "false":
		c.warn(required.Pos, "path-parameter", about, "a path parameter cannot be optional", "write true")
	}
	if c.in == V20 {
		c.parameter2(n, place, at, about)
		return
	}
	if place == "querystring" && n.Get("content") == nil {
		c.warn(at, "parameter-schema", about, "a querystring has no content", "add the key content: with a media type")
		return
	}
	style := n.Get("style")
	if style != nil && Styles[place] != nil && !slices.Contains(Styles[place], style.Text) {
		c.warn(
			style.Pos, "style", about, "style "+strconv.Quote(style.Text)+" does not exist in "+place,
			"the styles are "+node.Join(Styles[place]),
		)
	}
	c.described(n, at, about)
}

// described reports a parameter or header of OpenAPI 3 that does not have exactly one of schema and
// content.
func (c *checker) described(n *tree.Node, at diag.Position, about subject) {
	schema, content := n.Get("schema"), n.Get("content")
	switch {
	case schema != nil && content != nil:
		c.warn(at, "parameter-schema", about, "has both schema and content", "keep one")
	case schema == nil && content == nil:
		c.warn(at, "missing-key", about, "has neither schema nor content", "add the key schema:")
	case content != nil && len(content.Pairs) > 1:
		c.warn(content.Pos, "parameter-schema", about, "content has more than one media type", "keep one")
	}
}

// parameter2 checks a parameter of Swagger 2.0, which is its own schema unless it is a body.
func (c *checker) parameter2(n *tree.Node, place string, at diag.Position, about subject) {
	switch {
	case place == "body" && n.Get("schema") == nil:
		c.warn(at, "missing-key", about, "a body has no schema", "add the key schema:")
	case place != "body" && place != "" && n.Get("type") == nil && n.Get("schema") == nil:
		c.warn(at, "missing-key", about, "has no type", "add the key type:")
	}
	c.itemsRule(n, at, about)
}

// itemsRule checks an object that is its own schema in Swagger 2.0.
func (c *checker) itemsRule(n *tree.Node, at diag.Position, about subject) {
	c.values(n, about)
	c.array(n, at, about)
}

func (c *checker) headerRule(n *tree.Node, at diag.Position, about subject) {
	switch {
	case c.in != V20:
		c.described(n, at, about)
	case n.Get("type") == nil:
		c.warn(at, "missing-key", about, "has no type", "add the key type:")
	default:
		c.itemsRule(n, at, about)
	}
}

// serverRule compares the variables of a URL with those that are defined.
func (c *checker) serverRule(n *tree.Node, _ diag.Position, about subject) {
	url := n.Get("url")
	if url == nil {
		return
	}
	template, _ := pathtemplate.Parse(url.Text)
	names := template.Names()
	defined := node.Pairs(n.Get("variables"))
	var known []string
	for _, p := range defined {
		known = append(known, p.Key)
	}
	meant := map[string]bool{}
	for _, name := range names {
		if slices.Contains(known, name) {
			continue
		}
		cure := "define it under variables"
		if s := diag.Suggest(name, known); s != "" {
			cure, meant[s] = "did you mean {"+s+"}?", true
		}
		c.warn(url.Pos, "server-variable", about, "{"+name+"} of the server's URL is not defined", cure)
	}
	for _, p := range defined {
		if !slices.Contains(names, p.Key) && !meant[p.Key] && !node.IsExtension(p.Key) {
			c.warn(
				p.KeyPos, "server-variable", subject{"server variable", p.Key}, "the URL does not have it",
				"write {"+p.Key+"} into the URL, or delete it",
			)
		}
	}
}

func (c *checker) variableRule(n *tree.Node, _ diag.Position, about subject) {
	d, enum := n.Get("default"), node.Texts(n.Get("enum"))
	if d != nil && len(enum) > 0 && !slices.Contains(enum, d.Text) {
		c.warn(d.Pos, "wrong-value", about, "default "+d.Describe()+" is none of the values of enum", "")
	}
}

// schemeKeys holds the keys that security schemes require by type.
var schemeKeys = map[string]map[string]Edition{
	"apiKey":        {"name": every, "in": every},
	"http":          {"scheme": v3},
	"oauth2":        {"flows": v3, "flow": V20, "scopes": V20},
	"openIdConnect": {"openIdConnectUrl": v3},
}

func (c *checker) schemeRule(n *tree.Node, at diag.Position, about subject) {
	t := n.Get("type")
	if t == nil {
		return
	}
	words := []string{"apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"}
	if c.in == V20 {
		words = []string{"basic", "apiKey", "oauth2"}
	}
	if !slices.Contains(words, t.Text) {
		c.warn(
			t.Pos, "security-scheme", about, "type "+strconv.Quote(t.Text)+" is unknown",
			"the types are "+node.Join(words),
		)
		return
	}
	for key, need := range schemeKeys[t.Text] {
		if need&c.in != 0 && n.Get(key) == nil {
			c.warn(at, "missing-key", about, "type "+t.Text+" needs "+key, "add the key "+key+":")
		}
	}
	if in := n.Get("in"); t.Text == "apiKey" && in != nil {
		places := []string{"query", "header", "cookie"}
		if c.in == V20 {
			places = places[:2]
		}
		if !slices.Contains(places, in.Text) {
			c.unknownWord(in, "in", places, about)
		}
	}
}

// pathsRule reports malformed path templates, and paths that match the same requests.
func (c *checker) pathsRule(n *tree.Node, _ diag.Position, _ subject) {
	first := map[string]string{}
	for _, p := range n.Pairs {
		if node.IsExtension(p.Key) {
			continue
		}
		template, err := pathtemplate.Parse(p.Key)
		if bad, ok := errors.AsType[*pathtemplate.SyntaxError](err); ok {
			what := bad.Problem + " at character " + strconv.Itoa(bad.Offset+1) + ", assuming that it is text"
			c.warn(p.KeyPos, "path", subject{"path", strconv.Quote(p.Key)}, what, "write each parameter as {name}")
			continue
		}
		shape := pathShape(template)
		if other, twice := first[shape]; twice {
			c.warn(
				p.KeyPos, "ambiguous-path", subject{"path", p.Key}, "a server cannot tell it from "+other, "keep one",
			)
			continue
		}
		first[shape] = p.Key
	}
}

// pathShape returns a template without the names in its braces.
func pathShape(t pathtemplate.Template) string {
	var b strings.Builder
	for _, p := range t.Parts {
		if p.IsExpression() {
			b.WriteString("{}")
		} else {
			b.WriteString(p.Literal)
		}
	}
	return b.String()
}
