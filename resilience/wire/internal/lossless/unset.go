package lossless

// This file finds members of a request that have no value.

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/wire/internal/rules"
)

// mostListed is how many members an [UnsetError] lists.
const mostListed = 50

// An UnsetError reports required members that have no value: a zero Time, Date, Decimal, Scalar,
// File or union, or a nil that the schema does not allow.
type UnsetError struct {
	Members []string // paths with dots between names and indexes, in order; at most 50
	More    int      // how many others there are
}

func (e *UnsetError) Error() string {
	text := "required members without a value: " + strings.Join(e.Members, ", ")
	if e.More > 0 {
		text += fmt.Sprintf(" and %d more", e.More)
	}
	return text + "; set them"
}

// Add adds a member.
func (e *UnsetError) Add(member string) {
	if len(e.Members) == mostListed {
		e.More++
		return
	}
	e.Members = append(e.Members, member)
}

// Join adds the members of another error, which are within a member.
func (e *UnsetError) Join(within string, other *UnsetError) {
	for _, m := range other.Members {
		e.Add(strings.TrimSuffix(within+"."+m, "."))
	}
	e.More += other.More
}

// Err returns the error, or nil if no member is unset.
func (e *UnsetError) Err() error {
	if len(e.Members) == 0 {
		return nil
	}
	return e
}

// MarshalSent returns the JSON of a value of a generated type as part of a request. A nil list is
// an empty list, and an [*UnsetError] names all members that have no value.
func MarshalSent(v any) ([]byte, error) {
	data, lacking, err := marshalSent(v, nil)
	if err == nil && lacking {
		err = &findUnset(v).UnsetError
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

// MarshalToCheck returns the same as [MarshalSent], with null for members that have no value, and
// the JSON paths of these. Values that encode themselves are written as [rules.OpaqueText] if
// withheld reports true.
func MarshalToCheck(v any, withheld func(v reflect.Value) bool) (data []byte, unset []string, err error) {
	data, lacking, err := marshalSent(v, withheld)
	if err == nil && lacking {
		unset = findUnset(v).paths
	}
	return data, unset, err
}

// marshalSent returns the JSON of a request. lacking is true if a member has no value.
func marshalSent(v any, withheld func(v reflect.Value) bool) (data []byte, lacking bool, err error) {
	e := newEncoder()
	defer e.free()
	e.declared, e.withheld = true, withheld
	err = e.of(v)
	return e.json(), e.lacking, err
}

// findUnset finds the members without a value. It is only called if there are some, so that most
// requests are written without keeping track of the path.
func findUnset(v any) *found {
	e := newEncoder()
	defer e.free()
	u := &unset{}
	e.declared, e.unset = true, u
	_ = e.of(v) // marshalSent had no error
	return &u.found
}

// IsUnset reports whether v is of a type that keeps a [Token], and has none.
func IsUnset(v reflect.Value) bool {
	k, ok := v.Interface().(tokenKeeper)
	return ok && k.jsonToken() == ""
}

// An unset collects the paths of values that are unset. All methods of a nil unset do nothing. An
// encoder with one writes no values that encode themselves.
type unset struct {
	path []step
	found
}

// found are values that are unset.
type found struct {
	UnsetError
	paths []string // JSON paths of all
}

// A step is the name of a member, or an index in a list.
type step struct {
	name  string
	index int // -1: a member
}

// enter begins a member.
func (u *unset) enter(name string) {
	if u != nil {
		u.path = append(u.path, step{name, -1})
	}
}

// element begins an element of a list.
func (u *unset) element(index int) {
	if u != nil {
		u.path = append(u.path, step{"", index})
	}
}

func (u *unset) leave() {
	if u != nil {
		u.path = u.path[:len(u.path)-1]
	}
}

// add records that the value at the current path is unset.
func (u *unset) add() {
	if u == nil {
		return
	}
	names, path := make([]string, len(u.path)), []byte("$")
	for i, s := range u.path {
		if s.index >= 0 {
			names[i], path = strconv.Itoa(s.index), rules.AppendIndex(path, s.index)
		} else {
			names[i], path = s.name, rules.AppendName(path, s.name)
		}
	}
	u.Add(strings.Join(names, "."))
	u.paths = append(u.paths, string(path))
}
