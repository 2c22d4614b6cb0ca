package schema

import (
	"slices"

	"github.com/resgen/resgen/resilience/policy"
)

// ruleName returns the name of the definition of rules that may name these kinds.
func ruleName(kinds []string) string {
	if len(kinds) == 1 {
		return kinds[0] + "-rule"
	}
	return "rule"
}

// ruleDefinitions returns the definitions of all rules of a policy.
func ruleDefinitions() object {
	var definitions object
	for _, f := range policy.Fields() {
		name := ruleName(f.Kinds)
		if len(f.Kinds) == 0 || slices.ContainsFunc(definitions, func(m member) bool { return m.key == name }) {
			continue
		}
		definitions = definitions.with(name, ruleSchema(f.Kinds))
	}
	return definitions.with("code", codeSchema())
}

// ruleSchema returns the schema of a rule that describes failures. At least one of its parts must
// be set.
func ruleSchema(kinds []string) object {
	filled := typed(list).with("minItems", 1)
	code := typed(mapping).with("required", []string{"in"}).with("properties", object{{"in", filled}})
	set := func(part string, schema object) object {
		return object{{"required", []string{part}}, {"properties", object{{part, schema}}}}
	}
	status := policy.StatusSpan()
	return described("A rule describes failures. A failure must match all its parts, and in each part one of the "+
		"alternatives.", typed(mapping)).
		with("additionalProperties", false).
		with("properties", object{
			{"status", described("Statuses of the response.", listOf(append(typed(integer), bounds(status)...)))},
			{"code", ref("code")},
			{"kind", described("Kinds of errors.", listOf(object{{"enum", kinds}}))},
		}).
		with("anyOf", []object{set("status", filled), set("code", code), set("kind", filled)})
}

// codeSchema returns the schema of the codes in the bodies of responses.
func codeSchema() object {
	path := typed(text).with("pattern", policy.MemberPathPattern)
	return described("Codes in the JSON body of the response.", mappingOf(object{
		{"path", described("Path of the code in the body, such as errors.0.code. Without it, the usual members.",
			object{{"anyOf", []object{path, {{"const", ""}}}}})},
		{"in", described("The codes that match.", listOf(typed(text).with("minLength", 1)))},
	})).with("anyOf", []object{
		typed("null"),
		{{"properties", object{{"path", object{{"const", ""}}}, {"in", object{{"maxItems", 0}}}}}},
		{{"required", []string{"in"}}, {"properties", object{{"in", typed(list).with("minItems", 1)}}}},
	})
}
