package policy

// This file stacks policies: a [Layer] is a policy with the source of each value, [Merge] puts
// layers over one another, and [Diff] and [Apply] carry what an operation has beyond its API.

import (
	"maps"
	"reflect"

	"github.com/resgen/resgen/resilience/diag"
)

// A SourceKind is the kind of place that a value comes from. Later kinds are stronger.
type SourceKind uint8

// The kinds of sources, weakest first.
const (
	FromDefault   SourceKind = iota // built in: [Default]
	FromMethod                      // the HTTP method: RFC 9110
	FromDocument                    // what the document declares, such as a usage-plan table
	FromExtension                   // x-resgen
	FromFile                        // a policy file
	FromConfig                      // configuration read when the program runs
	FromCall                        // an option of the call
)

var kindWords = [...]string{"default", "method", "document", "x-resgen", "policy file", "configuration", "call option"}

// String returns the word for the kind: "default", "policy file".
func (k SourceKind) String() string {
	if int(k) < len(kindWords) {
		return kindWords[k]
	}
	return "unknown source"
}

// A Source says where a value comes from. The zero Source is the built-in default.
type Source struct {
	Kind SourceKind
	Pos  diag.Position // of the value; zero if it is not from a file
	Note string        // what else there is to say: "DELETE (RFC 9110 9.2.2)"
}

// String returns the position if there is one, else the kind, and then the note:
// "specs/x/policy.yaml:12:5", "default", "method DELETE (RFC 9110 9.2.2)".
func (s Source) String() string {
	where := s.Pos.String()
	if where == "" {
		where = s.Kind.String()
	}
	if s.Note == "" {
		return where
	}
	return where + " " + s.Note
}

// A Layer is a policy of which only some values may be set, and the source of each of those by
// dotted key: "retry.attempts".
type Layer struct {
	Policy  Policy
	Sources map[string]Source
}

// DefaultLayer returns [Default] as the weakest layer.
func DefaultLayer() Layer { return Of(Default(), Source{}) }

// MethodLayer returns the class that the method has by RFC 9110.
func MethodLayer(method string) Layer {
	section := map[Class]string{Safe: "9.2.1", Idempotent: "9.2.2", Unsafe: "9.2"}
	class := ClassOf(method)
	return Of(Policy{Idempotency: class}, Source{Kind: FromMethod, Note: method + " (RFC 9110 " + section[class] + ")"})
}

// Of returns a layer of all values that are set in p, each with the same source.
func Of(p Policy, s Source) Layer {
	l := Layer{Policy: p, Sources: map[string]Source{}}
	for _, f := range fields() {
		if !f.value(&p).IsZero() {
			l.Sources[f.Path] = s
		}
	}
	return l
}

// Only returns the layer with the values of the keys for which keep reports true.
func (l Layer) Only(keep func(path string) bool) Layer {
	out := Layer{Sources: map[string]Source{}}
	for _, f := range fields() {
		if v := f.value(&l.Policy); !v.IsZero() && keep(f.Path) {
			f.value(&out.Policy).Set(v)
			out.Sources[f.Path] = l.Sources[f.Path]
		}
	}
	return out
}

// Merge puts layers over one another, weakest first. Each key has the value and the source of the
// strongest layer that sets it. A why belongs to its class: a layer that sets idempotency without a
// why takes the weaker why away.
func Merge(layers ...Layer) Layer {
	out := Layer{Sources: map[string]Source{}}
	for _, l := range layers {
		overlay(&out.Policy, &l.Policy)
		if l.Policy.Idempotency != "" && l.Policy.Why == "" {
			delete(out.Sources, whyKey)
		}
		maps.Copy(out.Sources, l.Sources)
	}
	return out
}

const (
	classKey = "idempotency"
	whyKey   = "why"
)

// overlay copies what is set in over to p.
func overlay(p, over *Policy) {
	if over.Idempotency != "" {
		p.Why = ""
	}
	for _, f := range fields() {
		if v := f.value(over); !v.IsZero() {
			f.value(p).Set(v)
		}
	}
}

// Apply returns defaults with everything that is set in diff put over it. A diff that sets
// idempotency brings its own why or none.
func Apply(defaults, diff Policy) Policy {
	overlay(&defaults, &diff)
	return defaults
}

// Diff returns the values in which effective differs from defaults, so that Apply(defaults,
// Diff(defaults, effective)) is effective. It panics if effective lacks a value that defaults has,
// which no merge over those defaults can give; an empty list is a value, nil is none.
func Diff(defaults, effective Policy) Policy {
	var d Policy
	for _, f := range fields() {
		was, is := f.value(&defaults), f.value(&effective)
		if same(was, is) {
			continue
		}
		if is.IsZero() && f.Path != whyKey {
			panic("policy: " + f.Path + " is set in the defaults but not in the effective policy")
		}
		f.value(&d).Set(is)
	}
	if d.Idempotency != "" || defaults.Why != effective.Why {
		d.Idempotency, d.Why = effective.Idempotency, effective.Why
	}
	return d
}

// Equal reports whether two policies have the same value at every key. An empty list is a value,
// nil is none.
func (p Policy) Equal(other Policy) bool { return reflect.DeepEqual(p, other) }

// Equal reports whether two breakers have the same value at every key.
func (b Breaker) Equal(other Breaker) bool { return reflect.DeepEqual(b, other) }

func same(a, b reflect.Value) bool { return reflect.DeepEqual(a.Interface(), b.Interface()) }
