package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Names of the members that hold the code and the message of an error, the most common first, in
// lower case.
var (
	codeNames    = []string{"code", "errorcode", "errortype", "type", "reason"}
	messageNames = []string{"message", "errormessage", "detail", "details", "description", "errorsubtype"}
)

// Error returns the code and the message of an error. A text is its own message.
func Error(v any) (code, message string) {
	object, ok := v.(map[string]any)
	if !ok {
		return "", Scalar(v)
	}
	lower := lowered(object)
	return firstMember(lower, codeNames), firstMember(lower, messageNames)
}

// deepest is how many levels of objects and lists are searched for codes.
const deepest = 6

// Codes returns the codes in the body of a failure: that of the body itself, that of its member
// error, which may be the code, and those of the entries of its member errors, to the same depth.
func Codes(v any) []string { return codesAt(v, deepest) }

func codesAt(v any, levels int) []string {
	if levels == 0 {
		return nil
	}
	var codes []string
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			codes = append(codes, codesAt(e, levels-1)...)
		}
	case map[string]any:
		lower := lowered(v)
		if code := firstMember(lower, codeNames); code != "" {
			codes = append(codes, code)
		}
		if code := Scalar(lower["error"]); code != "" {
			codes = append(codes, code)
		}
		codes = append(codes, codesAt(lower["error"], levels-1)...)
		codes = append(codes, codesAt(lower["errors"], levels-1)...)
	}
	return codes
}

// lowered returns an object with the names of its members in lower case. Of names that differ in
// case alone, the last in the order of bytes counts, which is the one in lower case.
func lowered(object map[string]any) map[string]any {
	lower := make(map[string]any, len(object))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		lower[strings.ToLower(name)] = object[name]
	}
	return lower
}

// firstMember returns the first member with one of the names that is a scalar, as text.
func firstMember(lower map[string]any, names []string) string {
	for _, name := range names {
		if text := Scalar(lower[name]); text != "" {
			return text
		}
	}
	return ""
}

// Scalar returns a string, number or bool as text, and "" for everything else.
func Scalar(v any) string {
	switch v.(type) {
	case nil, map[string]any, []any:
		return ""
	}
	return fmt.Sprint(v)
}
