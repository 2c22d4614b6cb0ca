package schema

// This file has the schemas of policy files and run-time configuration, and of the x-resgen
// extension of documents. [policyDefinitions] is the entry.

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/resgen/resgen/resilience/policy"
)

// policySchema returns the schema of policy files.
func policySchema(c comments) object {
	return header("policy", "A policy file of resgen: what the OpenAPI documents that use it do not say.").
		with("type", mapping).
		with("additionalProperties", false).
		with("properties", append(object{
			{"unmatched", described("unmatched says whether a key of operations may match no operation, as in a "+
				"catalogue for more documents than are in use. Default: error.",
				object{{"enum", []string{"allow", "error"}}, {"default", "error"}})},
		}, sections(operationKey)...)).
		with("$defs", append(policyDefinitions(c), extensionDefinitions()...))
}

// configurationSchema returns the schema of run-time configuration.
func configurationSchema(c comments) object {
	api := mappingOf(sections(operationGlob))
	return header("configuration", "Configuration of a running program with clients of resgen: changes of policies.").
		with("type", []kind{mapping, "null"}).
		with("additionalProperties", false).
		with("properties", object{{"apis", described(
			"apis has the changes by the name of the API, which is its Go package.", named(object{}, api),
		)}}).
		with("$defs", policyDefinitions(c))
}

// Regular expressions of the keys of operations: "METHOD /path" or an operationId. Only run-time
// configuration may have globs.
const (
	operationKey  = "^([-!#$%&'+.^_`|~0-9A-Z]+ +/[^*]*|[^ /*][^ *]*)$"
	operationGlob = "^([-!#$%&'*+.^_`|~0-9A-Z]+ +/.*|[^ /][^ ]*)$"
)

// sections returns the keys that policy files and the APIs of a configuration have in common.
func sections(key string) object {
	return object{
		{"defaults", described("defaults is the policy of all operations.", ref("policy"))},
		{"circuits", described("circuits has the circuits that operations share, by name.", ref("circuits"))},
		{"buckets", described("buckets has the token buckets that operations share, by name.", ref("buckets"))},
		{"operations", described("operations has the policies of single operations, by operationId or METHOD /path.",
			named(object{{"pattern", key}}, ref("policy")))},
	}
}

// policyDefinitions returns the definition of a policy and all that it refers to.
func policyDefinitions(c comments) object {
	keys := keysOf(c)
	circuit := slices.DeleteFunc(slices.Clone(keys.find("breaker").below), isNamed("circuit"))
	bucket := slices.DeleteFunc(slices.Clone(keys.find("rate").below), isNamed("bucket", "also"))
	name := object{{"minLength", 1}}
	definitions := object{
		{"policy", withReason(mappingOf(keys.refs()))},
		{"circuits", named(name, ref("circuit"))},
		{"circuit", mappingOf(circuit.properties())},
		{"buckets", named(name, ref("bucket"))},
		{"bucket", mappingOf(bucket.properties())},
	}
	for _, k := range keys {
		if k.below != nil {
			definitions = definitions.with(k.name, k.schema())
		}
	}
	definitions = definitions.with("duration", durationSchema())
	return append(definitions, ruleDefinitions()...)
}

// extensionDefinitions returns the definitions of x-resgen at an operation or path, and at the root
// of a document. Documents may set less than policy files, because others write them.
func extensionDefinitions() object {
	var limits []object
	for _, f := range policy.Fields() {
		if f.DocumentMost > 0 {
			limit := object{{"maximum", f.DocumentMost}}
			if f.Type == "duration" {
				limit = atMost(time.Duration(f.DocumentMost))
			}
			for _, key := range slices.Backward(strings.Split(f.Path, ".")) {
				limit = object{{"properties", object{{key, limit}}}}
			}
			limits = append(limits, limit)
		}
	}
	keys := keysOf(nil).refs()
	root := append(slices.Clone(keys), member{"circuits", ref("circuits")}, member{"buckets", ref("buckets")})
	limited := []object{ref("document-limits")}
	return object{
		{"x-resgen", described("x-resgen is the policy of an operation or of the operations of a path in a document.",
			withReason(mappingOf(keys)).with("allOf", limited))},
		{"x-resgen-root", described("x-resgen at the root of a document is the policy of all its operations.",
			withReason(mappingOf(root)).with("allOf", limited))},
		{"document-limits", object{{"allOf", limits}}},
	}
}

// withReason adds the condition that refused statuses need a why.
func withReason(schema object) object {
	refused := object{{"refused", typed(list).with("minItems", 1)}}
	retry := object{{"retry", typed(mapping).with("required", []string{"refused"}).with("properties", refused)}}
	return schema.
		with("if", object{{"required", []string{"retry"}}, {"properties", retry}}).
		with("then", object{{"required", []string{"why"}}})
}

// A key is a key of a policy: a value, or a mapping with keys below it.
type key struct {
	name        string
	description string
	field       *policy.Field // of a value
	below       keys          // of a mapping
}

type keys []key

// keysOf returns the tree of the keys of a policy, with the comments of package policy about
// mappings.
func keysOf(c comments) keys {
	var all keys
	for _, f := range policy.Fields() {
		all.add(c, "Policy", strings.Split(f.Path, "."), &f)
	}
	return all
}

// add adds a field at a path. The Go type of the mapping is named like the key, because that is
// how package policy names them.
func (ks *keys) add(c comments, parent string, path []string, f *policy.Field) {
	if len(path) == 1 {
		*ks = append(*ks, key{name: path[0], field: f})
		return
	}
	i := slices.IndexFunc(*ks, isNamed(path[0]))
	if i < 0 {
		i = len(*ks)
		about := cmp.Or(c.about(goName(path[0]), path[0]), c[parent+"."+goName(path[0])])
		*ks = append(*ks, key{name: path[0], description: about})
	}
	(*ks)[i].below.add(c, goName(path[0]), path[1:], f)
}

// goName returns the Go name of a key: SlowCall for slow-call.
func goName(key string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(key, "-") {
		b.WriteString(capitalized(word))
	}
	return b.String()
}

// isNamed returns a function that reports whether a key has one of the names.
func isNamed(names ...string) func(key) bool {
	return func(k key) bool { return slices.Contains(names, k.name) }
}

func (ks keys) find(name string) key { return ks[slices.IndexFunc(ks, isNamed(name))] }

// properties returns the schemas of the keys.
func (ks keys) properties() object {
	var o object
	for _, k := range ks {
		o = o.with(k.name, k.schema())
	}
	return o
}

// refs returns the schemas of the keys with references to the definitions of mappings.
func (ks keys) refs() object {
	var o object
	for _, k := range ks {
		if k.below != nil {
			o = o.with(k.name, ref(k.name))
			continue
		}
		o = o.with(k.name, k.schema())
	}
	return o
}

// schema returns the schema of the value of a key.
func (k key) schema() object {
	if k.below != nil {
		return described(k.description, mappingOf(k.below.properties()))
	}
	return fieldSchema(*k.field)
}

// fieldSchema returns the schema of a field, with its default.
func fieldSchema(f policy.Field) object {
	schema := described(fieldDescription(f), valueSchema(f))
	if f.Default == "" {
		return schema
	}
	return schema.with("default", defaultOf(f))
}

// fieldDescription returns the text that editors show.
func fieldDescription(f policy.Field) string {
	text := capitalized(f.Doc) + "."
	if f.Range != "" && len(f.Kinds) == 0 {
		text += " Allowed: " + f.Range + "."
	}
	if f.Default != "" {
		text += " Default: " + f.Default + "."
	}
	return text
}

func capitalized(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// defaultOf returns the default of a field as JSON.
func defaultOf(f policy.Field) any {
	if f.Type == "duration" || f.Type == "text" {
		return f.Default
	}
	return json.RawMessage(f.Default)
}

// valueSchema returns which values a field may have.
func valueSchema(f policy.Field) object {
	switch f.Type {
	case "true or false":
		return typed(boolean)
	case "whole number":
		return inSpans(typed(integer), f.Spans)
	case "number":
		return inSpans(typed(number), f.Spans)
	case "duration":
		return ref("duration")
	case "list of whole numbers":
		return listOf(inSpans(typed(integer), f.Spans))
	case "list of text":
		return listOf(textSchema(f))
	case "list of rules":
		return listOf(ref(ruleName(f.Kinds)))
	}
	return textSchema(f)
}

func textSchema(f policy.Field) object {
	switch {
	case f.Words != nil:
		return object{{"enum", f.Words}}
	case f.Pattern != "":
		return typed(text).with("pattern", f.Pattern)
	}
	return typed(text).with("pattern", notBlank)
}

// notBlank is the regular expression of texts with a character other than white space.
const notBlank = `\S`

// inSpans adds the condition that a number is in one of the spans.
func inSpans(schema object, spans []policy.Span) object {
	switch len(spans) {
	case 0:
		return schema
	case 1:
		return append(schema, bounds(spans[0])...)
	}
	var alternatives []object
	for _, s := range spans {
		alternatives = append(alternatives, bounds(s))
	}
	return schema.with("anyOf", alternatives)
}

// bounds returns the conditions of one span.
func bounds(s policy.Span) object {
	var o object
	if !math.IsInf(s.From, 0) {
		o = o.with(map[bool]string{false: "minimum", true: "exclusiveMinimum"}[s.Open], s.From)
	}
	if !math.IsInf(s.To, 0) {
		o = o.with(map[bool]string{false: "maximum", true: "exclusiveMaximum"}[s.OpenEnd], s.To)
	}
	return o
}
