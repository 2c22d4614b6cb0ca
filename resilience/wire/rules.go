package wire

// This file checks values of generated types, and what a call sends, against the constraints of a
// document.

import (
	"errors"
	"reflect"
	"strconv"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
	"github.com/resgen/resgen/resilience/wire/internal/rules"
)

// A Rule is the constraints of one schema as data. Generated code has them if validation is
// switched on.
type Rule = rules.Rule

// A MemberRule is the rule of a member of an object.
type MemberRule = rules.MemberRule

// A DependentRule is what applies to an object that has a member.
type DependentRule = rules.DependentRule

// A NamedRule is a rule that others refer to.
type NamedRule = rules.NamedRule

// RuleTypes is a set of JSON types.
type RuleTypes = rules.RuleTypes

// The JSON types.
const (
	TypeNull    = rules.TypeNull
	TypeBoolean = rules.TypeBoolean
	TypeInteger = rules.TypeInteger
	TypeNumber  = rules.TypeNumber
	TypeString  = rules.TypeString
	TypeArray   = rules.TypeArray
	TypeObject  = rules.TypeObject
)

// LimitNone is a limit of 0. The zero value of a limit means that there is no limit.
const LimitNone = rules.None

// A Fault is a place in a value that breaks a rule of the document. Its fields are:
//
//   - Path, a string: the JSON path of the value (RFC 9535), for example $.items[0].name; that of a
//     parameter begins with its location and name, for example query.limit;
//   - What, a string: what is wrong and what the document wants. It contains no value of the data.
type Fault = rules.Fault

// An InvalidError reports everything in a value, or in the arguments of a call, that breaks a rule
// of the document. Nothing was sent. Its field Faults has the type [][Fault].
type InvalidError = rules.Error

// Rules has the rules of a generated package. The zero value has none.
type Rules struct {
	set     rules.Set
	request func(r *Rules, params []Param, body *Body, in Input) error
}

// NewRules returns rules that are sorted by name.
func NewRules(list ...NamedRule) *Rules {
	// Programs without a call of NewRules need not link what checks requests.
	return &Rules{set: rules.Set{Rules: list}, request: (*Rules).checkRequest}
}

// Validate checks a value of a generated type against the rule with a name. It returns an
// [*InvalidError] with every fault, or the error of a value that has no JSON.
func (r *Rules) Validate(name string, v any) error {
	found, err := r.check(&Rule{Ref: name}, v)
	return invalid(found, err)
}

// ValidateRequest checks the arguments of a call. Parameters and bodies that are absent have no
// faults.
func (r *Rules) ValidateRequest(params []Param, body *Body, in Input) error {
	if r.request == nil {
		return nil
	}
	return r.request(r, params, body, in)
}

func (r *Rules) checkRequest(params []Param, body *Body, in Input) error {
	var found []Fault
	for i := range params {
		p := &params[i]
		if i >= len(in.Params) || p.Rule == nil || isNil(in.Params[i]) {
			continue
		}
		list, err := r.check(p.Rule, in.Params[i])
		if err != nil {
			continue // encoding reports it
		}
		for _, f := range list {
			found = append(found, Fault{Path: p.path() + f.Path[1:], What: f.What})
		}
	}
	if body != nil && body.Rule != nil && !isNil(in.Body) {
		list, err := r.checkBody(body, in.Body)
		if err == nil {
			found = append(found, list...)
		}
	}
	return invalid(found, nil)
}

func invalid(found []Fault, err error) error {
	if err == nil && len(found) > 0 {
		err = &InvalidError{Faults: found}
	}
	return err
}

// path returns the beginning of the paths of a parameter's faults.
func (p *Param) path() string {
	location := map[Location]string{
		Path: "path", Query: "query", Header: "header", Cookie: "cookie", QueryString: "query",
	}[p.In]
	return string(rules.AppendName([]byte(location), p.Name))
}

// check returns the faults of a value.
func (r *Rules) check(rule *Rule, v any) ([]Fault, error) {
	data, unset, err := lossless.MarshalToCheck(v, isReadOnce)
	if err != nil {
		return nil, err
	}
	parsed, err := rules.Parse(data)
	if err != nil {
		return nil, err
	}
	return withUnset(r.set.Check(rule, parsed), unset), nil
}

// isReadOnce reports whether a value is a file whose content can be read only once. A check must
// not read it, because nothing would be left to send.
func isReadOnce(v reflect.Value) bool {
	f, ok := fileOf(v.Interface())
	if !ok {
		return false
	}
	s, err := sourceOf(f.Content)
	return err == nil && s.oneShot
}

// withUnset adds the members that have no value. They were checked as null, which is not what is
// wrong with them.
func withUnset(found []Fault, unset []string) []Fault {
	if len(unset) == 0 {
		return found
	}
	absent := make(map[string]bool, len(unset))
	var list []Fault
	for _, path := range unset {
		absent[path] = true
		list = append(list, Fault{Path: path, What: "has no value"})
	}
	for _, f := range found {
		if !absent[f.Path] {
			list = append(list, f)
		}
	}
	return list
}

// checkBody returns the faults of a body.
func (r *Rules) checkBody(b *Body, v any) ([]Fault, error) {
	if b.Format != Multipart {
		return r.check(b.Rule, v)
	}
	parts, err := partsOf(v)
	if err != nil {
		return nil, err
	}
	return withUnset(r.set.Check(b.Rule, parts.values), parts.unset), nil
}

// A partValues is a multipart body as a JSON object.
type partValues struct {
	values map[string]any
	unset  []string
}

// partsOf reads the members of a multipart body. Files are opaque.
func partsOf(v any) (partValues, error) {
	p := partValues{values: map[string]any{}}
	err := eachMember(reflect.ValueOf(v), func(name string, v reflect.Value) error {
		v, ok := held(v)
		if !ok {
			return nil
		}
		value, unset, err := partValue(v)
		p.values[name] = value
		for _, path := range unset {
			p.unset = append(p.unset, string(rules.AppendName([]byte("$"), name))+path[1:])
		}
		return err
	})
	return p, err
}

// partValue returns the value of a member of a multipart body.
func partValue(v reflect.Value) (any, []string, error) {
	if isFileList(v) {
		return filesOf(v)
	}
	if f, ok := fileOf(v.Interface()); ok {
		if f.IsZero() {
			return rules.Opaque{}, []string{"$"}, nil
		}
		return rules.Opaque{}, nil, nil
	}
	data, unset, err := lossless.MarshalToCheck(v.Interface(), isReadOnce)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := rules.Parse(data)
	return parsed, unset, err
}

// filesOf returns a list of files.
func filesOf(v reflect.Value) (any, []string, error) {
	var (
		list  = make([]any, v.Len())
		unset []string
		errs  []error
	)
	for i := range v.Len() {
		value, absent, err := partValue(v.Index(i))
		list[i] = value
		errs = append(errs, err)
		for _, path := range absent {
			unset = append(unset, "$["+strconv.Itoa(i)+"]"+path[1:])
		}
	}
	return list, unset, errors.Join(errs...)
}
