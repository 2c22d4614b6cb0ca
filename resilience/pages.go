package resilience

// This file iterates over listings: Items and Pages, and their options. See pages_walk.go for how.

import (
	"context"
	"iter"
	"reflect"

	"github.com/resgen/resgen/resilience/wire"
)

// Items iterates over the items of all pages of a listing. The items are of type I:
//
//	for order, err := range client.ListOrdersAll(ctx, params) { … }
//
// Each page is a separate call, made when the items of the page before it are used up, with the
// policy of the operation. Its deadline bounds a page; the context bounds the iteration. No page is
// requested in advance. Pages without items are skipped. An error ends the iteration; it is an
// [*Error] whose Walk has the progress.
//
// The sequence can be used more than once; each time it starts a new iteration. Call options apply
// to each page; [WithInfo] describes the last one.
func Items[I any](
	ctx context.Context, c *Caller, op *Operation, in wire.Input, opts ...CallOption,
) iter.Seq2[I, error] {
	return func(yield func(I, error) bool) {
		w := newWalk(ctx, c, op, in, opts)
		w.want = reflect.TypeFor[I]()
		err := w.run(func(p page) bool {
			for i := range p.count() {
				item, _ := p.items.Index(i).Interface().(I) // fails only for nil in an interface
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

// Pages iterates over the pages of a listing and yields complete responses. See [Items].
func Pages[T any](
	ctx context.Context, c *Caller, op *Operation, in wire.Input, opts ...CallOption,
) iter.Seq2[T, error] {
	return pages(ctx, c, op, in, opts, func(a result) (T, error) { return typed[T](c, op, a) })
}

// PagesResult is [Pages] for an operation with several kinds of responses; see [CallResult].
func PagesResult[R any](
	ctx context.Context, c *Caller, op *Operation, in wire.Input,
	build func(status int, body any) R, opts ...CallOption,
) iter.Seq2[R, error] {
	return pages(ctx, c, op, in, opts, func(a result) (R, error) { return built(a, build), nil })
}

// pages yields what convert makes of each result.
func pages[T any](
	ctx context.Context, c *Caller, op *Operation, in wire.Input, opts []CallOption, convert func(result) (T, error),
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		w := newWalk(ctx, c, op, in, opts)
		err := w.run(func(p page) bool {
			value, err := convert(p.result)
			return yield(value, err) && err == nil
		})
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

// mostEmptyPages is the default of [WithEmptyPages]. Servers that filter after paging send a few
// pages without items; a hundred of them take minutes at a usual rate limit.
const mostEmptyPages = 100

// WithCursor starts an iteration at cursor and keeps it at the page being read. If the loop or the
// program ends, an iteration with the same cursor starts with that page again: its items are
// yielded a second time, and none is left out. After the last page the cursor is [Cursor.Done]. A
// cursor must not be used by two iterations at a time. A cursor of another operation is an error,
// and so is the option on a call that does not iterate over pages.
func WithCursor(cursor *Cursor) CallOption {
	return func(s *callSettings) { s.walk.cursor, s.walk.option = cursor, "WithCursor" }
}

// WithRestart lets an iteration whose page token has expired start again with the first page, up to
// most times, instead of failing with [ErrPageTokenExpired]. Listings change while they are
// read, so nothing is skipped: all items are yielded again. again is called before each new start,
// to reset what was counted so far; it may be nil.
func WithRestart(most int, again func()) CallOption {
	return func(s *callSettings) { s.walk.restarts, s.walk.again, s.walk.option = most, again, "WithRestart" }
}

// WithEmptyPages sets how many pages without items in a row an iteration reads before it fails with
// [ErrPages], 1 or more. The default is 100.
func WithEmptyPages(most int) CallOption {
	return func(s *callSettings) { s.walk.empty, s.walk.bounded, s.walk.option = most, true, "WithEmptyPages" }
}
