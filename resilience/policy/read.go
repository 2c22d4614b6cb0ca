package policy

import (
	"maps"
	"slices"
	"strconv"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A reader turns nodes into layers and collects what is wrong with them.
type reader struct {
	kind  SourceKind // of every value it reads
	found diag.List
}

// layer reads a policy. The keys in also may stand beside its own.
func (r *reader) layer(n *tree.Node, subject string, also ...string) Layer {
	l := Layer{Sources: map[string]Source{}}
	set := map[string]diag.Position{}
	r.found = append(r.found, tree.Decode(n, &l.Policy, tree.Record(set), tree.About(subject), tree.Also(also...))...)
	r.found = append(r.found, l.Policy.validate(set, subject, "")...)
	for path, pos := range set {
		l.Sources[path] = Source{Kind: r.kind, Pos: pos}
	}
	return l
}

// circuits reads a mapping from name to breaker.
func (r *reader) circuits(n *tree.Node) map[string]Breaker {
	return named(r, n, "circuit", "breaker.", []string{"circuit"}, func(b Breaker) Policy { return Policy{Breaker: b} })
}

// buckets reads a mapping from name to rate.
func (r *reader) buckets(n *tree.Node) map[string]Rate {
	return named(r, n, "bucket", "rate.", []string{"bucket", "also"}, func(b Rate) Policy { return Policy{Rate: b} })
}

// named reads a mapping from names to a part of a policy; under is the path of that part, references are keys that a named one may not have.
func named[V any](r *reader, n *tree.Node, kind, under string, references []string, policy func(V) Policy) map[string]V {
	out := map[string]V{}
	for _, p := range r.entriesOf(n, kind+"s") {
		var v V
		set, prefixed := map[string]diag.Position{}, map[string]diag.Position{}
		subject := kind + " " + p.Key
		r.found = append(r.found, tree.Decode(p.Value, &v, tree.Record(set), tree.About(subject))...)
		for path, pos := range set {
			prefixed[under+path] = pos
		}
		r.found = append(r.found, policy(v).validate(prefixed, subject, under)...)
		for _, key := range references {
			if pos, ok := set[key]; ok {
				r.found.Add(diag.Diagnostic{Pos: pos, Code: "policy-conflict", Subject: subject + ": " + key, What: "a " + kind + " refers to no other", Cure: "delete the key"})
			}
		}
		if p.Key == "" {
			r.found.Add(diag.Diagnostic{Pos: p.KeyPos, Code: "policy-value", What: "a " + kind + " has an empty name", Cure: "name it"})
		}
		out[p.Key] = v
	}
	return out
}

// entriesOf returns the pairs of a mapping that may be absent.
func (r *reader) entriesOf(n *tree.Node, key string) []tree.Pair {
	if n == nil || n.Kind == tree.Null || n.Kind == tree.Mapping {
		return n.Entries()
	}
	r.found.Add(diag.Diagnostic{Pos: n.Pos, Code: "wrong-type", Subject: key, What: "want a mapping, got " + n.Describe()})
	return nil
}

// entries reads the operations of a policy file or a configuration. Only a configuration may have globs.
func (r *reader) entries(n *tree.Node) []Entry {
	var out []Entry
	for _, p := range r.entriesOf(n, "operations") {
		key, d := parseKey(p)
		if d == nil && key.IsGlob() && r.kind != FromConfig {
			d = &diag.Diagnostic{Pos: p.KeyPos, Code: "operation-key", What: "operation key " + strconv.Quote(p.Key) + " is a glob", Cure: "name each operation, or use defaults: for all"}
		}
		if d != nil {
			r.found.Add(*d)
		}
		out = append(out, Entry{Key: key, Pos: p.KeyPos, Layer: r.layer(p.Value, "operation "+p.Key)})
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
