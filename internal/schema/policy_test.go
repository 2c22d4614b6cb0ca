package schema

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/tree"
)

// nest writes "a.b.c" and a value as {"a": {"b": {"c": value}}} on one line of YAML.
func nest(path, value string) string {
	keys := strings.Split(path, ".")
	return "{" + strings.Join(keys, ": {") + ": " + value + strings.Repeat("}", len(keys))
}

// values are tried with every key of a policy.
var values = []string{
	"", "true", "false", "yes", "-2", "-1", "-0.5", "0", "1e-8", "0.0000001", "0.5", "1", "1.0", "1.5", "2",
	"10", "10.5", "11", "20", "21", "99", "100", "100.5", "101", "599", "600", "1000", "1001", "1000000",
	"1000001", "4294967296", "4294967297", "''", "' '", "x", "X-Key", "'a b'", "'a:b'", "a.b", "a..b", ".",
	"a.", "a=b", "'=b'", "'a='", "0s", "-1s", "1ns", "+1s", "30s", "1m30s", "0h0m1s", "0m0s", ".5s", "1.s",
	"0.0s", "0.05h", "1d", "30 s", "s", "1us", "1µs", "5ms", "1e3s", "24h", "25h", "720h", "721h", "43201m",
	"2592001s", "1000000ms", "idempotent", "Safe", "unsafe", "equal", "none", "host", "account", "application",
	"observe", "enforce", "token", "page", "same", "token-only", "{}", "{a: 1}", "[]", "[x]", "[X Key]",
	"[x, '']", "[a=b]", "[1]", "[503]", "[99]", "[600]", "[1.5]", "[null]", "[[]]", "[true]", "[{}]",
	"[{status: [409]}]", "[{status: []}]", "[{status: null, code: null, kind: [api]}]", "[{status: [99]}]",
	"[{status: [409, 600]}]", "[{kind: [timeout]}]", "[{kind: [nothing]}]", "[{kind: []}]",
	"[{code: {in: [Busy]}}]", "[{code: {path: a.b, in: [Busy]}}]", "[{code: {path: a}}]",
	"[{code: {path: a..b, in: [x]}}]", "[{code: {in: []}}]", "[{code: {in: ['']}}]",
	"[{code: {}, status: [409]}]", "[{code: {path: '', in: []}, status: [409]}]",
	"[{code: {path: a}, status: [409]}]", "[{code: {in: [409]}}]", "[{code: {path: '', in: [x]}}]",
	"[{statsu: [409]}]", "[{code: {at: a, in: [x]}}]", "[{status: [409]}, {}]", "{status: [409]}", "[409]",
}

// A schema allows exactly the values that decoding allows, for every key in every place where it
// may be.
func TestPolicy_AgreesWithDecoding(t *testing.T) {
	for _, place := range []struct {
		schema, before, after string
		decode                func(data string) diag.List
		under                 string // only keys below it, without it
	}{
		{"policy.json", "defaults: ", "", decodeFile, ""},
		{"policy.json", "circuits: {a: ", "}", decodeFile, "breaker."},
		{"policy.json", "buckets: {a: ", "}", decodeFile, "rate."},
		{"configuration.json", "apis: {a: {buckets: {a: ", "}}}", decodeConfig, "rate."},
		{"x-resgen", "x: ", "", decodeExtension, ""},
	} {
		schema := place.schema
		if strings.HasPrefix(schema, "x-") {
			schema = "policy.json#/$defs/" + schema
		}
		s := compiled(t, schema)
		allowed, refused := 0, 0
		for _, f := range policy.Fields() {
			path, below := strings.CutPrefix(f.Path, place.under)
			for _, v := range values {
				if !below || place.under == "rate." && path == "also" && v == "" { // a list without a value is no list
					continue
				}
				text := place.before + nest(path, v) + place.after
				found, err := place.decode(text), s.Validate(value(t, text))
				if (err != nil) != found.HasErrors() {
					t.Errorf("%s: %s: the schema says %v, decoding says %v", place.schema, text, err, found)
				}
				if err == nil {
					allowed++
				} else {
					refused++
				}
			}
		}
		if allowed < 20 || refused < 200 {
			t.Errorf("%s%s: %d allowed, %d refused", place.schema, place.before, allowed, refused)
		}
	}
}

func decodeFile(data string) diag.List {
	_, found := policyfile.DecodeFile("a.yaml", []byte(data))
	return unknownNames(found)
}

func decodeConfig(data string) diag.List {
	_, found := policyfile.DecodeConfig("a.yaml", []byte(data))
	return unknownNames(found)
}

func decodeExtension(data string) diag.List {
	n, _ := tree.Parse("a.yaml", []byte(data))
	_, found := policyfile.DecodeExtension(n.Get("x"), "x")
	return found
}

// unknownNames leaves out findings about names of circuits and buckets, which a schema cannot
// compare.
func unknownNames(found diag.List) diag.List {
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Code == "unknown-name" })
}

// A policy means the same in run-time configuration.
func TestConfiguration_HasTheSameDefinitions(t *testing.T) {
	definitions := func(name string) map[string]any {
		files, err := Files(os.DirFS(root))
		if err != nil {
			t.Fatal(err)
		}
		var schema struct {
			Defs map[string]any `json:"$defs"`
		}
		if err := json.Unmarshal(files[name], &schema); err != nil {
			t.Fatal(err)
		}
		return schema.Defs
	}
	want := definitions("policy.json")
	for _, name := range []string{"x-resgen", "x-resgen-root", "document-limits"} {
		delete(want, name)
	}
	if got := definitions("configuration.json"); len(got) < 10 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d definitions, %d in policy.json, or they differ", len(got), len(want))
	}
}

// Whole files, in particular their keys.
func TestPolicy_Files(t *testing.T) {
	for _, c := range []struct {
		schema, text string
		want         bool
	}{
		{"policy.json", "{}", true},
		{"policy.json", "unmatched: allow", true},
		{"policy.json", "unmatched: error", true},
		{"policy.json", "unmatched: never", false},
		{"policy.json", "unmatched:", false},
		{"policy.json", "default: {}", false},
		{"policy.json", "apis: {}", false},
		{"policy.json", "[]", false},
		{"policy.json", "defaults:\ncircuits:\nbuckets:\noperations:\n", true},
		{"policy.json", "defaults: []", false},
		{"policy.json", "circuits: []", false},
		{"policy.json", "operations: {a: , 'GET /a/{b}': , 'GET  /': , '* /a': }", false},
		{"policy.json", "operations: {a: , 'GET /a/{b}': , 'GET  /': }", true},
		{"policy.json", "operations: {a b: {}}", false},
		{"policy.json", "operations: {get /a: {}}", false},
		{"policy.json", "operations: {/a: {}}", false},
		{"policy.json", "operations: {'': {}}", false},
		{"policy.json", "operations: {get*: {}}", false},
		{"policy.json", "operations: {GET /a*: {}}", false},
		{"policy.json", "operations: {a: {rety: {}}}", false},
		{"policy.json", "operations: {a: {retry: {atempts: 1}}}", false},
		{"policy.json", "operations: {a: {retry: 1}}", false},
		{"policy.json", "operations: {a: {retry: }}", true},
		{"policy.json", "operations: {a: {retry: {refused: [503]}}}", false},
		{"policy.json", "operations: {a: {retry: {refused: [503]}, why: the page of the vendor says so}}", true},
		{"policy.json", "circuits: {a: {open: 1s}}", true},
		{"policy.json", "circuits: {a: {circuit: b}}", false},
		{"policy.json", "circuits: {'': {open: 1s}}", false},
		{"policy.json", "buckets: {a: {per-second: 1}}", true},
		{"policy.json", "buckets: {a: {bucket: b}}", false},
		{"policy.json", "buckets: {a: {also: [b]}}", false},
		{"configuration.json", "apis: {}", true},
		{"configuration.json", "apis:", true},
		{"configuration.json", "defaults: {}", false},
		{"configuration.json", "apis: []", false},
		{"configuration.json", "apis: {a: {unmatched: allow}}", false},
		{"configuration.json", "apis: {a: }", true},
		{"configuration.json", "apis: {a: {operations: {'* /a*': , 'get*': , GET /b: }}}", true},
		{"configuration.json", "apis: {a: {operations: {get /a: }}}", false},
	} {
		decode := decodeFile
		if c.schema == "configuration.json" {
			decode = decodeConfig
		}
		if found := decode(c.text); found.HasErrors() == c.want {
			t.Errorf("%s: decoding says %v", c.text, found)
		}
		if err := compiled(t, c.schema).Validate(value(t, c.text)); (err == nil) != c.want {
			t.Errorf("%s: the schema says %v", c.text, err)
		}
	}
}

// A document may set less than a policy file.
func TestExtensions(t *testing.T) {
	for _, c := range []struct {
		schema, text string
		want         bool
	}{
		{"x-resgen", "x: {retry: {attempts: 10}}", true},
		{"x-resgen", "x: {retry: {attempts: 11}}", false},
		{"x-resgen", "x: {timeout: {overall: 24h}}", true},
		{"x-resgen", "x: {timeout: {overall: 25h}}", false},
		{"x-resgen", "x: {circuits: {a: {}}}", false},
		{"x-resgen", "x: {retry: {refused: [503]}}", false},
		{"x-resgen-root", "x: {retry: {attempts: 11}}", false},
		{"x-resgen-root", "x: {circuits: {a: {open: 1s}}, buckets: {b: {per-second: 1}}, rate: {bucket: b}}", true},
		{"x-resgen-root", "x: {operations: {}}", false},
	} {
		if err := compiled(t, "policy.json#/$defs/"+c.schema).Validate(value(t, c.text)); (err == nil) != c.want {
			t.Errorf("%s: %s: the schema says %v", c.schema, c.text, err)
		}
	}
}
