// This file decides, as pure functions, whether a 2xx answer is a success by the policy's rule, and which of its items failed. It begins in judge.

package resilience

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A FailedItem is one part of a request that was not done, as the answer to the whole request tells: an item of a batch, or an error that stands
// in an answer with status 2xx. The policy's success keys say where.
type FailedItem struct {
	Index     int    // place in the answer's list, from 0; the request's list has the same order where success.request names it
	Status    int    // HTTP status of the item; 0: the answer gives it none
	Word      string // the item's status if that is no number: "ClientError"
	Code      string // of its first error, as the server writes it; empty: it has none
	Message   string // of its first error; it may hold anything that the server wrote
	Throttled bool   // there were too many requests: the item was not looked at, and asking again later makes sense
}

// String says in a word or two what became of the item; it leaves the message out.
func (i FailedItem) String() string {
	what := short(i.Word)
	if i.Status != 0 {
		what = strconv.Itoa(i.Status)
	}
	return fmt.Sprintf("item %d: %s", i.Index, cmp.Or(strings.TrimSpace(what+" "+short(i.Code)), "failed"))
}

// longestWord is what is kept in a text of a word that a server wrote, in bytes.
const longestWord = 40

// short returns a word of the server's as far as it goes into a text.
func short(word string) string { return printable(word[:min(len(word), longestWord)]) }

// A judgement is what a policy's success rule makes of a 2xx answer.
type judgement struct {
	fault     fault // none: it is a success
	note      string
	items     []FailedItem
	asked     int  // items in the answer
	throttled bool // something in it was refused because there were too many requests
}

// judge applies a rule to the JSON of an answer. What is no JSON, or lacks what the rule names, is a success.
func judge(rule *policy.Success, data []byte) judgement {
	if rule.Field == "" && rule.Errors == "" && rule.Items == "" {
		return judgement{}
	}
	var v any
	if wire.Unmarshal(data, &v) != nil {
		return judgement{}
	}
	if word := scalarText(lookUp(v, rule.Field)); word != "" && slices.Contains(rule.Fail, word) {
		return judgement{fault: faultDeclared, note: rule.Field + " is " + word, items: errorsIn(rule, lookUp(v, rule.Error))}
	}
	if list, ok := lookUp(v, rule.Errors).([]any); ok && len(list) > 0 {
		j := judgement{fault: faultDeclared, note: fmt.Sprintf("%s holds %d entries", rule.Errors, len(list)), items: errorsIn(rule, list)}
		if slices.ContainsFunc(j.items, func(i FailedItem) bool { return i.Throttled }) {
			j.fault, j.throttled = faultThrottled, true
		}
		return j
	}
	if list, ok := lookUp(v, rule.Items).([]any); ok {
		return judgeItems(rule, list)
	}
	return judgement{}
}

// errorsIn returns what an error, or a list of them, says about the whole answer.
func errorsIn(rule *policy.Success, v any) []FailedItem {
	list, ok := v.([]any)
	if !ok && v != nil {
		list = []any{v}
	}
	var items []FailedItem
	for i, e := range list {
		item := FailedItem{Index: i}
		item.Code, item.Message = describe(e)
		item.Throttled = slices.Contains(rule.Throttled, item.Code)
		items = append(items, item)
	}
	return items
}

// judgeItems applies a rule to the items of an answer.
func judgeItems(rule *policy.Success, list []any) judgement {
	j := judgement{asked: len(list)}
	throttled := 0
	for i, v := range list {
		item, failed := judgeItem(rule, v)
		if !failed {
			continue
		}
		item.Index = i
		j.items = append(j.items, item)
		if item.Throttled {
			throttled++
		}
	}
	j.throttled = throttled > 0
	switch {
	case len(j.items) == 0:
		return j
	case throttled == j.asked:
		j.fault = faultAllThrottled
	case throttled > 0:
		j.fault = faultSomeThrottled
	default:
		j.fault = faultItems
	}
	j.note = itemsNote(j.items, j.asked)
	return j
}

// judgeItem applies a rule to one item. It failed if its status is a number outside of 2xx or one of the words that mean failure, or if it has
// something where the rule looks for errors.
func judgeItem(rule *policy.Success, v any) (item FailedItem, failed bool) {
	word := ""
	if rule.Status != "" {
		word = scalarText(lookUp(v, rule.Status))
	}
	if n, err := strconv.Atoi(word); err == nil {
		item.Status, failed = n, n/100 != 2
	} else {
		item.Word = word
	}
	slow := word != "" && slices.Contains(rule.Throttled, word)
	failed = failed || slow || word != "" && slices.Contains(rule.Fail, word)
	if rule.Error != "" {
		first, found := firstError(lookUp(v, rule.Error))
		failed = failed || found
		item.Code, item.Message = describe(first)
	}
	item.Throttled = slow || item.Status == 429 || slices.Contains(rule.Throttled, item.Code)
	return item, failed
}

// firstError returns the first of a list of errors, or the only one, and whether there is any.
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

// filled reports whether a member of an object says anything. Servers send errors of empty texts with what went well.
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

// The members in which errors have their code and their message, the commonest first, in lower case.
var (
	codeNames    = []string{"code", "errorcode", "errortype", "type", "reason"}
	messageNames = []string{"message", "errormessage", "detail", "details", "description", "errorsubtype"}
)

// describe returns the code and the message of an error. A text is its own message.
func describe(v any) (code, message string) {
	object, ok := v.(map[string]any)
	if !ok {
		return "", scalarText(v)
	}
	return member(object, codeNames), member(object, messageNames)
}

// member returns the first member with one of the names that is a scalar.
func member(object map[string]any, names []string) string {
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

// mostNamed is how many failed items a text names.
const mostNamed = 3

// itemsNote counts the failed items and names the first.
func itemsNote(items []FailedItem, asked int) string {
	var names []string
	for _, i := range items[:min(len(items), mostNamed)] {
		names = append(names, i.String())
	}
	if len(items) > mostNamed {
		names = append(names, "…")
	}
	return fmt.Sprintf("%d of %d items failed (%s)", len(items), asked, strings.Join(names, ", "))
}

// allRefused reports whether every item of an answer was refused before anything was done.
func allRefused(items []FailedItem, asked int) bool {
	return len(items) == asked && !slices.ContainsFunc(items, func(i FailedItem) bool { return i.Status/100 != 4 && !i.Throttled })
}

// allThrottled reports whether all failed items were throttled.
func allThrottled(items []FailedItem) bool {
	return !slices.ContainsFunc(items, func(i FailedItem) bool { return !i.Throttled })
}

// whole is the path of an answer or a body itself.
const whole = "."

// lookUp returns the member at a path with dots between names, or nil.
func lookUp(v any, path string) any {
	switch path {
	case "":
		return nil
	case whole:
		return v
	}
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// scalarText returns a string, number or bool as text, and nothing for all else.
func scalarText(v any) string {
	switch v.(type) {
	case nil, map[string]any, []any:
		return ""
	}
	return fmt.Sprint(v)
}
