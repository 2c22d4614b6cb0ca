package resilience

// This file iterates over the pages of a listing. Package paging finds the next page in a response.

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience/internal/paging"
	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// page is the response with one page of a listing.
type page struct {
	result  result
	items   reflect.Value // a slice; invalid if there is none
	counted bool          // the policy says where the items are
	came    time.Time     // of the response; without a monotonic part, so that cursors can be compared
}

// count returns how many items the page has.
func (p page) count() int {
	if !p.items.IsValid() {
		return 0
	}
	return p.items.Len()
}

// walk is one iteration over the pages of a listing.
type walk struct {
	ctx     context.Context
	caller  *Caller
	op      *Operation
	first   paging.Request // of the first page
	opts    []CallOption
	want    reflect.Type // of the items that are yielded; nil: whole responses are yielded
	set     walkSettings
	rule    policy.Pagination
	at      Cursor // the page to read, or being read
	guard   loopGuard
	yielded walkCount
}

// walkCount counts what was yielded.
type walkCount struct {
	items    int
	restarts int
}

// loopGuard keeps an iteration from running forever.
type loopGuard struct {
	seen  map[[32]byte]bool // fingerprints of the tokens that were used
	empty int               // pages without items in a row
}

// note reports whether a token is used for the first time.
func (g *loopGuard) note(token string) (first bool) {
	id := sha256.Sum256([]byte(token))
	first = !g.seen[id]
	g.seen[id] = true
	return first
}

func newWalk(ctx context.Context, c *Caller, op *Operation, in wire.Input, opts []CallOption) *walk {
	json := op.Body != nil && op.Body.Format == wire.JSON
	first := paging.Request{Params: op.Params, JSON: json, Input: in}
	return &walk{ctx: ctx, caller: c, op: op, first: first, opts: opts}
}

// run makes the calls and passes each page to use, until the last page was read, use returns
// false, or an error occurs.
func (w *walk) run(use func(page) bool) error {
	if err := w.begin(); err != nil {
		return w.fail(&Error{Kind: KindInvalidRequest, cause: redact.Error(err, nil)})
	}
	for !w.at.done {
		w.saveCursor()
		p, failure := w.read()
		if failure != nil {
			if w.restart(failure) {
				continue
			}
			return failure
		}
		next, failure := w.next(p) // before the page is yielded, because the caller may change it
		if !use(p) {
			return nil
		}
		w.yielded.items += p.count()
		if failure != nil {
			return w.stuck(failure, next)
		}
		w.at = next
	}
	w.saveCursor()
	return nil
}

// begin checks that the operation has pages, and where to start.
func (w *walk) begin() error {
	set := settingsOf(w.opts)
	p := w.caller.terms(w.op).policy
	w.set, w.rule = set.walk, p.Pagination
	switch {
	case w.rule.Style == "" || w.rule.Style == "none":
		return errors.New("the operation has no pages; set pagination.style in its policy")
	case p.Idempotency == policy.Unsafe:
		return errors.New("the operation is unsafe, so it is not called for further pages; " +
			"if it only reads, declare that in its policy")
	case set.keyed:
		return errors.New("WithIdempotencyKey: each page is a separate request, and requests cannot share a key")
	case w.set.bounded && w.set.empty < 1:
		return fmt.Errorf("WithEmptyPages: want 1 or more, got %d", w.set.empty)
	}
	if !w.set.bounded {
		w.set.empty = mostEmptyPages
	}
	w.reset()
	return w.resume()
}

// reset goes back to the first page.
func (w *walk) reset() {
	w.at, w.yielded.items = Cursor{operation: w.op.ID}, 0
	w.guard = loopGuard{seen: map[[32]byte]bool{}}
	if token, ok := w.first.Argument(w.rule.Request); ok {
		w.guard.note(token)
	}
}

// resume continues at the caller's cursor, if that is not the beginning.
func (w *walk) resume() error {
	c := w.set.cursor
	switch {
	case c == nil || *c == Cursor{}:
		return nil
	case c.operation != w.op.ID:
		return fmt.Errorf("WithCursor: the cursor belongs to %s", c.operation)
	}
	w.at, w.yielded.items = *c, c.items
	w.guard.note(c.token)
	return nil
}

// saveCursor sets the caller's cursor to the page to read.
func (w *walk) saveCursor() {
	if w.set.cursor != nil {
		*w.set.cursor = w.at
	}
}

// read requests the page at the cursor.
func (w *walk) read() (page, *Error) {
	expiry := w.expiry()
	if !expiry.IsZero() && !time.Now().Before(expiry) {
		return page{}, w.fail(&Error{Kind: KindPages, note: "the page's token is older than " + w.rule.TTL.String()})
	}
	in, err := w.first.At(&w.rule, w.at.token)
	link, linkErr := w.link()
	if err = errors.Join(err, linkErr); err != nil {
		return page{}, w.fail(&Error{Kind: KindInvalidRequest, cause: redact.Error(err, nil)})
	}
	got, err := w.caller.do(w.ctx, w.op, in, append(slices.Clone(w.opts), func(s *callSettings) {
		s.walking, s.sendBy = true, expiry
		s.bare = w.at.token != "" && w.rule.Rule == "token-only"
		s.link = link
	}), returns{})
	if err != nil {
		var e *Error
		errors.As(err, &e) // every error of do is an *Error
		return page{}, w.fail(e)
	}
	return w.pageOf(got)
}

// link returns the path and query of the page at the cursor, or nil if the arguments make them.
func (w *walk) link() (*url.URL, error) {
	if w.rule.Style != "link" || w.at.token == "" {
		return nil, nil
	}
	return paging.ParseTarget(w.at.token)
}

// pageOf finds the items in a response.
func (w *walk) pageOf(r result) (page, *Error) {
	p := page{result: r, counted: w.rule.Items != "", came: time.Now().UTC().Round(0)}
	v, ok := wire.Find(r.value, w.rule.Items)
	if r.absent {
		p.counted = true
		return p, nil
	}
	bare := w.rule.Items == "" && r.value != nil && reflect.TypeOf(r.value).Kind() == reflect.Slice
	if ok && v.Kind() == reflect.Slice || bare {
		p.items, p.counted = v, true
	}
	switch {
	case w.want == nil:
		return p, nil
	case !p.counted:
		return p, w.mismatch("the position of the items is unknown; set pagination.items, or iterate over the pages")
	case ok && v.Kind() != reflect.Slice:
		return p, w.mismatch(w.rule.Items + " is not an array")
	case ok && v.Type().Elem() != w.want:
		return p, w.mismatch(fmt.Sprintf("items decode to %s, want %s", v.Type().Elem(), w.want))
	}
	return p, nil
}

func (w *walk) mismatch(note string) *Error { return w.fail(w.caller.mismatch(w.op, note)) }

// expiry returns when the token at the cursor expires; zero: unknown.
func (w *walk) expiry() time.Time {
	if w.rule.TTL <= 0 || w.at.token == "" || w.at.at.IsZero() {
		return time.Time{}
	}
	return w.at.at.Add(w.rule.TTL)
}

// problemKinds maps the causes of package paging to kinds.
var problemKinds = [...]Kind{
	paging.Contract: KindContract, paging.NoWay: KindPages, paging.Argument: KindInvalidRequest,
}

// next returns the cursor of the page after p. On an error, the cursor is where an iteration may
// continue nevertheless, or zero.
func (w *walk) next(p page) (Cursor, *Error) {
	if p.result.absent {
		return Cursor{operation: w.op.ID, page: w.at.page + 1, items: w.at.items, at: p.came, done: true}, nil
	}
	at := paging.Position{Token: w.at.token}
	at.First, _ = w.first.Argument(w.rule.Request)
	at.Size, _ = w.first.Argument(w.rule.Size)
	token, problem := paging.Next(&w.rule, at, paging.Page{
		Value: p.result.value, Header: p.result.header, URL: p.result.url, Items: p.count(), Counted: p.counted,
	})
	if problem != nil {
		return Cursor{}, &Error{Kind: problemKinds[problem.Cause], note: problem.Text}
	}
	c := Cursor{
		operation: w.op.ID, token: token, page: w.at.page + 1, items: w.at.items + p.count(),
		at: p.came, done: token == "",
	}
	if c.done {
		return c, nil
	}
	if w.rule.Style == "link" {
		w.guard.note(paging.Target(p.result.url)) // the first page has no token
	}
	return w.checkProgress(p, c)
}

// checkProgress returns an error if the pages lead in a circle, or if too many in a row have no
// items.
func (w *walk) checkProgress(p page, next Cursor) (Cursor, *Error) {
	g := &w.guard
	if !g.note(next.token) {
		note := "the next page is one that was read before, so the pages would never end"
		return Cursor{}, &Error{Kind: KindPages, note: note}
	}
	if !p.counted || p.count() > 0 {
		g.empty = 0
		return next, nil
	}
	if g.empty++; g.empty < w.set.empty {
		return next, nil
	}
	g.empty = 0
	return next, &Error{Kind: KindPages, note: fmt.Sprintf(
		"%d pages in a row have no items; continue from the cursor, or allow more with WithEmptyPages", w.set.empty)}
}

// stuck returns the error of an iteration that has no next page. It moves the cursor if the
// iteration may continue at next.
func (w *walk) stuck(e *Error, next Cursor) *Error {
	if next != (Cursor{}) {
		w.at = next
		w.saveCursor()
	}
	return w.fail(e)
}

// fail returns a copy of e with the progress of the iteration. Observers may hold e.
func (w *walk) fail(e *Error) *Error {
	f := *e
	f.API, f.Operation = w.caller.api.Name, w.op.ID
	f.Walk = &Walk{
		Page: w.at.page + 1, Items: w.yielded.items, Restarts: w.yielded.restarts, Cursor: w.at, Expired: w.expired(e),
	}
	return &f
}

// expired reports whether the server refused the token as too old, or the token will expire before
// another request makes sense.
func (w *walk) expired(e *Error) bool {
	switch {
	case w.rule.TTL <= 0 || w.at.token == "" || w.ctx.Err() != nil:
		return false // the token does not expire, or the caller ended the iteration
	case e.Kind == KindAPI && (e.Status == http.StatusBadRequest || e.Status == http.StatusGone):
		return true
	}
	expiry := w.expiry()
	return !expiry.IsZero() && !time.Now().Add(e.RetryAfter).Before(expiry)
}

// restart starts again with the first page if the token expired and the caller allows that.
func (w *walk) restart(e *Error) bool {
	if !e.Walk.Expired || w.yielded.restarts >= w.set.restarts {
		return false
	}
	w.yielded.restarts++
	w.reset()
	if w.set.again != nil {
		w.set.again()
	}
	return true
}
