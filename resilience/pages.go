// This file is the way into walks over pages: Items and Pages, and their options. walk.go goes from page to page, pages_next.go finds the next one in an answer,
// cursor.go keeps a place. Everything is told by the policy's pagination; generated methods are one line each.

package resilience

import (
	"context"
	"fmt"
	"iter"
	"reflect"

	"github.com/resgen/resgen/resilience/wire"
)

// Items walks the pages of a listing and yields the items of all of them, which are of type I:
//
//	for order, err := range client.ListOrdersAll(ctx, params) { … }
//
// Each page is a call of its own, made when the page before it is used up, with the policy of the operation: its attempts, its rate limit, and its deadline,
// which bounds a page and not the walk (the context bounds that). Nothing is sent ahead, and nothing after the loop was left. Pages without items are walked
// through. An error ends the walk; it is an [*Error] whose Walk tells how far it came.
//
// The sequence can be ranged over more than once; each time it is a walk of its own. Call options hold for each page; [WithInfo] tells of the last.
func Items[I any](ctx context.Context, c *Caller, op *Operation, in wire.Input, opts ...CallOption) iter.Seq2[I, error] {
	return func(yield func(I, error) bool) {
		w := newWalk(ctx, c, op, in, opts)
		w.want = reflect.TypeFor[I]()
		err := w.run(func(p page) bool {
			for i := range p.count() {
				item, _ := p.items.Index(i).Interface().(I) // it is one, or a nil of an interface
				if !yield(item, nil) {
					return false
				}
			}
			return true
		})
		if err != nil {
			var none I
			yield(none, err)
		}
	}
}

// Pages walks the pages of a listing and yields the answers whole, like [Items].
func Pages[T any](ctx context.Context, c *Caller, op *Operation, in wire.Input, opts ...CallOption) iter.Seq2[T, error] {
	return pages(ctx, c, op, in, opts, func(a result) (T, error) { return typed[T](c, op, a) })
}

// PagesResult is [Pages] for an operation with several kinds of answers; see [CallResult].
func PagesResult[R any](ctx context.Context, c *Caller, op *Operation, in wire.Input, build func(status int, body any) R, opts ...CallOption) iter.Seq2[R, error] {
	return pages(ctx, c, op, in, opts, func(a result) (R, error) { return built(a, build), nil })
}

// pages yields what turn makes of the answers.
func pages[T any](ctx context.Context, c *Caller, op *Operation, in wire.Input, opts []CallOption, turn func(result) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		w := newWalk(ctx, c, op, in, opts)
		err := w.run(func(p page) bool {
			value, err := turn(p.result)
			return yield(value, err) && err == nil
		})
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

// A Walk is how far a walk over pages has come.
type Walk struct {
	Page     int    // the page that failed, or behind which no way leads on; from 1
	Items    int    // items that were yielded, as far as the policy says where they are
	Restarts int    // how often the walk has begun anew; Page and Items count from the last time
	Expired  bool   // the page's token is too old, or will be before the page can be asked for: see [ErrPageTokenExpired]
	Cursor   Cursor // where to go on; see [WithCursor]
}

// String tells page and items: "page 3, after 200 items".
func (w Walk) String() string {
	text := fmt.Sprintf("page %d", w.Page)
	switch w.Items {
	case 0:
	case 1:
		text += ", after 1 item"
	default:
		text += fmt.Sprintf(", after %d items", w.Items)
	}
	return text
}

// mostEmptyPages is how many pages without items in a row a walk goes through, unless [WithEmptyPages] says otherwise. Servers that filter after
// they have cut pages send a few; a hundred at a usual quota are minutes of calls for nothing, and whoever knows better can go on from there.
const mostEmptyPages = 100

// walkSettings is what the options of walks set.
type walkSettings struct {
	cursor   *Cursor
	empty    int // most empty pages in a row
	bounded  bool
	restarts int
	again    func()
	option   string // the last of these options, for the error of a call that walks no pages
}

// WithCursor makes a walk start where cursor says, and keeps it at the page being read: when the loop is left or the program ends, whoever comes
// back with it begins with that page again, so that its items come a second time and none is left out. After the last page it is [Cursor.Done].
// It is for one walk at a time. A cursor of another operation is an error, and so is the option on a call that walks no pages.
func WithCursor(cursor *Cursor) CallOption {
	return func(s *callSettings) { s.walk.cursor, s.walk.option = cursor, "WithCursor" }
}

// WithRestart makes a walk whose page token has expired begin again with the first page, at most so many times, instead of failing with
// [ErrPageTokenExpired]. Listings change while they are read, so nothing is skipped: the items that were yielded come again. again is called
// before each new beginning; it is the place to forget what was counted so far. It may be nil where seeing an item twice does no harm.
func WithRestart(most int, again func()) CallOption {
	return func(s *callSettings) { s.walk.restarts, s.walk.again, s.walk.option = most, again, "WithRestart" }
}

// WithEmptyPages sets how many pages without items in a row a walk goes through before it gives up with [ErrPages], 1 or more. The default is 100.
func WithEmptyPages(most int) CallOption {
	return func(s *callSettings) { s.walk.empty, s.walk.bounded, s.walk.option = most, true, "WithEmptyPages" }
}
