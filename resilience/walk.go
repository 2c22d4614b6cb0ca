// This file goes from page to page. It begins in walk.run.

package resilience

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A sheet is the answer with one page of a listing.
type sheet struct {
	answer  answer
	items   reflect.Value // a slice; invalid if there is none
	counted bool          // the policy says where the items are
	came    time.Time     // when the answer came, and with it the token of the next page; without a monotonic part, so that cursors can be compared
}

// count returns how many items the page has.
func (p sheet) count() int {
	if !p.items.IsValid() {
		return 0
	}
	return p.items.Len()
}

// A walk is one loop over pages.
type walk struct {
	ctx    context.Context
	caller *Caller
	op     *Operation
	in     wire.Input
	opts   []CallOption
	want   reflect.Type // of the items that are yielded; nil: whole answers are

	set      walkSettings
	rule     policy.Pagination
	at       Cursor            // the page to read, or being read
	seen     map[[32]byte]bool // tokens that were asked for
	empty    int               // pages without items in a row
	items    int               // items that were yielded
	restarts int
}

func newWalk(ctx context.Context, c *Caller, op *Operation, in wire.Input, opts []CallOption) *walk {
	return &walk{ctx: ctx, caller: c, op: op, in: in, opts: opts}
}

// run makes the calls and hands each page to use, until there is no further one, use returns false, or something is wrong.
func (w *walk) run(use func(sheet) bool) error {
	if err := w.begin(); err != nil {
		return w.fail(&Error{Kind: KindInvalidRequest, cause: err})
	}
	for !w.at.done {
		w.record()
		p, failure := w.read()
		if failure != nil {
			if w.restart(failure) {
				continue
			}
			return failure
		}
		next, problem := w.next(p) // before the page is handed out: it is the caller's then
		if !use(p) {
			return nil
		}
		w.items += p.count()
		if problem != nil {
			return w.stuck(problem)
		}
		w.at = next
	}
	w.record()
	return nil
}

// begin checks that there are pages to walk, and where to start.
func (w *walk) begin() error {
	var set callSettings
	for _, o := range w.opts {
		o(&set)
	}
	p := w.caller.effective.Load().of(w.op)
	w.set, w.rule = set.walk, p.Pagination
	switch {
	case w.rule.Style == "" || w.rule.Style == "none":
		return errors.New("the operation has no pages; say in its policy how they are walked: pagination.style")
	case p.Idempotency == policy.Unsafe:
		return errors.New("the operation is unsafe, so it is not called again for further pages; if it only reads, say so in its policy")
	case set.keyed:
		return errors.New("WithIdempotencyKey: each page is a request of its own, and they cannot share a key")
	case w.set.bounded && w.set.empty < 1:
		return fmt.Errorf("WithEmptyPages: want 1 or more, got %d", w.set.empty)
	}
	if !w.set.bounded {
		w.set.empty = mostEmptyPages
	}
	w.forget()
	return w.resume()
}

// forget goes back to the first page.
func (w *walk) forget() {
	w.at, w.seen, w.empty, w.items = Cursor{operation: w.op.ID}, map[[32]byte]bool{}, 0, 0
	if token, ok := w.asked(); ok {
		w.seen[fingerprint(token)] = true
	}
}

// resume takes up the cursor, if it is not at the beginning.
func (w *walk) resume() error {
	c := w.set.cursor
	switch {
	case c == nil || *c == Cursor{}:
		return nil
	case c.operation != w.op.ID:
		return fmt.Errorf("WithCursor: the cursor is one of %s", c.operation)
	}
	w.at, w.items = *c, c.items
	w.seen[fingerprint(c.token)] = true
	return nil
}

// record keeps the cursor of the caller at the page to read.
func (w *walk) record() {
	if w.set.cursor != nil {
		*w.set.cursor = w.at
	}
}

// read asks for the page at hand.
func (w *walk) read() (sheet, *Error) {
	until := w.until()
	if !until.IsZero() && !time.Now().Before(until) {
		return sheet{}, w.fail(&Error{Kind: KindPages, note: "the page's token is older than " + w.rule.TTL.String()})
	}
	in, err := w.input()
	link, wrong := w.link()
	if err = errors.Join(err, wrong); err != nil {
		return sheet{}, w.fail(&Error{Kind: KindInvalidRequest, cause: err})
	}
	got, err := w.caller.do(w.ctx, w.op, in, append(slices.Clone(w.opts), func(s *callSettings) {
		s.walking, s.sendBy = true, until
		s.bare = w.at.token != "" && w.rule.Rule == "token-only"
		s.link = link
	}))
	if err != nil {
		var e *Error
		errors.As(err, &e) // every error of do is one
		return sheet{}, w.fail(e)
	}
	return w.pageOf(got)
}

// pageOf finds the items in an answer.
func (w *walk) pageOf(a answer) (sheet, *Error) {
	p := sheet{answer: a, counted: w.rule.Items != "", came: time.Now().UTC().Round(0)}
	v, ok := wire.Find(a.value, w.rule.Items)
	if ok && v.Kind() == reflect.Slice || w.rule.Items == "" && a.value != nil && reflect.TypeOf(a.value).Kind() == reflect.Slice {
		p.items, p.counted = v, true
	}
	switch {
	case w.want == nil:
	case !p.counted:
		return p, w.fail(w.caller.mismatch(w.op, "the policy does not say where the items are; set pagination.items, or walk the pages"))
	case ok && v.Kind() != reflect.Slice:
		return p, w.fail(w.caller.mismatch(w.op, w.rule.Items+" is no array"))
	case ok && v.Type().Elem() != w.want:
		return p, w.fail(w.caller.mismatch(w.op, fmt.Sprintf("the items decode to %s, and %s is due", v.Type().Elem(), w.want)))
	}
	return p, nil
}

// until returns when the token of the page at hand ends to be of use; zero: nobody says.
func (w *walk) until() time.Time {
	if w.rule.TTL <= 0 || w.at.token == "" || w.at.at.IsZero() {
		return time.Time{}
	}
	return w.at.at.Add(w.rule.TTL)
}

// fail returns an error with how far the walk has come. Observers may hold the error of a call, so that stays as it is.
func (w *walk) fail(e *Error) *Error {
	f := *e
	f.API, f.Operation = w.caller.api.Name, w.op.ID
	f.Walk = &Walk{Page: w.at.page + 1, Items: w.items, Restarts: w.restarts, Cursor: w.at, Expired: w.expired(e)}
	return &f
}

// expired reports whether the server refused the token as too old, or it will be too old before it makes sense to send it.
func (w *walk) expired(e *Error) bool {
	switch {
	case w.rule.TTL <= 0 || w.at.token == "" || w.ctx.Err() != nil:
		return false // without an end, or the end is the caller's
	case e.Kind == KindAPI && (e.Status == http.StatusBadRequest || e.Status == http.StatusGone):
		return true
	}
	until := w.until()
	return !until.IsZero() && !time.Now().Add(e.RetryAfter).Before(until)
}

// restart begins again with the first page if the token expired and the caller wants that.
func (w *walk) restart(e *Error) bool {
	if !e.Walk.Expired || w.restarts >= w.set.restarts {
		return false
	}
	w.restarts++
	w.forget()
	if w.set.again != nil {
		w.set.again()
	}
	return true
}

// A problem is why the page behind one cannot be asked for.
type problem struct {
	kind Kind
	text string
	at   *Cursor // where a walk may go on all the same; nil: nowhere
}

// stuck is the error of a problem.
func (w *walk) stuck(p *problem) *Error {
	if p.at != nil {
		w.at = *p.at
		w.record()
	}
	return w.fail(&Error{Kind: p.kind, note: p.text})
}

// fingerprint stands for a token in memory. Tokens may be long, and walks too.
func fingerprint(token string) [32]byte { return sha256.Sum256([]byte(token)) }
