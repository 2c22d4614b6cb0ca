package oasdiff

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/review/wirediff"
	"github.com/resgen/resgen/generator/spec"
)

// original has the document that edits change.
const original = "../../generator/review/wirediff/testdata/pets.yaml"

// edits change the document: from one text to another.
var edits = [][2]string{
	{"title: t", "title: u"},
	{"    delete:\n", "    put:\n"},
	{"limit, in: query", "limit, in: query, required: true"},
	{"limit, in: query", "limit, in: header"},
	{"default: 20", "default: 50"},
	{"format: int32", "format: int64"},
	{"        - {name: X-Trace, in: header, required: true, schema: {type: string}}\n", ""},
	{"X-Trace", "x-trace"},
	{"name: tags, in: query", "name: tags, in: query, explode: false"},
	{"name: sort, in: query", "name: sort, in: query, explode: false"},
	{"[up, down]", "[up]"},
	{", enum: [up, down]", ""},
	{"[cat, dog]", "[cat, dog, bird]"},
	{"required: [name]", "required: [name, age]"},
	{"age: {type: integer}", "age: {type: number}"},
	{"age: {type: integer}", "age: {type: string}"},
	{"age: {type: integer}", "age: {type: integer, nullable: true}"},
	{"        age: {type: integer}\n", ""},
	{"name: {type: string}\n        kind", "name: {type: string, readOnly: true}\n        kind"},
	{"requestBody: {content", "requestBody: {required: true, content"},
	{"requestBody: {content: {application/json:", "requestBody: {content: {application/x-www-form-urlencoded:"},
	{"'201'", "'200'"},
	{"'201'", "2XX"},
	{"        default: {description: no}\n", ""},
	{"security: [{key: []}]\n", ""},
	{"name: X-Key", "name: Y-Key"},
	{"https://a.example.com", "https://c.example.com"},
	{"enum: [eu, us]", "enum: [eu]"},
	{", square: '#/components/schemas/Square'", ""},
	{", {$ref: '#/components/schemas/Square'}]", "]"},
	{"r: {type: number}", "r: {type: string}"},
	{"additionalProperties: {type: string}", "additionalProperties: {type: integer}"},
}

// disagreements are the edits about which resgen and oasdiff differ, with the reason. "↩" marks the
// edit in the opposite direction.
var disagreements = map[string]string{
	"default: 20 → default: 50": "" +
		"a caller who leaves the parameter out gets another result",
	"↩ default: 20 → default: 50": "" +
		"a caller who leaves the parameter out gets another result",
	"X-Trace → x-trace": "" +
		"names of header fields do not depend on case",
	"↩ X-Trace → x-trace": "" +
		"names of header fields do not depend on case",
	"name: tags, in: query → name: tags, in: query, explode: false": "" +
		"a list is written in another way, which the server does not understand",
	"↩ name: tags, in: query → name: tags, in: query, explode: false": "" +
		"a list is written in another way, which the server does not understand",
	"'201' → 2XX": "" +
		"the range contains the status, so callers expect what it allows",
	"https://a.example.com → https://c.example.com": "" +
		"requests are sent to another host",
	"↩ https://a.example.com → https://c.example.com": "" +
		"requests are sent to another host",
	"enum: [eu, us] → enum: [eu]": "" +
		"a variable that callers set to us is refused",
	", square: '#/components/schemas/Square' → ": "" +
		"callers send, or receive, a value that the other side does not know",
	"↩ , square: '#/components/schemas/Square' → ": "" +
		"callers send, or receive, a value that the other side does not know",
}

// resgen and oasdiff agree about which changes are breaking, except for those with a reason.
func TestAgreement(t *testing.T) {
	data, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	document := string(data)
	old := write(t, document)
	for _, e := range edits {
		if strings.Count(document, e[0]) != 1 {
			t.Fatalf("%q is not in the document once", e[0])
		}
		fresh := write(t, strings.Replace(document, e[0], e[1], 1))
		compare(t, e[0]+" → "+e[1], old, fresh)
		compare(t, "↩ "+e[0]+" → "+e[1], fresh, old)
	}
}

func compare(t *testing.T, name, old, fresh string) {
	t.Helper()
	ours, differences := breaking(t, old, fresh)
	theirs, changes := judged(t, old, fresh)
	reason, known := disagreements[name]
	switch {
	case ours != theirs && !known:
		t.Errorf("%s\nresgen says breaking is %v: %v\noasdiff says %v: %v", name, ours, differences, theirs, changes)
	case ours == theirs && known:
		t.Errorf("%s: both say breaking is %v, so there is no disagreement to explain: %s", name, ours, reason)
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// breaking reports whether resgen calls a change breaking, and the differences.
func breaking(t *testing.T, old, fresh string) (bool, []string) {
	t.Helper()
	found := wirediff.Compare(planned(t, old), planned(t, fresh))
	var texts []string
	for _, d := range found {
		texts = append(texts, d.Effect.String()+" "+d.Code)
	}
	return len(found) > 0 && found[0].Effect == wirediff.Breaking, texts
}

// judged reports whether oasdiff calls a change an error or a warning, and the changes.
func judged(t *testing.T, old, fresh string) (bool, []string) {
	t.Helper()
	loader := openapi3.NewLoader()
	var specs []*load.SpecInfo
	for _, path := range []string{old, fresh} {
		s, err := load.NewSpecInfo(loader, load.NewSource(path))
		if err != nil {
			t.Fatal(err)
		}
		specs = append(specs, s)
	}
	report, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), specs[0], specs[1])
	if err != nil {
		t.Fatal(err)
	}
	breaking := false
	var texts []string
	for _, c := range checker.CheckBackwardCompatibilityUntilLevel(
		checker.NewConfig(checker.GetAllChecks()), report, sources, checker.INFO) {
		breaking = breaking || c.GetLevel() >= checker.WARN
		texts = append(texts, c.GetLevel().String()+" "+c.GetId())
	}
	return breaking, texts
}

func planned(t *testing.T, path string) *api.API {
	t.Helper()
	doc, found := spec.Load(context.Background(), spec.Options{Dir: filepath.Dir(path), File: "a.yaml"})
	if found.HasErrors() {
		t.Fatal(found)
	}
	a, found := plan.Plan(doc, plan.Options{Package: "p"})
	if found.HasErrors() {
		t.Fatal(found)
	}
	return a
}
