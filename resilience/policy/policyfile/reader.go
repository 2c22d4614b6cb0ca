package policyfile

import (
	"strconv"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// A reader turns nodes into layers and collects findings.
type reader struct {
	kind   policy.SourceKind // of every value it reads
	found  diag.List
	shared policy.SharedSources // of the circuits and buckets that it read
}

// layer reads a policy. The keys in also are allowed next to those of a policy.
func (r *reader) layer(n *tree.Node, subject string, also ...string) policy.Layer {
	l := policy.Layer{Sources: map[string]policy.Source{}}
	set := map[string]diag.Position{}
	options := []tree.Option{tree.Record(set), tree.About(subject), tree.Also(also...)}
	unread := tree.Decode(n, &l.Policy, options...)
	respell(n, unread)
	r.found = append(r.found, unread...)
	r.check(l.Policy, set, subject, "")
	for path, pos := range set {
		l.Sources[path] = policy.Source{Kind: r.kind, Pos: pos, Note: r.note()}
	}
	return l
}

// note returns what is said of a source in addition to its position.
func (r *reader) note() string {
	if r.kind == policy.FromExtension {
		return "x-resgen"
	}
	return ""
}

// check validates what was read. Values that may only be in a policy file are reported if there is
// nothing else.
func (r *reader) check(p policy.Policy, set map[string]diag.Position, subject, under string) {
	found := p.Check(set, subject, under)
	if len(found) == 0 && r.kind == policy.FromExtension {
		found = p.CheckDocument(set, subject, under)
	}
	r.found = append(r.found, found...)
}

// circuits reads a mapping from name to breaker.
func (r *reader) circuits(n *tree.Node) map[string]policy.Breaker {
	part := part[policy.Breaker]{
		kind: "circuit", prefix: "breaker.", references: []string{"circuit"},
		policy: func(b policy.Breaker) policy.Policy { return policy.Policy{Breaker: b} },
	}
	return part.read(r, n)
}

// buckets reads a mapping from name to rate.
func (r *reader) buckets(n *tree.Node) map[string]policy.Rate {
	part := part[policy.Rate]{
		kind: "bucket", prefix: "rate.", references: []string{"bucket", "also"},
		policy: func(b policy.Rate) policy.Policy { return policy.Policy{Rate: b} },
	}
	return part.read(r, n)
}

// A part describes the part of a policy that circuits or buckets have.
type part[V any] struct {
	kind       string   // "circuit" or "bucket"
	prefix     string   // of its keys in a policy: "breaker."
	references []string // keys that refer to another circuit or bucket, which a named one must not have
	policy     func(V) policy.Policy
}

// read reads a mapping from names to values.
func (p part[V]) read(r *reader, n *tree.Node) map[string]V {
	out := map[string]V{}
	for _, pair := range r.pairs(n, p.kind+"s") {
		out[pair.Key] = p.value(r, pair)
	}
	return out
}

func (p part[V]) value(r *reader, pair tree.Pair) V {
	var v V
	set, prefixed := map[string]diag.Position{}, map[string]diag.Position{}
	subject := p.kind + " " + pair.Key
	r.found = append(r.found, tree.Decode(pair.Value, &v, tree.Record(set), tree.About(subject))...)
	for path, pos := range set {
		prefixed[p.prefix+path] = pos
	}
	r.share(subject, pair.KeyPos, prefixed)
	r.check(p.policy(v), prefixed, subject, p.prefix)
	for _, key := range p.references {
		if pos, ok := set[key]; ok {
			r.found.Add(diag.Diagnostic{
				Pos: pos, Code: "policy-conflict", Subject: subject + ": " + key,
				What: "a named " + p.kind + " cannot refer to another", Cure: "delete the key",
			})
		}
	}
	if pair.Key == "" {
		r.found.Add(diag.Diagnostic{
			Pos: pair.KeyPos, Code: "policy-value", What: "a " + p.kind + " has an empty name", Cure: "name it",
		})
	}
	return v
}

// share records where a circuit or bucket and its values come from.
func (r *reader) share(name string, pos diag.Position, set map[string]diag.Position) {
	sources := map[string]policy.Source{"": {Kind: r.kind, Pos: pos, Note: r.note()}}
	for path, at := range set {
		sources[path] = policy.Source{Kind: r.kind, Pos: at, Note: r.note()}
	}
	if r.shared == nil {
		r.shared = policy.SharedSources{}
	}
	r.shared[name] = sources
}

// pairs returns the pairs of a mapping, which may be absent.
func (r *reader) pairs(n *tree.Node, key string) []tree.Pair {
	if n == nil || n.Kind == tree.Null || n.Kind == tree.Mapping {
		return n.Entries()
	}
	r.found.Add(diag.Diagnostic{
		Pos: n.Pos, Code: "wrong-type", Subject: key, What: "want a mapping, got " + n.Describe(),
	})
	return nil
}

// entries reads the operations of a policy file or a configuration. Only a configuration may have
// globs.
func (r *reader) entries(n *tree.Node) []policy.Entry {
	var out []policy.Entry
	for _, p := range r.pairs(n, "operations") {
		key, what, cure := policy.NewSelector(p.Key)
		if what == "" && key.IsGlob() && r.kind != policy.FromConfig {
			what, cure = "is a glob", "name each operation, or use defaults: for all"
		}
		if what != "" {
			r.found.Add(diag.Diagnostic{
				Pos: p.KeyPos, Code: "operation-key",
				What: "operation key " + strconv.Quote(p.Key) + " " + what, Cure: cure,
			})
		}
		out = append(out, policy.Entry{Key: key, Pos: p.KeyPos, Layer: r.layer(p.Value, "operation "+p.Key)})
	}
	return out
}
