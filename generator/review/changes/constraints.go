package changes

// This file compares the constraints that requests are validated with. It starts in [constraints].

import (
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
)

// keywords are the constraints by their fields in [api.Rule]. The others are about the shape of
// values, which is compared as such.
var keywords = map[string]string{
	"Min": "minimum", "Max": "maximum", "Above": "exclusiveMinimum", "Below": "exclusiveMaximum",
	"MultipleOf": "multipleOf", "MinLength": "minLength", "MaxLength": "maxLength", "Pattern": "pattern",
	"Format": "format", "MinItems": "minItems", "MaxItems": "maxItems", "Unique": "uniqueItems",
	"MinContains": "minContains", "MaxContains": "maxContains", "MinMembers": "minProperties",
	"MaxMembers": "maxProperties",
}

// constraints returns the constraints of types, parameters and bodies that differ. Without
// validation in both versions there are none.
func constraints(old, new Client) []Change {
	if old.API.Names.Rules == "" || new.API.Names.Rules == "" {
		return nil
	}
	var found []Change
	add := func(subject, place string, was, is *api.Rule, wasAt, isAt diag.Position) {
		before, after := map[string]string{}, map[string]string{}
		flatten(before, place, was)
		flatten(after, place, is)
		all := maps.Clone(before)
		maps.Copy(all, after)
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if before[key] != after[key] {
				found = append(found, Change{
					Code: "constraint", Client: new.Output, Subject: subject,
					What:  key + " " + orNone(before[key]) + " → " + orNone(after[key]),
					OldAt: Place{Pos: wasAt}, NewAt: Place{Pos: isAt},
				})
			}
		}
	}
	was, is := typesOf(old.API), typesOf(new.API)
	for _, rule := range new.API.Rules {
		i := slices.IndexFunc(old.API.Rules, func(r api.NamedRule) bool { return r.Name == rule.Name })
		if before, after := was[rule.Name], is[rule.Name]; i >= 0 && before != nil && after != nil {
			add(after.Schema, "", old.API.Rules[i].Rule, rule.Rule, before.Pos, after.Pos)
		}
	}
	for _, p := range pairs(old.API, new.API) {
		subject := p.new.Route()
		for _, param := range p.new.AllParams() {
			same := func(o *api.Param) bool { return o.Name == param.Name && o.In == param.In }
			before := p.old.AllParams()
			if i := slices.IndexFunc(before, same); i >= 0 {
				was := before[i]
				add(subject, "parameter "+param.Name, was.Rule, param.Rule, was.Pos, param.Pos)
			}
		}
		if p.old.Body != nil && p.new.Body != nil {
			add(subject, "body", p.old.Body.Rule, p.new.Body.Rule, p.old.Pos, p.new.Pos)
		}
	}
	return found
}

// typesOf returns the types of an API by name.
func typesOf(a *api.API) map[string]*api.Named {
	types := map[string]*api.Named{}
	for _, t := range a.Types {
		types[t.Name] = t
	}
	return types
}

// flatten adds the constraints of a rule, and of the rules in it, with the path to the value before
// the keyword.
func flatten(out map[string]string, place string, rule *api.Rule) {
	if rule == nil {
		return
	}
	v := reflect.ValueOf(*rule)
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		if word := keywords[name]; word != "" && !field.IsZero() {
			out[joined(place, word, " ")] = constraint(field.Interface())
		}
	}
	for _, m := range rule.Members {
		flatten(out, joined(place, m.Name, "."), m.Rule)
	}
	flatten(out, place+"[]", rule.Items)
	flatten(out, place+"{}", rule.Additional)
	for word, list := range map[string][]*api.Rule{
		"allOf": rule.AllOf, "anyOf": rule.AnyOf, "oneOf": rule.OneOf, "prefixItems": rule.Prefix,
	} {
		for i, r := range list {
			flatten(out, joined(place, word+"["+strconv.Itoa(i)+"]", "."), r)
		}
	}
}

// joined returns a place and what is in it.
func joined(place, name, separator string) string {
	if place == "" {
		return name
	}
	return place + separator + name
}

// constraint returns the value of a constraint as a document has it.
func constraint(value any) string {
	switch v := value.(type) {
	case api.Limit:
		return strconv.Itoa(max(int(v), 0))
	case bool:
		return strconv.FormatBool(v)
	case string:
		return v
	}
	return ""
}
