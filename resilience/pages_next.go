// This file finds the next page in an answer, and asks for it: one function a style.

package resilience

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/wire"
)

// next returns the place of the page behind p, or the problem with it.
func (w *walk) next(p sheet) (Cursor, *problem) {
	var token string
	var bad *problem
	switch w.rule.Style {
	case "offset":
		token, bad = w.nextOffset(p)
	case "page":
		token, bad = w.nextNumber(p)
	case "link":
		token, bad = w.nextLink(p)
	default:
		token, bad = w.nextToken(p)
	}
	if bad != nil {
		return Cursor{}, bad
	}
	c := Cursor{operation: w.op.ID, token: token, page: w.at.page + 1, items: w.at.items + p.count(), at: p.came, done: token == ""}
	return c, w.guard(p, c)
}

// guard keeps a walk from going on for ever: in a circle, or through pages without items.
func (w *walk) guard(p sheet, next Cursor) *problem {
	if next.done {
		return nil
	}
	id := fingerprint(next.token)
	if w.seen[id] {
		return &problem{kind: KindPages, text: "the server names a page as the next one that was read before, so that the pages would never end"}
	}
	w.seen[id] = true
	if !p.counted || p.count() > 0 {
		w.empty = 0
		return nil
	}
	if w.empty++; w.empty >= w.set.empty {
		w.empty = 0
		return &problem{kind: KindPages, text: fmt.Sprintf("%d pages in a row are without items; go on from the cursor, or allow more with WithEmptyPages", w.set.empty), at: &next}
	}
	return nil
}

// nextToken reads the token of the next page.
func (w *walk) nextToken(p sheet) (string, *problem) {
	token, bad := w.text(p)
	if bad == nil && token != "" && w.rule.Request == "" {
		bad = &problem{kind: KindPages, text: "there are further pages, and the operation has no parameter to ask for them"}
	}
	return token, bad
}

// text returns what stands in the answer where the policy says; nothing if it is absent, null or empty.
func (w *walk) text(p sheet) (string, *problem) {
	v, ok := wire.Find(p.answer.value, w.rule.Response)
	if !ok || w.rule.Response == "" {
		return "", nil
	}
	text, ok := wire.PlainText(v.Interface())
	if !ok {
		return "", &problem{kind: KindContract, text: w.rule.Response + " is no text, number or bool"}
	}
	return text, nil
}

// nextOffset adds what came to the offset of the page. The last page is the one with which the stated count is reached; where none is stated, the
// first one without items.
func (w *walk) nextOffset(p sheet) (string, *problem) {
	from, err := w.number("0")
	if err != nil {
		return "", &problem{kind: KindInvalidRequest, text: err.Error()}
	}
	stated, bad := w.text(p)
	if bad != nil || stated == "false" {
		return "", bad
	}
	total := int64(math.MaxInt64)
	if stated != "" && stated != "true" {
		if total, err = strconv.ParseInt(stated, 10, 64); err != nil {
			return "", &problem{kind: KindContract, text: w.rule.Response + " is no whole number"}
		}
	}
	step, known := w.step(p)
	switch {
	case !known:
		return "", &problem{kind: KindPages, text: "nothing says how many items the page has; set pagination.items or pagination.size"}
	case step >= total-from, step == 0 && stated == "":
		return "", nil
	case step == 0:
		return "", &problem{kind: KindPages, text: fmt.Sprintf("the page at %d has no items, and the answer says that there are more", from)}
	}
	return strconv.FormatInt(from+step, 10), nil
}

// nextNumber adds one to the number of the page. The last page is the one of which the answer says so; where it says nothing, the first one without
// items. Where nobody says where the items are either, the walk goes on until it is left or the server refuses.
func (w *walk) nextNumber(p sheet) (string, *problem) {
	number, err := w.number("")
	if err != nil {
		return "", &problem{kind: KindInvalidRequest, text: err.Error()}
	}
	more, bad := w.text(p)
	switch {
	case bad != nil, more == "false":
		return "", bad
	case more != "" && more != "true":
		return "", &problem{kind: KindContract, text: w.rule.Response + " is neither true nor false"}
	case more == "" && (p.counted && p.count() == 0 || !p.counted && w.rule.Response != ""):
		return "", nil
	}
	return strconv.FormatInt(number+1, 10), nil
}

// number returns the offset or the number of the page at hand: that of the cursor, that of the arguments, or first.
func (w *walk) number(first string) (int64, error) {
	text := w.at.token
	if text == "" {
		text, _ = w.asked()
	}
	if text == "" {
		text = first
	}
	if text == "" {
		return 0, fmt.Errorf("pages may be counted from 0 or from 1: give %s the number of the first", w.rule.Request)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s is no whole number of 0 or more", w.rule.Request)
	}
	return n, nil
}

// step returns how far the page reaches: its items, or as many as were asked for.
func (w *walk) step(p sheet) (step int64, known bool) {
	if p.counted {
		return int64(p.count()), true
	}
	text, _ := w.argument(w.rule.Size)
	step, err := strconv.ParseInt(text, 10, 64)
	return step, err == nil && step > 0
}

// asked returns the token or number that the caller's own arguments have.
func (w *walk) asked() (string, bool) { return w.argument(w.rule.Request) }

// argument returns the value of a parameter, or of a member of the body, as text.
func (w *walk) argument(name string) (text string, ok bool) {
	if name == "" {
		return "", false
	}
	if i := w.param(name); i >= 0 {
		return wire.PlainText(w.in.Params[i])
	}
	v, ok := wire.Find(w.in.Body, name)
	if !ok {
		return "", false
	}
	return wire.PlainText(v.Interface())
}

// param returns the index of a parameter, or -1. One of the path comes last.
func (w *walk) param(name string) int {
	found := -1
	for i, p := range w.op.Params[:min(len(w.op.Params), len(w.in.Params))] {
		if p.Name == name && (found < 0 || p.In != wire.Path) {
			found = i
		}
	}
	return found
}

// input returns what the request for the page at hand sends: for the first page what the caller gave.
func (w *walk) input() (wire.Input, error) {
	in := w.in
	if w.at.token == "" || w.rule.Style == "link" {
		return in, nil
	}
	in.Params = slices.Clone(in.Params)
	if w.rule.Rule == "token-only" {
		in.Body = nil
		for i := range in.Params {
			if w.op.Params[i].In == wire.Query {
				in.Params[i] = nil
			}
		}
	}
	for _, pair := range w.rule.With {
		name, value, _ := strings.Cut(pair, "=")
		if err := w.put(&in, name, value); err != nil {
			return in, err
		}
	}
	return in, w.put(&in, w.rule.Request, w.value())
}

// value returns the token as it is sent: offsets and numbers of pages are numbers in a body.
func (w *walk) value() any {
	if w.rule.Style == "token" {
		return w.at.token
	}
	n, err := strconv.ParseInt(w.at.token, 10, 64)
	if err != nil {
		return w.at.token
	}
	return n
}

// put sets a parameter, or a member of the body.
func (w *walk) put(in *wire.Input, name string, value any) error {
	if i := w.param(name); i >= 0 {
		in.Params[i] = value
		return nil
	}
	if w.op.Body == nil || w.op.Body.Format != wire.JSON {
		return fmt.Errorf("the operation has no parameter %q to ask for a page with", name)
	}
	body, err := wire.WithMember(in.Body, name, value)
	in.Body = body
	return err
}
