package main

// This file makes a body for each variant of each union in a body. Clients must read the variant
// that was meant and write it unchanged.

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/resgen/resgen/generator/api"
)

// A way leads from a body to a variant of a union.
type way struct {
	through map[*openapi3.Schema]bool // schemas of members on the way
	picks   map[*openapi3.SchemaRef]bool
	end     *openapi3.SchemaRef // the variant
}

// pick returns which of the variants of a union is on the way.
func (w *way) pick(list openapi3.SchemaRefs) (int, bool) {
	if w == nil {
		return 0, false
	}
	at := slices.IndexFunc(list, func(ref *openapi3.SchemaRef) bool { return w.picks[ref] })
	return at, at >= 0
}

// ends reports whether the variant at the end of the way belongs to a union.
func (w *way) ends(list openapi3.SchemaRefs) bool { return w != nil && slices.Contains(list, w.end) }

// has reports whether a member is on the way.
func (w *way) has(ref *openapi3.SchemaRef) bool {
	return w != nil && ref != nil && w.through[ref.Value]
}

// wants reports whether a sample has a member: it is on the way, or its values distinguish
// variants.
func (w *way) wants(ref *openapi3.SchemaRef) bool {
	return w.has(ref) || w != nil && ref != nil && limited(ref.Value)
}

// with returns the way extended by a member.
func (w *way) with(ref *openapi3.SchemaRef) *way {
	next := *w
	next.through = maps.Clone(w.through)
	next.through[ref.Value] = true
	return &next
}

// to returns the way extended by a variant.
func (w *way) to(variant *openapi3.SchemaRef) *way {
	next := *w
	next.picks = maps.Clone(w.picks)
	next.picks[variant] = true
	next.end = variant
	return &next
}

// ways calls f with the way to each variant that is reachable from a schema and not in seen.
func ways(ref *openapi3.SchemaRef, w *way, seen map[*openapi3.Schema]bool, f func(*way)) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	schema := ref.Value
	seen[schema] = true
	for _, list := range []openapi3.SchemaRefs{schema.OneOf, schema.AnyOf} {
		for _, variant := range list {
			if variant.Value == nil || variant.Value.Type.Is("null") || variant.Value.IsEmpty() {
				continue
			}
			if len(list) > 1 {
				f(w.to(variant))
			}
			ways(variant, w.to(variant), seen, f)
		}
	}
	for _, part := range schema.AllOf {
		ways(part, w, seen, f)
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		ways(schema.Properties[name], w.with(schema.Properties[name]), seen, f)
	}
	ways(schema.Items, w, seen, f)
	if extra := schema.AdditionalProperties.Schema; extra != nil && extra.Value != nil {
		ways(extra, w.with(extra), seen, f)
	}
}

// A reading is a union within a value that the driver read.
type reading struct {
	Raw     json.RawMessage
	Variant string // Go type of the value
	Error   string // of reading the variant
	Back    json.RawMessage
	Union   string // Go type
}

// A variant is what a sample of a union must be read as.
type variant struct {
	value   any    // of the union
	name    string // Go type if the variant is a component that is a struct; otherwise empty
	unclear bool   // several variants fit the value, or none, or its discriminator is not mapped
}

// variantsOf adds a sample for each variant of each union of a body that no other body of the
// document has.
func (s *sampling) variantsOf(
	d *document, j *judge, schema *openapi3.SchemaRef, request bool, put func(*sample),
) {
	if s.seen[d] == nil {
		s.seen[d] = map[bool]map[*openapi3.Schema]bool{false: {}, true: {}}
	}
	start := &way{through: map[*openapi3.Schema]bool{}, picks: map[*openapi3.SchemaRef]bool{}}
	ways(schema, start, s.seen[d][request], func(w *way) {
		maker := &sampler{judge: j, fill: minimal, request: request, way: w}
		v, _ := maker.value(schema, 0) // other parts of it need not fit
		if maker.chosen == nil {
			s.unsampled++
			return
		}
		name := structOf(d.api, w.end)
		unclear := maker.unclear || maker.unmapped
		if unclear {
			name = ""
		}
		put(&sample{
			Body: raw(v), Unions: true, kind: "variant", name: "variant " + nameOf(w.end),
			variant: &variant{value: decode(raw(maker.chosen)), name: name, unclear: unclear},
		})
	})
}

func nameOf(ref *openapi3.SchemaRef) string {
	if ref.Ref != "" {
		return ref.Ref
	}
	return fmt.Sprintf("%v", ref.Value.Type.Slice())
}

// structOf returns the Go name of a component that is a struct, or "".
func structOf(a *api.API, ref *openapi3.SchemaRef) string {
	name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/")
	at := slices.IndexFunc(a.Types, func(n *api.Named) bool {
		return ok && n.Schema == "schema "+name && n.Shape == api.Struct
	})
	if at < 0 {
		return ""
	}
	return a.Types[at].Name
}

// misread returns what is wrong with the unions that were read in a sample. A union that is not
// one in Go is not among them. A variant that is a union has the same value as the outer one.
func (v *variant) misread(list []reading) string {
	var other string
	found := false
	for _, r := range list {
		if !reflect.DeepEqual(decode(r.Raw), v.value) {
			continue
		}
		if r.Error != "" && !v.unclear {
			return r.Union + ": " + r.Error
		}
		if r.Error != "" {
			return ""
		}
		if why := lost(v.value, decode(r.Back), false, "$"); why != "" { // a discriminator may be new
			return r.Union + " as " + r.Variant + ": " + why
		}
		// a variant with members of the union has their names before its own
		found = found || strings.HasSuffix(r.Variant, v.name)
		other = fmt.Sprintf("%s: read as %s, want %s", r.Union, r.Variant, v.name)
	}
	if found {
		return ""
	}
	return other
}
