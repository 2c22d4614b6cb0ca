package crossmark

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func days(text string) (list []window) {
	for span := range strings.FieldsSeq(text) {
		from, to, _ := strings.Cut(span, "-")
		a, errA := ParseDate(from)
		b, errB := ParseDate(to)
		if err := errors.Join(errA, errB); err != nil {
			panic(err)
		}
		list = append(list, window{a, b})
	}
	return list
}

func text(list ...window) string {
	var b strings.Builder
	for _, w := range list {
		b.WriteString(" " + w.from.String() + "-" + w.to.String())
	}
	return strings.TrimSpace(b.String())
}

func TestWindows(t *testing.T) {
	for _, c := range []struct {
		span          string
		days, overlap int
		want          string
	}{
		{"01/01/2026-01/01/2026", 3, 1, "01/01/2026-01/01/2026"},
		{"01/01/2026-01/04/2026", 3, 1, "01/01/2026-01/04/2026"},
		{"01/01/2026-01/05/2026", 3, 1, "01/01/2026-01/04/2026 01/04/2026-01/05/2026"},
		{"01/01/2026-01/08/2026", 3, 1, "01/01/2026-01/04/2026 01/04/2026-01/07/2026 01/07/2026-01/08/2026"},
		{"01/01/2026-01/03/2026", 1, 1, "01/01/2026-01/02/2026 01/02/2026-01/03/2026"},
		{"01/01/2026-01/01/2026", 7, 0, "01/01/2026-01/01/2026"},
		{"01/01/2026-01/07/2026", 7, 0, "01/01/2026-01/07/2026"},
		{"01/01/2026-01/08/2026", 7, 0, "01/01/2026-01/07/2026 01/08/2026-01/08/2026"},
		{"01/01/2026-01/03/2026", 1, 0, "01/01/2026-01/01/2026 01/02/2026-01/02/2026 01/03/2026-01/03/2026"},
		{"03/07/2026-03/11/2026", 3, 1, "03/07/2026-03/10/2026 03/10/2026-03/11/2026"}, // a day of 23 hours
		{"10/31/2026-11/03/2026", 2, 0, "10/31/2026-11/01/2026 11/02/2026-11/03/2026"}, // and one of 25
		{"12/30/2025-01/02/2026", 2, 1, "12/30/2025-01/01/2026 01/01/2026-01/02/2026"},
	} {
		if got := text(windows(days(c.span)[0], c.days, c.overlap)...); got != c.want {
			t.Errorf("%s by %d days with overlap %d is %q, want %q", c.span, c.days, c.overlap, got, c.want)
		}
	}
}

func TestWindow_Halves(t *testing.T) {
	for _, c := range []struct {
		span    string
		overlap int
		want    string // empty: cannot be divided
	}{
		{"01/01/2026-01/01/2026", 0, ""},
		{"01/01/2026-01/02/2026", 0, "01/01/2026-01/01/2026 01/02/2026-01/02/2026"},
		{"01/01/2026-01/07/2026", 0, "01/01/2026-01/04/2026 01/05/2026-01/07/2026"},
		{"01/01/2026-01/01/2026", 1, ""},
		{"01/01/2026-01/02/2026", 1, ""},
		{"01/01/2026-01/03/2026", 1, "01/01/2026-01/02/2026 01/02/2026-01/03/2026"},
		{"01/01/2026-01/04/2026", 1, "01/01/2026-01/02/2026 01/02/2026-01/04/2026"},
		{"03/07/2026-03/09/2026", 1, "03/07/2026-03/08/2026 03/08/2026-03/09/2026"},
	} {
		a, b, ok := days(c.span)[0].halves(c.overlap)
		got := ""
		if ok {
			got = text(a, b)
		}
		if got != c.want {
			t.Errorf("halves of %s with overlap %d are %q, want %q", c.span, c.overlap, got, c.want)
		}
	}
}

// Windows run concurrently up to the limit; rows are yielded in the order of their days; the caller
// may leave the loop.
func TestLister_ConcurrentAndInOrder(t *testing.T) {
	for _, c := range []struct{ parallel, leave, began, most int }{
		{1, 100, 9, 1}, {4, 100, 9, 4}, {20, 100, 9, 9}, {4, 2, 6, 4},
	} {
		synctest.Test(t, func(t *testing.T) {
			var now, most, began, cancelled atomic.Int32
			l := lister[Date]{name: "days", days: 1, most: 100, parallel: c.parallel}
			l.fetch = func(ctx context.Context, w window) ([]Date, int64, error) {
				began.Add(1)
				most.Store(max(most.Load(), now.Add(1)))
				defer now.Add(-1)
				select {
				case <-time.After(time.Duration(40-w.from.Day) * time.Second): // later days are faster
				case <-ctx.Done():
					cancelled.Add(1)
					return nil, 0, ctx.Err()
				}
				return []Date{w.from}, 0, nil
			}
			n := 0
			for d, err := range l.each(t.Context(), days("01/01/2026-01/09/2026")[0], func(Date) bool { return true }) {
				if n++; err != nil || d.Day != n {
					t.Errorf("%d at a time: row %d is %s with error %v", c.parallel, n, d, err)
				}
				if n == c.leave {
					break
				}
			}
			if n != min(c.leave, 9) || int(began.Load()) != c.began || int(most.Load()) != c.most || now.Load() != 0 {
				t.Errorf(
					"%d rows, %d windows begun, %d at a time, %d left; want %d begun and %d at a time",
					n,
					began.Load(),
					most.Load(),
					now.Load(),
					c.began,
					c.most,
				)
			}
			if left := c.leave < 9; left != (cancelled.Load() > 0) {
				t.Errorf("%d windows were cancelled, left early %t", cancelled.Load(), left)
			}
		})
	}
}
