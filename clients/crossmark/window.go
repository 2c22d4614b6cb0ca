package crossmark

// This file divides a span of days into windows and fetches them concurrently. Nothing is lost
// silently: a failed window is reported, and one that may be truncated is divided further, or
// reported if it cannot be.

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
)

// ErrCut is returned for a window that has the maximum number of rows and cannot be divided
// further: there may be more rows.
var ErrCut = errors.New("there may be more rows than returned")

// A WindowError reports the days for which a list is missing or may be incomplete.
type WindowError struct {
	List     string // mPlans, scheduled visits or unscheduled visits
	From, To Date
	Rows     int // rows that were returned nevertheless
	Err      error
}

func (e *WindowError) Error() string {
	return fmt.Sprintf("%s of %s to %s: %d rows: %v", e.List, e.From, e.To, e.Rows, e.Err)
}

// Unwrap returns the underlying error: that of the call, or [ErrCut].
func (e *WindowError) Unwrap() error { return e.Err }

// A window is a span of days, both included.
type window struct{ from, to Date }

// windows divides w into windows of the given number of days. Neighbors share overlap days, 0 or 1.
func windows(w window, days, overlap int) (list []window) {
	for from := w.from; ; {
		to := from.AddDays(days - 1 + overlap)
		if to.Compare(w.to) >= 0 {
			return append(list, window{from, w.to})
		}
		list = append(list, window{from, to})
		from = to.AddDays(1 - overlap)
	}
}

// halves divides a window that is more than one day longer than the overlap.
func (w window) halves(overlap int) (a, b window, ok bool) {
	days := w.from.DaysUntil(w.to)
	if days <= overlap {
		return a, b, false
	}
	middle := w.from.AddDays(days / 2)
	return window{w.from, middle}, window{middle.AddDays(1 - overlap), w.to}, true
}

// check validates a span of days.
func (w window) check() error {
	switch {
	case !w.from.valid() || !w.to.valid():
		return errors.New("from and to must be existing days")
	case w.to.Compare(w.from) < 0:
		return fmt.Errorf("to (%s) is before from (%s)", w.to, w.from)
	}
	return nil
}

// A lister fetches a list in windows.
type lister[T any] struct {
	name     string
	days     int // days per window
	overlap  int // days shared by neighboring windows
	extra    int // days requested after the last one
	most     int // maximum rows of a response
	parallel int // concurrent windows
	fetch    func(ctx context.Context, w window) (rows []T, total int64, err error)
}

// A part is the result of a window.
type part[T any] struct {
	rows     []T
	problems []*WindowError
}

// part fetches a window, or its halves if it may be truncated.
func (l *lister[T]) part(ctx context.Context, w window) part[T] {
	rows, total, err := l.fetch(ctx, w)
	if err != nil {
		return part[T]{problems: []*WindowError{{l.name, w.from, w.to, 0, err}}}
	}
	if len(rows) < l.most && total <= int64(len(rows)) {
		return part[T]{rows: rows}
	}
	a, b, ok := w.halves(l.overlap)
	if !ok {
		return part[T]{rows, []*WindowError{{l.name, w.from, w.to, len(rows), ErrCut}}}
	}
	first, second := l.part(ctx, a), l.part(ctx, b)
	return part[T]{append(first.rows, second.rows...), append(first.problems, second.problems...)}
}

// parts fetches all windows, some of them concurrently, and yields them in the order of their days.
// Leaving the loop cancels the remaining ones.
func (l *lister[T]) parts(ctx context.Context, span window) iter.Seq[part[T]] {
	return func(yield func(part[T]) bool) {
		todo := windows(span, l.days, l.overlap)
		ctx, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		results := make([]chan part[T], len(todo))
		start := func(i int) {
			if i < len(todo) {
				results[i] = make(chan part[T], 1)
				running.Go(func() { results[i] <- l.part(ctx, todo[i]) })
			}
		}
		for i := range l.parallel {
			start(i)
		}
		for i := range todo {
			done := <-results[i]
			start(i + l.parallel)
			if !yield(done) {
				return
			}
		}
	}
}

// each yields the rows that want accepts. The errors of a window follow its rows.
func (l *lister[T]) each(ctx context.Context, span window, want func(T) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if err := span.check(); err != nil {
			yield(none, fmt.Errorf("%s: %w", l.name, err))
			return
		}
		last := span.to
		span.to = last.AddDays(l.extra)
		for p := range l.parts(ctx, span) {
			for _, row := range p.rows {
				if want(row) && !yield(row, nil) {
					return
				}
			}
			for _, problem := range p.problems {
				if problem.To.Compare(last) > 0 {
					problem.To = last // the caller did not request more
				}
				if !yield(none, problem) {
					return
				}
			}
		}
	}
}
