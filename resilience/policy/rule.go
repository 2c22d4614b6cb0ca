package policy

// This file has rules, which describe failures by status, code and kind, and what can be said about
// rules without a failure: whether they are allowed, how they are written, and which covers which.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Rule describes failures. A failure matches if it matches every part that is set; in a part, one
// of the alternatives suffices. The lists of rules in a policy match if one of the rules does.
type Rule struct {
	Status []int     `yaml:"status"` // statuses of the response: [409]
	Code   ErrorCode `yaml:"code"`   // a code in the body of the response
	Kind   []string  `yaml:"kind"`   // kinds of errors, as resilience.Kind names them: [timeout]
}

// An ErrorCode describes a text, number or bool in the JSON body of a response.
type ErrorCode struct {
	// path of the code in the body, errors.0.code; in an item of a batch, the path begins at the
	// item. Without a path, the codes are those that the error or its list of errors has in members
	// with the usual names
	Path string   `yaml:"path"`
	In   []string `yaml:"in"` // the codes that match: [ResourceBusy]
}

// When lists the failures that a circuit counts differently. A failure that matches both lists is
// ignored.
type When struct {
	Failure []Rule `yaml:"failure"` // failures that count although they would not: [{status: [404]}]
	Ignore  []Rule `yaml:"ignore"`  // failures that do not count: [{code: {path: code, in: [Maintenance]}}]
}

// The kinds of failures that rules may name. All other errors are of the program itself: a canceled
// call, an open circuit, an argument that is not valid.
const kindAPI = "api"

var ruleKinds = []string{"transport", "timeout", kindAPI, "throttled", "contract", "empty-body", "too-large"}

// isZero reports whether no part of the rule is set.
func (r Rule) isZero() bool { return len(r.Status) == 0 && r.Code.isZero() && len(r.Kind) == 0 }

func (c ErrorCode) isZero() bool { return c.Path == "" && len(c.In) == 0 }

// String returns the rule as a policy file has it: {status: [409], code: {path: code, in: [Busy]}}.
func (r Rule) String() string {
	var parts []string
	if len(r.Status) > 0 {
		parts = append(parts, "status: "+text(r.Status))
	}
	if !r.Code.isZero() {
		parts = append(parts, "code: "+r.Code.String())
	}
	if len(r.Kind) > 0 {
		parts = append(parts, "kind: "+flow(r.Kind))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// String returns the code as a policy file has it: {path: errors.0.code, in: [ResourceBusy]}.
func (c ErrorCode) String() string {
	in := "in: " + flow(c.In)
	if c.Path == "" {
		return "{" + in + "}"
	}
	return "{path: " + plain(c.Path) + ", " + in + "}"
}

// rulesText writes a list of rules in one line of YAML.
func rulesText(rules []Rule) string {
	texts := make([]string, len(rules))
	for i, r := range rules {
		texts[i] = r.String()
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// flow writes a list of texts in one line of YAML.
func flow(list []string) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = plain(s)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// plain writes a text of YAML, in quotes if it would not be read as the same text without them.
func plain(s string) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	_, notNumber := strconv.ParseFloat(s, 64)
	word := s != "" && strings.Trim(s, letters+"0123456789_-./") == "" && strings.Contains(letters+"_", s[:1])
	if !word || notNumber == nil || slices.Contains(reserved, strings.ToLower(s)) {
		return strconv.Quote(s)
	}
	return s
}

// reserved are the words that YAML reads as something other than text.
var reserved = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

// covers reports whether every failure that matches the narrower rule matches r.
func (r Rule) covers(narrower Rule) bool {
	return includesAll(r.Status, narrower.Status) && includesAll(r.Kind, narrower.Kind) &&
		(r.Code.isZero() || r.Code.Path == narrower.Code.Path && includesAll(r.Code.In, narrower.Code.In))
}

// includesAll reports whether wide has all alternatives of narrow. An empty list means every value.
func includesAll[T comparable](wide, narrow []T) bool {
	if len(wide) == 0 {
		return true
	}
	return len(narrow) > 0 && !slices.ContainsFunc(narrow, func(v T) bool { return !slices.Contains(wide, v) })
}

// check calls bad for each part of a rule that is not allowed. kinds are those that the rule may
// name.
func (r Rule) check(kinds []string, bad func(what, cure string)) {
	if r.isZero() {
		bad("is empty", "give it a status, a code or a kind")
	}
	for _, s := range r.Status {
		if !status.allows(float64(s)) {
			bad(fmt.Sprintf("status: want %s, got %d", status.text, s), "")
		}
	}
	for _, k := range r.Kind {
		if !slices.Contains(kinds, k) {
			bad("kind: want "+oneOf(kinds)+", got "+strconv.Quote(k), suggestion(k, kinds))
		}
	}
	r.Code.check(bad)
}

func (c ErrorCode) check(bad func(what, cure string)) {
	if c.isZero() {
		return
	}
	if c.Path != "" && !isMemberPath(c.Path) {
		bad("code: path: want "+memberPath.text+", got "+strconv.Quote(c.Path), "")
	}
	if len(c.In) == 0 {
		bad("code: lists no codes", "list them: in: [ResourceBusy]")
	}
	if slices.Contains(c.In, "") {
		bad("code: in: has an empty code", "delete it")
	}
}
