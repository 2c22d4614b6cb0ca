package grammar

// This file walks a document along the grammar. [Check] is the entry.

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A Document is what the checker reads of a document.
type Document struct {
	Root    *tree.Node
	Edition Edition

	// Foreign returns the node that a reference leads to, and its name, if the node is in another
	// file that was read. Otherwise the node is nil.
	Foreign func(ref *tree.Node) (n *tree.Node, name string)
}

// A checker compares a document with the grammar of its version.
type checker struct {
	doc   Document
	in    Edition
	need  [kUse + 1][]string  // the keys that each kind must have
	seen  map[*tree.Node]bool // objects that were walked: YAML aliases and references share them
	found diag.List
}

// A subject names the part of the document that a finding is about.
type subject struct{ noun, name string }

func (s subject) String() string { return strings.TrimSpace(s.noun + " " + s.name) }

// Check returns what does not fit the grammar, in the order of the document. All findings are
// warnings, because the rest of the document can be generated.
func Check(doc Document) diag.List {
	c := newChecker(doc)
	c.object(kDocument, doc.Root, doc.Root.Pos, subject{})
	return c.found
}

func newChecker(doc Document) *checker {
	c := &checker{doc: doc, in: doc.Edition, seen: map[*tree.Node]bool{}}
	for k, table := range grammar {
		for _, key := range slices.Sorted(maps.Keys(table)) {
			if table[key].need&c.in != 0 {
				c.need[k] = append(c.need[k], key)
			}
		}
	}
	return c
}

func (c *checker) warn(pos diag.Position, code string, about subject, what, cure string) {
	c.found.Add(diag.Diagnostic{
		Pos: pos, Severity: diag.Warning, Code: code, Subject: about.String(), What: what, Cure: cure,
	})
}

func (c *checker) wrongType(n *tree.Node, about subject, key, want string) {
	c.warn(n.Pos, "wrong-type", about, key+": want "+want+", got "+n.Describe(), "")
}

// object checks a mapping of a kind. The parameter at is the position of its key.
func (c *checker) object(k kind, n *tree.Node, at diag.Position, about subject) {
	if n.Kind != tree.Mapping {
		c.warn(n.Pos, "wrong-type", about, "want a mapping, got "+n.Describe(), "")
		return
	}
	if c.seen[n] {
		return
	}
	c.seen[n] = true
	if ref := n.Get("$ref"); ref != nil && c.reference(k, n, ref, about) {
		return
	}
	if k == kUse {
		c.requirement(n, about)
		return
	}
	if under, ok := keyed[k]; ok {
		c.names(n, under, about)
	}
	if k == kResponse && LooksLikeSchema(n) {
		return // the loader reports it
	}
	if grammar[k] != nil && !c.members(k, n, at, about) {
		return
	}
	if rule := rules[k]; rule != nil {
		rule(c, n, at, about)
	}
}

// reference checks the target of a reference to another file. It reports whether the keys next to
// the reference have no effect.
func (c *checker) reference(k kind, n, ref *tree.Node, about subject) bool {
	if _, known := grammar[k]["$ref"]; !known && keyed[k] == kNone {
		return false
	}
	if ref.Kind != tree.String {
		c.wrongType(ref, about, "$ref", "text")
		return true
	}
	if c.wrongSection(k, ref, about) {
		return true
	}
	if target, name := c.doc.Foreign(ref); target != nil {
		if k != kPath { // a path keeps its name in the document
			about = subject{nouns[k], name}
		}
		c.value(k, target, target.Pos, about)
	}
	return k != kPath && (k != kSchema || c.in&older != 0)
}

// sections maps the groups of components to the kinds of objects in them.
var sections = map[string]kind{
	"schemas": kSchema, "definitions": kSchema, "parameters": kParameter, "responses": kResponse,
	"requestBodies": kBody, "headers": kHeader,
	"examples": kExample, "links": kLink, "callbacks": kCallback, "securitySchemes": kScheme,
}

// wrongSection reports a reference to a component of another kind, except to responses, which the
// loader checks.
func (c *checker) wrongSection(k kind, ref *tree.Node, about subject) bool {
	path := strings.TrimPrefix(strings.TrimPrefix(ref.Text, "#/"), "components/")
	section, _, deep := strings.Cut(path, "/")
	got, known := sections[section]
	if !strings.HasPrefix(ref.Text, "#/") || !deep || !known || got == k || k == kResponse ||
		strings.Count(path, "/") > 1 {
		return false
	}
	for _, want := range slices.Sorted(maps.Keys(sections)) {
		if sections[want] == k && want != "definitions" {
			c.warn(
				ref.Pos, "wrong-section", about, "reference "+strconv.Quote(ref.Text)+" names one of "+section,
				"refer to one of "+want,
			)
			return true
		}
	}
	return false
}

// value checks an object of a kind. A schema may also be true or false.
func (c *checker) value(k kind, n *tree.Node, at diag.Position, about subject) {
	if k == kSchema && n.Kind == tree.Bool && c.in&Newer != 0 {
		return
	}
	c.object(k, n, at, about)
}

// names checks a mapping whose keys are names chosen by the author of the document.
func (c *checker) names(n *tree.Node, under kind, about subject) {
	for _, p := range n.Pairs {
		if node.IsExtension(p.Key) || p.Key == "$ref" {
			continue
		}
		if c.value(under, p.Value, p.KeyPos, c.called(under, p.Key, about)); under == kResponse && !IsStatus(p.Key) {
			c.warn(
				p.KeyPos, "status", subject{"response", strconv.Quote(p.Key)}, "is not a status",
				"write 200, 2XX or default",
			)
		}
	}
}

// nouns holds the words for kinds with names.
var nouns = map[kind]string{
	kSchema: "schema", kParameter: "parameter", kResponse: "response", kBody: "request body", kHeader: "header",
	kExample: "example", kLink: "link",
	kCallback: "callback", kScheme: "security scheme", kVariable: "server variable", kPath: "path",
	kMedia: "media type", kEncoding: "encoding",
}

// called returns the subject for findings about an object with a name. The subject of a part of an
// operation starts with the operation.
func (c *checker) called(k kind, name string, about subject) subject {
	switch {
	case k == kSchema && about.noun == "schema":
		return subject{"schema", about.name + "." + name}
	case about.noun == "operation":
		return subject{"operation", about.name + ": " + nouns[k] + " " + name}
	}
	return subject{nouns[k], name}
}

// members compares the keys of a mapping with the table of its kind. It returns false for a
// misspelled reference, which has nothing more to check.
func (c *checker) members(k kind, n *tree.Node, at diag.Position, about subject) bool {
	table := grammar[k]
	var meant []string
	for _, p := range n.Pairs {
		m, known := table[p.Key]
		switch {
		case node.IsExtension(p.Key):
			c.misplaced(k, p, about)
		case !known:
			if s := c.unknown(table, p, about); s != "" {
				meant = append(meant, s)
			}
		default:
			if m.in&c.in == 0 {
				c.warn(
					p.KeyPos, "other-version", about, "the key "+strconv.Quote(p.Key)+" is of "+editionsOf(m.in),
					"other tools may ignore it in a document of "+nameOf(c.in),
				)
			}
			c.member(m, p, c.narrow(k, m, p, about))
		}
	}
	if slices.Contains(meant, "$ref") || n.Get("$ref") != nil {
		return false
	}
	for _, key := range c.need[k] {
		if n.Get(key) == nil && !slices.Contains(meant, key) {
			c.warn(at, "missing-key", about, c.holder(k, about)+"has no "+key, "add the key "+key+":")
		}
	}
	return true
}

// unknown reports a key that no version has, and returns the key that it resembles.
func (c *checker) unknown(table map[string]member, p tree.Pair, about subject) string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if table[key].in&c.in != 0 {
			keys = append(keys, key)
		}
	}
	d := tree.UnknownKey(p, about.String(), keys)
	d.Severity = diag.Warning
	meant := diag.Suggest(p.Key, keys)
	if meant == "" {
		d.Cure = "delete it, or write x-" + p.Key
	}
	c.found.Add(d)
	return meant
}

// misplaced reports an x-resgen that has no effect.
func (c *checker) misplaced(k kind, p tree.Pair, about subject) {
	if p.Key == "x-resgen" && k != kDocument && k != kPath && k != kOperation {
		c.warn(
			p.KeyPos, "misplaced-extension", about, "x-resgen has no effect here",
			"put it at the root, a path or an operation",
		)
	}
}

// narrow returns the subject for findings about the value of a key.
func (c *checker) narrow(k kind, m member, p tree.Pair, about subject) subject {
	switch {
	case k == kPath && m.kind == kOperation:
		name := node.Text(p.Value, "operationId")
		if name == "" {
			name = strings.ToUpper(p.Key) + " " + about.name
		}
		return subject{"operation", name}
	case k == kDocument && m.form == objectOf && m.kind == kInfo:
		return subject{"info", ""}
	}
	return about
}

// holder names the object that lacks a key, unless the subject does.
func (c *checker) holder(k kind, about subject) string {
	word := map[kind]string{
		kInfo: "info ", kLicense: "license ", kServer: "server ", kDocs: "externalDocs ", kTag: "tag ",
		kFlow: "flow ", kBody: "requestBody ", kItems: "items ",
		kDiscriminator: "discriminator ", kDocument: "document ",
	}[k]
	if word = strings.TrimSpace(word); word == "" || word == about.String() {
		return ""
	}
	return word + " "
}

// member checks one value.
func (c *checker) member(m member, p tree.Pair, about subject) {
	n := p.Value
	switch m.form {
	case objectOf:
		c.value(m.kind, n, p.KeyPos, about)
	case schemaLike, schemaTruth:
		c.schema(m.form, n, p, about)
	case listOf:
		c.list(m, p, about)
	case mapOf:
		c.mapping(m, p, about)
	case discriminate:
		c.discriminator(p, about)
	default:
		c.scalar(m, p, about)
	}
}

// schema checks a schema. A list in its place is reported, and its items are checked.
func (c *checker) schema(f form, n *tree.Node, p tree.Pair, about subject) {
	switch {
	case n.Kind == tree.Bool && (f == schemaTruth || c.in&Newer != 0):
	case n.Kind == tree.Sequence:
		c.warn(
			n.Pos, "other-version", about, p.Key+": a list of schemas is of older JSON Schema",
			"write one schema, or prefixItems in OpenAPI 3.1",
		)
		for _, item := range n.Items {
			c.value(kSchema, item, item.Pos, about)
		}
	case n.Kind != tree.Mapping:
		c.wrongType(n, about, p.Key, "a schema")
	default:
		c.object(kSchema, n, p.KeyPos, about)
	}
}

func (c *checker) list(m member, p tree.Pair, about subject) {
	if p.Value.Kind != tree.Sequence {
		c.wrongType(p.Value, about, p.Key, "a list")
		return
	}
	for _, item := range p.Value.Items {
		if m.kind == kNone {
			continue
		}
		inner := about
		if m.kind == kParameter {
			inner = c.called(kParameter, node.Text(item, "name"), about)
		}
		c.value(m.kind, item, item.Pos, inner)
	}
}

func (c *checker) mapping(m member, p tree.Pair, about subject) {
	if p.Value.Kind != tree.Mapping {
		c.wrongType(p.Value, about, p.Key, "a mapping")
		return
	}
	for _, entry := range p.Value.Pairs {
		if node.IsExtension(entry.Key) && entry.Value.Kind != tree.Mapping {
			continue
		}
		c.value(m.kind, entry.Value, entry.KeyPos, c.called(m.kind, entry.Key, about))
	}
}

func (c *checker) discriminator(p tree.Pair, about subject) {
	switch {
	case c.in == V20 && p.Value.Kind != tree.String:
		c.wrongType(p.Value, about, p.Key, "the name of a property")
	case c.in == V20:
	case p.Value.Kind != tree.Mapping:
		c.wrongType(p.Value, about, p.Key, "a mapping with propertyName")
	default:
		c.object(kDiscriminator, p.Value, p.KeyPos, about)
	}
}

// requirement checks one entry of security, which maps names of schemes to lists of scopes.
func (c *checker) requirement(n *tree.Node, about subject) {
	for _, p := range n.Pairs {
		c.scalar(member{form: textList}, p, about)
	}
}

// IsStatus reports whether a key of responses is a status: 100 to 599, a class such as 4XX, or
// default.
func IsStatus(s string) bool {
	if s == "default" {
		return true
	}
	if len(s) != 3 || s[0] < '1' || s[0] > '5' {
		return false
	}
	rest := strings.ToUpper(s[1:])
	return rest == "XX" || rest[0] >= '0' && rest[0] <= '9' && rest[1] >= '0' && rest[1] <= '9'
}

// LooksLikeSchema reports whether a node has keys of schemas.
func LooksLikeSchema(n *tree.Node) bool {
	return slices.ContainsFunc([]string{"type", "properties", "allOf", "oneOf", "anyOf"}, func(k string) bool {
		return n.Get(k) != nil
	})
}
