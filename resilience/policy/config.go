package policy

// This file is the configuration that a program reads when it runs. It starts in [Config.Resolve],
// which applies it to generated policies. Package policyfile decodes it.

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// A Config overrides policies when a program runs. As a file it has this form:
//
//	apis:
//	  listings:                      # the Go package of a generated client, or a glob: "*"
//	    defaults:                    # what operations inherit unless they set the value
//	      timeout: {overall: 30s}
//	    circuits: {main: {open: 5s}} # values of named circuits and buckets that the client has
//	    buckets: {}
//	    operations:                  # an operationId, METHOD /path, or a glob; overrides the client
//	      deleteListingsItem: {rate: {per-second: 2, burst: 2}}
//	      "GET /listings/*": {retry: {attempts: 2}}
//
// Where several entries name an operation, the weakest come first: globs of APIs, names of APIs,
// globs of operations, operations; among equals the order of the file. Nothing here can raise an
// idempotency class. The zero Config changes nothing.
type Config struct {
	APIs []APIConfig
}

// An APIConfig overrides the policies of the APIs that Name matches.
type APIConfig struct {
	Name       string        // a Go package name, or a glob
	Pos        diag.Position // of the name; zero if the configuration is made in Go
	Defaults   Layer
	Circuits   map[string]Breaker
	Buckets    map[string]Rate
	Operations []Entry

	Names map[string]diag.Position // positions of the names of circuits and buckets: "circuit main"
}

// An API is what a configuration needs to know of a generated client.
type API struct {
	Name       string
	Defaults   Policy // full
	Circuits   map[string]Breaker
	Buckets    map[string]Rate
	Operations []Operation
}

// An Operation is what a configuration needs to know of an operation.
type Operation struct {
	ID, Method, Path string
	Policy           Policy // what differs from the defaults of its API
}

// Resolved are the policies of an API under a configuration.
type Resolved struct {
	Defaults   Policy
	Circuits   map[string]Breaker
	Buckets    map[string]Rate
	Operations []Policy // full, in the order of API.Operations
}

// Resolve applies the configuration to APIs and returns their policies in the same order. It finds
// what is wrong with values that were set in Go, keys that match none of the APIs or none of their
// operations, names that no circuit or bucket has, and every attempt to raise an idempotency class.
// If it finds an error, the result must not be used. A nil Config changes nothing.
func (c *Config) Resolve(apis ...API) ([]Resolved, diag.List) {
	if c == nil {
		c = &Config{}
	}
	r := resolver{config: c, used: map[*Entry]bool{}}
	r.values()
	out := make([]Resolved, len(apis))
	for i, a := range apis {
		out[i] = r.api(a)
	}
	r.unused(apis)
	r.found.Sort()
	return out, r.found
}

type resolver struct {
	config *Config
	used   map[*Entry]bool // entries that matched an operation
	found  diag.List
}

func (r *resolver) add(p diag.Position, code, subject, what, cure string) {
	r.found.Add(diag.Diagnostic{Pos: p, Code: code, Subject: subject, What: what, Cure: cure})
}

// values checks what is set in every layer, for configurations that are made in Go.
func (r *resolver) values() {
	for i := range r.config.APIs {
		a := &r.config.APIs[i]
		r.found = append(r.found, a.Defaults.check("api "+a.Name+": defaults")...)
		for _, e := range a.Operations {
			r.found = append(r.found, e.Layer.check("operation "+e.Key.String())...)
		}
		for _, name := range sortedKeys(a.Circuits) {
			r.found = append(r.found, Of(Policy{Breaker: a.Circuits[name]}, Source{}).check("circuit "+name)...)
		}
		for _, name := range sortedKeys(a.Buckets) {
			r.found = append(r.found, Of(Policy{Rate: a.Buckets[name]}, Source{}).check("bucket "+name)...)
		}
		if pos := a.Defaults.Sources[classKey].Pos; a.Defaults.Policy.Idempotency != "" {
			r.add(pos, "idempotency-raised", "api "+a.Name+": defaults: "+classKey,
				"a configuration sets no class for a whole API", "name the operations under operations:")
		}
	}
}

// check validates what is set in a layer, also in one without sources.
func (l Layer) check(subject string) diag.List {
	set := map[string]diag.Position{}
	for path := range Of(l.Policy, Source{}).Sources {
		set[path] = l.Sources[path].Pos
	}
	return l.Policy.Check(set, subject, "")
}

// matching returns the parts of the configuration that name an API, globs first.
func (r *resolver) matching(name string) []*APIConfig {
	var globs, exact []*APIConfig
	for i := range r.config.APIs {
		switch a := &r.config.APIs[i]; {
		case a.Name == name:
			exact = append(exact, a)
		case MatchGlob(a.Name, name):
			globs = append(globs, a)
		}
	}
	return append(globs, exact...)
}

func (r *resolver) api(a API) Resolved {
	parts := r.matching(a.Name)
	out := Resolved{Defaults: a.Defaults, Circuits: maps.Clone(a.Circuits), Buckets: maps.Clone(a.Buckets)}
	for _, part := range parts {
		overlay(&out.Defaults, &part.Defaults.Policy)
		r.found = append(r.found, CheckNames(part.Defaults, a.Circuits, a.Buckets, "api "+part.Name+": defaults")...)
		tune(r, part, "circuit", part.Circuits, out.Circuits,
			func(b, over Breaker) Breaker { return Apply(Policy{Breaker: b}, Policy{Breaker: over}).Breaker })
		tune(r, part, "bucket", part.Buckets, out.Buckets, func(b,
			over Rate) Rate {
			return Apply(Policy{Rate: b}, Policy{Rate: over}).Rate
		})
	}
	for _, op := range a.Operations {
		p := Apply(out.Defaults, op.Policy)
		limit := p.Idempotency
		for _, e := range r.entries(parts, op) {
			r.override(&p, e, op, limit)
		}
		out.Operations = append(out.Operations, p)
	}
	for _, part := range parts {
		for _, e := range part.Operations {
			r.found = append(r.found, CheckNames(e.Layer, a.Circuits, a.Buckets, "operation "+e.Key.String())...)
		}
	}
	return out
}

// tune puts the values of named circuits or buckets over those that an API has.
func tune[V any](r *resolver, part *APIConfig, kind string, over, have map[string]V, apply func(have, over V) V) {
	for _, name := range sortedKeys(over) {
		was, ok := have[name]
		if !ok {
			r.add(part.Names[kind+" "+name], "unknown-name", "api "+part.Name,
				"there is no "+kind+" "+strconv.Quote(name), suggestion(name, sortedKeys(have)))
			continue
		}
		have[name] = apply(was, over[name])
	}
}

// entries returns the entries that name an operation, globs first.
func (r *resolver) entries(parts []*APIConfig, op Operation) []*Entry {
	var globs, exact []*Entry
	for _, part := range parts {
		for i := range part.Operations {
			e := &part.Operations[i]
			if !e.Key.Matches(op.ID, op.Method, op.Path) {
				continue
			}
			r.used[e] = true
			if e.Key.IsGlob() {
				globs = append(globs, e)
			} else {
				exact = append(exact, e)
			}
		}
	}
	return append(globs, exact...)
}

// override puts an entry over the policy of an operation, unless that would raise the class above
// the one that the client was generated with.
func (r *resolver) override(p *Policy, e *Entry, op Operation, limit Class) {
	class := e.Layer.Policy.Idempotency
	if class.Rank() > limit.Rank() {
		r.add(e.Layer.Sources[classKey].Pos, "idempotency-raised", "operation "+e.Key.String()+": "+classKey,
			fmt.Sprintf("%s would raise the class of %s, which is %s", class, op.name(), limit),
			"a configuration may only lower it; set it in the policy file and generate again")
		return
	}
	overlay(p, &e.Layer.Policy)
}

func (o Operation) name() string {
	if o.ID != "" {
		return o.ID
	}
	return o.Method + " " + o.Path
}

// unused finds the keys that match nothing.
func (r *resolver) unused(apis []API) {
	var names []string
	for _, a := range apis {
		names = append(names, a.Name)
	}
	for i := range r.config.APIs {
		part := &r.config.APIs[i]
		if !slices.ContainsFunc(names, func(name string) bool { return MatchGlob(part.Name, name) }) {
			r.nothing(part.Pos, "api", part.Name, names)
			continue
		}
		for j := range part.Operations {
			if e := &part.Operations[j]; !r.used[e] {
				r.nothing(e.Pos, "operation", e.Key.String(), operations(part.Name, e.Key, apis))
			}
		}
	}
}

// nothing adds the finding that a key matches nothing.
func (r *resolver) nothing(p diag.Position, kind, key string, candidates []string) {
	if strings.Contains(key, "*") {
		r.add(p, "unknown-"+kind, "", "the glob "+strconv.Quote(key)+" matches no "+kind, "")
		return
	}
	r.add(p, "unknown-"+kind, "", "there is no "+kind+" "+strconv.Quote(key), suggestion(key, candidates))
}

// operations lists the operations of the APIs that name matches, in the form of the key.
func operations(name string, key Selector, apis []API) []string {
	var out []string
	for _, a := range apis {
		if !MatchGlob(name, a.Name) {
			continue
		}
		for _, op := range a.Operations {
			if key.ID != "" {
				out = append(out, op.ID)
			} else {
				out = append(out, op.Method+" "+op.Path)
			}
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
