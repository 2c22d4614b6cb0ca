package success

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/memberpath"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Outcome is what a rule says about a response as a whole.
type Outcome uint8

// The outcomes. With the last three the response has a value of which some items failed.
const (
	Succeeded     Outcome = iota
	Failed                // the request failed
	Throttled             // the request failed because there were too many requests
	SomeFailed            // items failed, and none was throttled
	SomeThrottled         // items failed, and some of them were throttled
	AllThrottled          // all items were throttled: nothing was done
)

// Result is what a rule says about a response. The zero Result is a success.
type Result struct {
	Outcome   Outcome
	Note      string // describes a failure, without messages of the server
	Items     []Item // failed items, or the errors of a request that failed
	Total     int    // items in the response
	Throttled bool   // something in the response was refused because there were too many requests
}

// Apply applies a rule to the JSON body of a 2xx response. A body that is not JSON, or that lacks
// the members that the rule names, is a success.
func Apply(rule *policy.Success, body []byte) Result {
	if rule.Field == "" && rule.Errors == "" && rule.Items == "" {
		return Result{}
	}
	var v any
	if wire.Unmarshal(body, &v) != nil {
		return Result{}
	}
	if word := scalarText(at(v, parse(rule.Field))); word != "" && slices.Contains(rule.Fail, word) {
		items := errorsIn(rule, at(v, parse(rule.Error)))
		return Result{Outcome: Failed, Note: rule.Field + " is " + word, Items: items}
	}
	if list, ok := at(v, parse(rule.Errors)).([]any); ok && len(list) > 0 {
		r := Result{Outcome: Failed, Note: fmt.Sprintf("%s holds %d entries", rule.Errors, len(list))}
		r.Items = errorsIn(rule, list)
		if slices.ContainsFunc(r.Items, func(i Item) bool { return i.Throttled }) {
			r.Outcome, r.Throttled = Throttled, true
		}
		return r
	}
	if list, ok := at(v, parse(rule.Items)).([]any); ok {
		return applyToItems(rule, list)
	}
	return Result{}
}

// errorsIn returns the errors of a request that failed. v is an error or a list of errors.
func errorsIn(rule *policy.Success, v any) []Item {
	list, ok := v.([]any)
	if !ok && v != nil {
		list = []any{v}
	}
	var items []Item
	for i, e := range list {
		item := Item{Index: i}
		item.Code, item.Message = codeAndMessage(e)
		item.Throttled = slices.Contains(rule.Throttled, item.Code)
		items = append(items, item)
	}
	return items
}

// applyToItems applies a rule to the items of a response.
func applyToItems(rule *policy.Success, list []any) Result {
	r := Result{Total: len(list)}
	throttled := 0
	paths := itemPaths{status: parse(rule.Status), failure: parse(rule.Error)}
	for i, v := range list {
		item, failed := applyToItem(rule, paths, v)
		if !failed {
			continue
		}
		item.Index = i
		r.Items = append(r.Items, item)
		if item.Throttled {
			throttled++
		}
	}
	r.Throttled = throttled > 0
	switch {
	case len(r.Items) == 0:
		return r
	case throttled == r.Total:
		r.Outcome = AllThrottled
	case throttled > 0:
		r.Outcome = SomeThrottled
	default:
		r.Outcome = SomeFailed
	}
	r.Note = describe(r.Items, r.Total)
	return r
}

// itemPaths are the paths of a rule in an item.
type itemPaths struct{ status, failure memberpath.Path }

// applyToItem applies a rule to one item. The item failed if its status is a number other than 2xx
// or one of the words that mean failure, or if there is an error where the rule looks for errors.
func applyToItem(rule *policy.Success, paths itemPaths, v any) (item Item, failed bool) {
	word := scalarText(at(v, paths.status))
	if n, err := strconv.Atoi(word); err == nil {
		item.Status, failed = n, n/100 != 2
	} else {
		item.Word = word
	}
	throttled := word != "" && slices.Contains(rule.Throttled, word)
	failed = failed || throttled || word != "" && slices.Contains(rule.Fail, word)
	first, found := firstError(at(v, paths.failure))
	failed = failed || found
	item.Code, item.Message = codeAndMessage(first)
	item.Throttled = throttled || item.Status == 429 || slices.Contains(rule.Throttled, item.Code)
	return item, failed
}

// firstError returns the first of a list of errors, or the only error, and whether there is one.
func firstError(v any) (first any, found bool) {
	switch e := v.(type) {
	case nil:
		return nil, false
	case []any:
		if len(e) == 0 {
			return nil, false
		}
		return e[0], true
	case map[string]any:
		return e, filled(e)
	case string:
		return e, e != ""
	}
	return v, true
}

// filled reports whether a member of an object is not empty. Some servers send errors of empty
// texts with items that succeeded.
func filled(e map[string]any) bool {
	for _, v := range e {
		switch m := v.(type) {
		case nil:
		case string:
			if m != "" {
				return true
			}
		case []any:
			if len(m) > 0 {
				return true
			}
		case map[string]any:
			if filled(m) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// Names of the members that hold the code and the message of an error, the most common first, in
// lower case.
var (
	codeNames    = []string{"code", "errorcode", "errortype", "type", "reason"}
	messageNames = []string{"message", "errormessage", "detail", "details", "description", "errorsubtype"}
)

// codeAndMessage returns the code and the message of an error. A text is its own message.
func codeAndMessage(v any) (code, message string) {
	object, ok := v.(map[string]any)
	if !ok {
		return "", scalarText(v)
	}
	return firstMember(object, codeNames), firstMember(object, messageNames)
}

// firstMember returns the first member with one of the names that is a scalar, as text.
func firstMember(object map[string]any, names []string) string {
	lower := make(map[string]any, len(object))
	for name, v := range object {
		lower[strings.ToLower(name)] = v
	}
	for _, name := range names {
		if text := scalarText(lower[name]); text != "" {
			return text
		}
	}
	return ""
}

// at returns the value at a path of a JSON value, or nil.
func at(v any, p memberpath.Path) any {
	found, _ := p.Lookup(v)
	return found
}

// scalarText returns a string, number or bool as text, and "" for everything else.
func scalarText(v any) string {
	switch v.(type) {
	case nil, map[string]any, []any:
		return ""
	}
	return fmt.Sprint(v)
}
