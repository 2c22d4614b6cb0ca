package explanation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// values lists what is set in a policy, in the order of the policy's keys. The longest wait for a
// permit, which follows from the rates if it is not set, is always listed, and the sizes of the
// connection pool, which follow from the bulkheads.
func values(p policy.Policy, sources map[string]policy.Source, buckets map[string]policy.Rate) []Value {
	var list []Value
	for _, f := range policy.Fields() {
		text, _ := policy.Get(p, f.Path)
		source, set := sources[f.Path]
		if text == "" && f.Path == "rate.max-wait" && p.Rate.Enabled != policy.Off {
			text = policy.FormatDuration(p.Rate.Wait(buckets))
			source.Note = "time of two permits, at least 1m"
		}
		if !set && (f.Path == "transport.max-idle" || f.Path == "transport.max-conns") {
			source.Note = "sum of bulkhead.max"
		}
		if text == "" {
			continue
		}
		list = append(list, valueOf(f, text, source))
	}
	return list
}

// shared lists what is set in the buckets and in the circuit that an operation names.
func shared(a *api.API, op *api.Operation) []Value {
	var list []Value
	for _, q := range op.Policy.Rate.Quotas(a.Buckets) {
		if q.Name != "" {
			list = append(list, named(a, "bucket", q.Name, policy.Policy{Rate: a.Buckets[q.Name]})...)
		}
	}
	if b := op.Policy.Breaker; b.Circuit != "" && b.Enabled != policy.Off {
		list = append(list, named(a, "circuit", b.Circuit, policy.Policy{Breaker: a.Circuits[b.Circuit]})...)
	}
	return list
}

// named lists the values of a bucket or circuit. Those that it does not set come from the policy of
// the API.
func named(a *api.API, kind, name string, p policy.Policy) []Value {
	var list []Value
	sources := a.SharedSources(kind + " " + name)
	for _, f := range policy.Fields() {
		text, _ := policy.Get(p, f.Path)
		if text == "" {
			continue
		}
		_, key, _ := strings.Cut(f.Path, ".")
		v := valueOf(f, text, sources[f.Path])
		v.Key = kind + "s." + name + "." + key
		list = append(list, v)
	}
	return list
}

// valueOf returns a value that is written as text.
func valueOf(f policy.Field, text string, source policy.Source) Value {
	return Value{
		Key: f.Path, Value: typed(f.Type, text), Source: source.String(), Kind: source.Kind.String(),
		usual: source.Kind == policy.FromDefault || text == f.Default,
	}
}

// typed converts the text of a value to the type that it has in JSON.
func typed(kind, text string) any {
	switch kind {
	case "whole number", "number", "list of whole numbers":
		return json.RawMessage(text)
	case "true or false":
		return text == "true"
	case "list of rules":
		return ruleList(text)
	case "list of text":
		items := strings.Split(strings.Trim(text, "[]"), ", ")
		return slices.DeleteFunc(items, func(s string) bool { return s == "" })
	}
	return text
}

// A ruleList is a list of rules as a policy file has it. In JSON it is a list of objects.
type ruleList string

// MarshalJSON returns the list with the keys of a policy file.
func (r ruleList) MarshalJSON() ([]byte, error) {
	var list any
	n, found := tree.Parse("", []byte("rules: "+r))
	if len(found) > 0 {
		return nil, found
	}
	tree.Decode(n.Get("rules"), &list)
	return json.Marshal(list)
}

// text prints a value in one line.
func text(v any) string {
	switch v := v.(type) {
	case json.RawMessage:
		return string(v)
	case []string:
		return "[" + strings.Join(v, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// unusual returns the values that differ from the built-in defaults.
func unusual(list []Value) []Value {
	return slices.DeleteFunc(slices.Clone(list), func(v Value) bool { return v.usual })
}
