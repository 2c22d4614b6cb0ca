package success

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/resgen/resgen/resilience/internal/rule"
	"github.com/resgen/resgen/resilience/memberpath"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Outcome is what the rules say about a response as a whole.
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

// Result is what the rules say about a response. The zero Result is a success.
type Result struct {
	Outcome   Outcome
	Note      string // describes a failure, without messages of the server
	Items     []Item // failed items, or the errors of a request that failed
	Total     int    // items in the response
	Throttled bool   // something in the response was refused because there were too many requests
}

// Rules are what a policy says about responses with a status of 2xx.
type Rules struct {
	Success   *policy.Success
	Throttled []policy.Rule // failures that mean too many requests
}

// Apply applies rules to the status and the JSON body of a 2xx response. A body that is not JSON,
// or that lacks the members that the rules name, is a success.
func (r Rules) Apply(status int, body []byte) Result {
	keys := r.Success
	if keys.Field == "" && keys.Errors == "" && keys.Items == "" {
		return Result{}
	}
	var v any
	if wire.Unmarshal(body, &v) != nil {
		return Result{}
	}
	if word := rule.Scalar(at(v, parse(keys.Field))); word != "" && slices.Contains(keys.Fail, word) {
		return r.whole(status, v, at(v, parse(keys.Error)), keys.Field+" is "+word)
	}
	if list, ok := at(v, parse(keys.Errors)).([]any); ok && len(list) > 0 {
		return r.whole(status, v, list, fmt.Sprintf("%s holds %d entries", keys.Errors, len(list)))
	}
	if list, ok := at(v, parse(keys.Items)).([]any); ok {
		return r.applyToItems(list)
	}
	return Result{}
}

// whole returns the result of a response v that is a failure. errors is an error or a list of
// errors in it.
func (r Rules) whole(status int, v, errors any, note string) Result {
	out := Result{Outcome: Failed, Note: note, Items: r.errorsIn(status, errors)}
	if rule.Item(status, failureKind, v, rule.Codes(v)...).Matches(r.Throttled) ||
		slices.ContainsFunc(out.Items, func(i Item) bool { return i.Throttled }) {
		out.Outcome, out.Throttled = Throttled, true
	}
	return out
}

// failureKind is the kind of a failure that is not throttled yet, as resilience.Kind names it.
const failureKind = "api"

// errorsIn returns the errors of a request that failed. v is an error or a list of errors.
func (r Rules) errorsIn(status int, v any) []Item {
	list, ok := v.([]any)
	if !ok && v != nil {
		list = []any{v}
	}
	var items []Item
	for i, e := range list {
		item := Item{Index: i}
		item.Code, item.Message = rule.Error(e)
		item.Throttled = rule.Item(status, failureKind, e, item.Code).Matches(r.Throttled)
		items = append(items, item)
	}
	return items
}

// applyToItems applies rules to the items of a response.
func (r Rules) applyToItems(list []any) Result {
	out := Result{Total: len(list)}
	throttled := 0
	paths := itemPaths{status: parse(r.Success.Status), failure: parse(r.Success.Error)}
	for i, v := range list {
		item, failed := r.applyToItem(paths, v)
		if !failed {
			continue
		}
		item.Index = i
		out.Items = append(out.Items, item)
		if item.Throttled {
			throttled++
		}
	}
	out.Throttled = throttled > 0
	switch {
	case len(out.Items) == 0:
		return out
	case throttled == out.Total:
		out.Outcome = AllThrottled
	case throttled > 0:
		out.Outcome = SomeThrottled
	default:
		out.Outcome = SomeFailed
	}
	out.Note = describe(out.Items, out.Total)
	return out
}

// itemPaths are the paths of the rules in an item.
type itemPaths struct{ status, failure memberpath.Path }

// applyToItem applies rules to one item. The item failed if its status is a number other than 2xx
// or one of the words that mean failure, if there is an error where the rules look for errors, or
// if it was throttled.
func (r Rules) applyToItem(paths itemPaths, v any) (item Item, failed bool) {
	word := rule.Scalar(at(v, paths.status))
	if n, err := strconv.Atoi(word); err == nil {
		item.Status, failed = n, n/100 != 2
	} else {
		item.Word = word
	}
	first, found := firstError(at(v, paths.failure))
	item.Code, item.Message = rule.Error(first)
	item.Throttled = item.Status == 429 || rule.Item(item.Status, failureKind, v, item.Code, word).Matches(r.Throttled)
	failed = failed || found || item.Throttled || word != "" && slices.Contains(r.Success.Fail, word)
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

// at returns the value at a path of a JSON value, or nil.
func at(v any, p memberpath.Path) any {
	found, _ := p.Lookup(v)
	return found
}
