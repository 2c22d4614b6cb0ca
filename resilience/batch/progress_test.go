package batch_test

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
)

func TestWithProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []batch.Progress
		s := &script{during: func() { time.Sleep(time.Second) }, errs: map[string][]error{
			"a": {errors.New("bad")}, "b": {failure(resilience.KindTransport, false)},
		}}
		run(t, s, []string{"a", "b", "c", "d"}, batch.WithMax(2), batch.WithName("demo"),
			batch.WithProgress(func(p batch.Progress) { seen = append(seen, p) }))
		first, last := seen[0], seen[len(seen)-1]
		if first.Job != "demo" || first.Total != 4 || first.Settled != 0 || first.Pass != 1 || first.Limit != 2 ||
			first.Left != 0 || first.Finished {
			t.Errorf("first %+v", first)
		}
		if last.Settled != 4 || last.Pass != 2 || !last.Finished || last.Left != 0 || last.Item != nil ||
			last.Counts[batch.Done] != 3 || last.Counts[batch.Failed] != 1 || last.Elapsed != 3*time.Second {
			t.Errorf("last %+v", last)
		}
		var settled []int
		for _, p := range seen {
			if p.Item != nil {
				settled = append(settled, p.Settled)
			}
		}
		if !slices.Equal(settled, []int{1, 2, 3, 4}) {
			t.Errorf("settled %v", settled)
		}
		third := seen[slices.IndexFunc(seen, func(p batch.Progress) bool { return p.Settled == 3 })]
		if third.Rate != 1.5 || third.Left.Round(time.Millisecond) != 667*time.Millisecond {
			t.Errorf("rate %v, left %s", third.Rate, third.Left)
		}
	})
}

// Lines about progress are at least a minute apart.
func TestWithLogger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		s := &script{
			during: func() { time.Sleep(20 * time.Second) },
			errs:   map[string][]error{"item 000": {failure(resilience.KindTransport, false)}},
		}
		_, err := batch.Run(t.Context(), slices.Values(numbered(10)), same, s.fn, batch.WithMax(1),
			batch.WithLogger(slog.New(slog.NewTextHandler(&b, nil))))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		if len(lines) != 4 || !strings.Contains(lines[0], "settled=2 total=10") ||
			!strings.Contains(lines[1], "settled=5 ") || !strings.Contains(lines[2], "settled=8 ") ||
			!strings.Contains(lines[3], "items are tried again") {
			t.Errorf("got\n%s", &b)
		}
	})
}
