package main

import (
	"fmt"
	"math"
	"path"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A fullness says how many members a sample has.
type fullness int

const (
	full    fullness = iota // every member
	minimal                 // required members
	nulls                   // every member, with null where the schema allows it
)

// deepest is the nesting above which samples hold only required members. At twice that nesting they
// end.
const deepest = 6

// A sampler makes values that fit schemas.
type sampler struct {
	judge   *judge
	fill    fullness
	request bool // without read-only members; otherwise without write-only members
	plain   bool // texts with letters only, for header fields and cookies

	// One variant of one union. The way to it are members that are not left out and variants that
	// are chosen.
	way      *way
	chosen   any  // the value of the union
	unmapped bool // the value of a discriminator is neither mapped nor the name of a variant
	unclear  bool // it does not fit the union, for example because several variants fit it
}

// of returns a value that fits the schema; ok is false if none was found.
func (s *sampler) of(ref *openapi3.SchemaRef) (any, bool) {
	v, ok := s.value(ref, 0)
	return v, ok && (ref == nil || ref.Value == nil || s.fits(ref.Value, v))
}

func (s *sampler) fits(schema *openapi3.Schema, v any) bool {
	direction := openapi3.VisitAsResponse()
	if s.request {
		direction = openapi3.VisitAsRequest()
	}
	return s.judge.fits(schema, v, direction) == nil
}

func (s *sampler) value(ref *openapi3.SchemaRef, depth int) (any, bool) {
	if ref == nil || ref.Value == nil {
		return "text", true
	}
	schema := ref.Value
	switch {
	case depth > 2*deepest:
		return nil, false
	case s.fill == nulls && depth > 0 && s.fits(schema, nil) && !schema.IsEmpty():
		return nil, true
	case schema.Const != nil:
		return schema.Const, true
	}
	for _, v := range schema.Enum {
		if v != nil && v != "" && s.fits(schema, v) {
			return v, true
		}
	}
	v, ok := s.own(schema, depth)
	for _, part := range schema.AllOf {
		w, good := s.value(part, depth)
		v, ok = merge(v, w), ok && good
	}
	for _, list := range []openapi3.SchemaRefs{schema.OneOf, schema.AnyOf} {
		if len(list) > 0 && ok {
			v, ok = s.variant(schema, list, v, depth)
		}
	}
	return v, ok
}

// variant merges the first variant that fits into the sample of the schema itself.
func (s *sampler) variant(schema *openapi3.Schema, list openapi3.SchemaRefs, base any, depth int) (any, bool) {
	at, picked := s.way.pick(list)
	for i, ref := range list {
		if picked && i != at {
			continue
		}
		v, ok := s.value(ref, depth+1)
		if !ok || v == nil {
			continue
		}
		v = merge(base, v)
		if m, is := v.(map[string]any); is && schema.Discriminator != nil {
			tag := tagOf(schema.Discriminator, ref, m[schema.Discriminator.PropertyName])
			m[schema.Discriminator.PropertyName] = tag
			s.unmapped = s.unmapped || isUnmapped(schema.Discriminator, list, tag)
		}
		fits := s.fits(schema, v)
		if s.way.ends(list) && s.chosen == nil {
			s.chosen, s.unclear = v, !fits || s.several(list, v)
		}
		if fits || picked {
			return v, true
		}
	}
	return nil, false
}

// isUnmapped reports whether a discriminator value is neither in the mapping nor the name of a
// variant. OpenAPI does not say which variant it selects.
func isUnmapped(d *openapi3.Discriminator, list openapi3.SchemaRefs, tag any) bool {
	text := fmt.Sprint(tag)
	if _, mapped := d.Mapping[text]; mapped {
		return false
	}
	return !slices.ContainsFunc(list, func(ref *openapi3.SchemaRef) bool { return path.Base(ref.Ref) == text })
}

// several reports whether a value fits more than one variant.
func (s *sampler) several(list openapi3.SchemaRefs, v any) bool {
	n := 0
	for _, ref := range list {
		n += one(ref.Value != nil && s.fits(ref.Value, v))
	}
	return n > 1
}

// tagOf returns the discriminator value of a variant: by the mapping, or by the values that the
// variant allows, or the name of its schema.
func tagOf(d *openapi3.Discriminator, ref *openapi3.SchemaRef, given any) any {
	var tags []string
	for tag, target := range d.Mapping {
		if target.Ref == ref.Ref || strings.HasSuffix(ref.Ref, "/"+target.Ref) {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	switch text, _ := given.(string); {
	case len(tags) > 0 && slices.Contains(tags, text):
		return given
	case len(tags) > 0:
		return tags[0]
	case given != nil && len(ref.Value.OneOf)+len(ref.Value.AnyOf) > 0, // a variant of a variant has its value
		given != nil && limited(memberOf(ref.Value, d.PropertyName)):
		return given
	case ref.Ref != "":
		return ref.Ref[strings.LastIndexByte(ref.Ref, '/')+1:]
	}
	return given
}

// limited reports whether a schema allows only some values.
func limited(s *openapi3.Schema) bool { return s != nil && (len(s.Enum) > 0 || s.Const != nil) }

// merge merges two samples: the members of objects; otherwise it returns the second unless there is
// none.
func merge(a, b any) any {
	x, isX := a.(map[string]any)
	y, isY := b.(map[string]any)
	if !isX || !isY {
		if b == nil || isX && len(x) > 0 {
			return a
		}
		return b
	}
	for name, v := range y {
		if old, ok := x[name]; ok {
			v = merge(old, v)
		}
		x[name] = v
	}
	return x
}

// own returns the sample by the keywords of the schema without allOf, oneOf and anyOf.
func (s *sampler) own(schema *openapi3.Schema, depth int) (any, bool) {
	t := schema.Type
	composed := len(schema.AllOf)+len(schema.OneOf)+len(schema.AnyOf) > 0
	switch {
	case t.Includes("object") || t == nil && (len(schema.Properties) > 0 || schema.AdditionalProperties.Schema != nil):
		return s.object(schema, depth)
	case t.Includes("array"):
		return s.array(schema, depth)
	case t.Includes("string"):
		return s.first(schema, s.texts(schema))
	case t.Includes("integer"), t.Includes("number"):
		return s.first(schema, numberCandidates(schema))
	case t.Includes("boolean"):
		return true, true
	case t == nil && schema.Items != nil:
		return s.array(schema, depth)
	case composed || len(schema.Required) > 0:
		return nil, true
	}
	return s.first(schema, []any{"text", map[string]any{}, 7.0})
}

// first returns the first candidate that fits. Candidates of the document come first.
func (s *sampler) first(schema *openapi3.Schema, candidates []any) (any, bool) {
	given := []any{schema.Example, schema.Default}
	if schema.Format == "byte" {
		given = nil // kin-openapi accepts any text as Base64
	}
	for _, v := range slices.Concat(given, candidates) {
		if _, isText := v.(string); v == nil || v == "" || s.plain && isText && !isPlain(v.(string)) {
			continue
		}
		if s.fits(schema, v) {
			return v, true
		}
	}
	return nil, false
}

func isPlain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`,;"\\`, r)
	})
}

func (s *sampler) object(schema *openapi3.Schema, depth int) (any, bool) {
	m := map[string]any{}
	for name, ref := range schema.Properties {
		required := slices.Contains(schema.Required, name)
		if !required && (s.fill == minimal || depth >= deepest) && !s.way.wants(ref) || s.leftOut(ref) {
			continue
		}
		v, ok := s.value(ref, depth+1)
		if ok {
			m[name] = v
		} else if required {
			return nil, false
		}
	}
	extra := schema.AdditionalProperties
	if extra.Schema != nil && (s.fill != minimal && depth < deepest ||
		uint64(len(m)) < schema.MinProps || s.way.has(extra.Schema)) {
		if v, ok := s.value(extra.Schema, depth+1); ok {
			m["extra"] = v
		}
	}
	return m, true
}

// leftOut reports whether a member is not sent in this direction.
func (s *sampler) leftOut(ref *openapi3.SchemaRef) bool {
	if ref == nil || ref.Value == nil {
		return false
	}
	return s.request && ref.Value.ReadOnly || !s.request && ref.Value.WriteOnly
}

func (s *sampler) array(schema *openapi3.Schema, depth int) (any, bool) {
	n := max(int(schema.MinItems), 1)
	if s.fill != minimal && n < 2 && depth < deepest && !schema.UniqueItems {
		n = 2
	}
	if schema.MaxItems != nil {
		n = min(n, int(*schema.MaxItems))
	}
	if n > 64 {
		return nil, false
	}
	list := make([]any, n)
	for i := range list {
		v, ok := s.value(schema.Items, depth+1)
		if !ok {
			return []any{}, schema.MinItems == 0
		}
		list[i] = v
	}
	return list, true
}

// formats holds a text for each format with a fixed form.
var formats = map[string]string{
	"date-time": "2026-01-02T03:04:05.120Z", "date": "2026-01-02", "time": "03:04:05Z", "duration": "PT5M",
	"uuid":  "01234567-89ab-4def-8123-456789abcdef",
	"email": "someone@example.com", "uri": "https://example.com/a?b=c", "url": "https://example.com/a",
	"hostname": "example.com", "ipv4": "192.0.2.1",
	"ipv6": "2001:db8::1", "byte": "aGVsbG8=", "ip": "192.0.2.1", "int64": "12", "decimal": "1.50",
	"unixtime": "1700000000",
}

// texts returns candidates for a string.
func (s *sampler) texts(schema *openapi3.Schema) []any {
	var list []any
	if text, ok := formats[schema.Format]; ok {
		list = append(list, text)
	}
	if schema.Pattern != "" {
		if re, err := syntax.Parse(schema.Pattern, syntax.Perl); err == nil {
			list = append(list, generate(re, 0), generate(re, int(schema.MinLength)))
		}
	}
	spicy := `a b/ü&c=+"d"%`
	if schema.MaxLength == nil || *schema.MaxLength >= 16 {
		list = append(list, spicy+strings.Repeat("x", max(0, int(schema.MinLength)-13)))
	}
	length := max(int(schema.MinLength), 1)
	for _, unit := range []string{"text", "12", "A", "a"} {
		text := unit
		for len(text) < length {
			text += unit
		}
		if schema.MaxLength != nil {
			text = text[:min(len(text), int(*schema.MaxLength))]
		}
		list = append(list, text)
	}
	for _, text := range formats {
		list = append(list, text)
	}
	slices.SortStableFunc(list[len(list)-len(formats):], func(a, b any) int {
		return strings.Compare(a.(string), b.(string))
	})
	return list
}

// generate returns a text that usually matches an expression. It repeats as few times as allowed,
// but at least a few times without an upper bound.
func generate(re *syntax.Regexp, least int) string {
	times := func(low, high int) string {
		n := max(low, least)
		if high >= 0 {
			n = min(n, high)
		}
		return strings.Repeat(generate(re.Sub[0], 0), n)
	}
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return string(member(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "a"
	case syntax.OpStar:
		return times(0, -1)
	case syntax.OpPlus:
		return times(1, -1)
	case syntax.OpQuest:
		return times(0, 1)
	case syntax.OpRepeat:
		return times(re.Min, re.Max)
	case syntax.OpAlternate:
		return generate(re.Sub[0], least)
	case syntax.OpCapture, syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(generate(sub, least))
		}
		return b.String()
	}
	return ""
}

// member returns a rune of a class, preferably a letter or digit.
func member(ranges []rune) rune {
	for _, r := range "aA1" {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= r && r <= ranges[i+1] {
				return r
			}
		}
	}
	if len(ranges) == 0 {
		return 'a'
	}
	return ranges[0]
}

// numberCandidates returns candidates for a number.
func numberCandidates(schema *openapi3.Schema) []any {
	list := []float64{7, 1, 0}
	if !schema.Type.Includes("integer") {
		list = append([]float64{12.25}, list...)
	}
	for _, bound := range []*float64{
		schema.Min, schema.Max, schema.MultipleOf, schema.ExclusiveMin.Value, schema.ExclusiveMax.Value,
	} {
		if bound != nil {
			list = append(list, *bound, math.Ceil(*bound), math.Floor(*bound), *bound+1, *bound-1, *bound+0.01)
		}
	}
	out := make([]any, len(list))
	for i, f := range list {
		out[i] = f
	}
	return out
}

// describe returns the name of a fullness.
func (f fullness) String() string { return [...]string{"full", "minimal", "nulls"}[f] }
