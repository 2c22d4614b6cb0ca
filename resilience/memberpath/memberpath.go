package memberpath

import (
	"fmt"
	"strconv"
	"strings"
)

// Whole is the path of the value itself.
const Whole = "."

// A Path is a parsed path. The zero value is the empty path, which selects nothing.
type Path struct {
	text string
}

// Parse parses a path. It returns an error for a path with an empty name, such as "a..b" or "a.".
func Parse(text string) (Path, error) {
	if text == "" || text == Whole {
		return Path{text}, nil
	}
	for name := range strings.SplitSeq(text, ".") {
		if name == "" {
			return Path{}, fmt.Errorf("path %q has an empty name; write names with single dots between them", text)
		}
	}
	return Path{text}, nil
}

// MustParse is like [Parse] and panics if the path is malformed. It is for paths in source code.
func MustParse(text string) Path {
	p, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return p
}

// String returns the text of the path.
func (p Path) String() string { return p.text }

// IsZero reports whether p is the empty path.
func (p Path) IsZero() bool { return p.text == "" }

// Lookup returns the value at a path in decoded JSON: map[string]any, []any and scalars. It returns
// false if the path is empty or a member on the way is missing. A member that is null is found.
func (p Path) Lookup(v any) (any, bool) { return Follow(p, v, member) }

// member returns a member of an object or an element of a list.
func member(v any, name string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		m, ok := v[name]
		return m, ok
	case []any:
		if i, ok := Index(name); ok && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}

// Index returns the element of a list that a name selects. A name with a sign or a leading zero is
// not an index.
func Index(name string) (int, bool) {
	i, err := strconv.Atoi(name)
	return i, err == nil && i >= 0 && strconv.Itoa(i) == name
}

// Follow returns the value at a path of any tree. The function member returns the member of a value
// with a name, which may contain dots, and reports whether there is one.
func Follow[V any](p Path, v V, member func(v V, name string) (V, bool)) (V, bool) {
	var none V
	switch p.text {
	case "":
		return none, false
	case Whole:
		return v, true
	}
	return follow(p.text, v, member)
}

// follow tries the longest name first.
func follow[V any](path string, v V, member func(v V, name string) (V, bool)) (V, bool) {
	var none V
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
		m, ok := member(v, path[:end])
		if !ok {
			continue
		}
		if end == len(path) {
			return m, true
		}
		if found, ok := follow(path[end+1:], m, member); ok {
			return found, true
		}
	}
	return none, false
}

// Set sets the member at a path of an object and makes the objects on the way that are missing. It
// returns an error if a value on the way is not an object, or if the path is empty or [Whole].
// A member that exists under the whole remaining path, dots included, is replaced.
func (p Path) Set(object map[string]any, value any) error {
	if p.text == "" || p.text == Whole {
		return fmt.Errorf("path %q does not name a member", p.text)
	}
	return set(object, p.text, value)
}

func set(object map[string]any, path string, value any) error {
	name, rest, deeper := strings.Cut(path, ".")
	if _, ok := object[path]; ok || !deeper {
		object[path] = value
		return nil
	}
	inner, ok := object[name].(map[string]any)
	if !ok && object[name] != nil {
		return fmt.Errorf("member %s is not an object, so it has no member %s", name, rest)
	}
	if inner == nil {
		inner = map[string]any{}
		object[name] = inner
	}
	return set(inner, rest, value)
}

// Replace returns v with another value at a path of any tree. Member is as for [Follow]; set
// returns a value with one member exchanged or added, or an error if the value cannot have such a
// member. The value at the path that [Follow] finds is replaced. If it finds none, each name of the
// path is one without dots, and set gets the zero value for a member that is missing.
func Replace[V any](
	p Path, v, value V, member func(v V, name string) (V, bool), set func(v V, name string, value V) (V, error),
) (V, error) {
	switch p.text {
	case "":
		return v, fmt.Errorf("path %q does not name a member", p.text)
	case Whole:
		return value, nil
	}
	return replace(p.text, v, value, member, set)
}

func replace[V any](
	path string, v, value V, member func(v V, name string) (V, bool), set func(v V, name string, value V) (V, error),
) (V, error) {
	name, rest := first(path, v, member)
	if rest != "" {
		m, _ := member(v, name)
		var err error
		if value, err = replace(rest, m, value, member, set); err != nil {
			return v, err
		}
	}
	return set(v, name, value)
}

// first splits a path into its first name and the rest, as follow reads it.
func first[V any](path string, v V, member func(v V, name string) (V, bool)) (name, rest string) {
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
		m, ok := member(v, path[:end])
		if !ok {
			continue
		}
		if end == len(path) {
			return path, ""
		}
		if _, ok := follow(path[end+1:], m, member); ok {
			return path[:end], path[end+1:]
		}
	}
	name, rest, _ = strings.Cut(path, ".")
	return name, rest
}
