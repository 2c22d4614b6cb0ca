package documents_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/spapi/documents"
	"github.com/resgen/resgen/resilience"
)

func TestPoll_UntilDone(t *testing.T) {
	for _, c := range []struct {
		poll  documents.Poll
		waits []time.Duration // between checks, before jitter
	}{
		{
			documents.Poll{},
			[]time.Duration{
				5 * time.Second, 7500 * time.Millisecond, 11250 * time.Millisecond, 16875 * time.Millisecond,
			},
		},
		{documents.Poll{First: time.Minute}, []time.Duration{time.Minute, time.Minute, time.Minute, time.Minute}},
		{
			documents.Poll{First: time.Second, Growth: 2, Max: 3 * time.Second},
			[]time.Duration{time.Second, 2 * time.Second, 3 * time.Second, 3 * time.Second},
		},
		{
			documents.Poll{First: time.Second, Growth: 1},
			[]time.Duration{time.Second, time.Second, time.Second, time.Second},
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			var asked []time.Time
			err := c.poll.Until(t.Context(), func(context.Context) (bool, error) {
				asked = append(asked, time.Now())
				return len(asked) == len(c.waits)+1, nil
			})
			if err != nil || len(asked) != len(c.waits)+1 {
				t.Fatalf("%v after %d questions", err, len(asked))
			}
			for i, want := range c.waits {
				if got := asked[i+1].Sub(asked[i]); got < want*4/5 || got > want*6/5+1 {
					t.Errorf("waited %s before question %d, want about %s", got, i+2, want)
				}
			}
		})
	}
}

func TestPoll_Failures(t *testing.T) {
	kinds := map[resilience.Kind]bool{
		resilience.KindTransport: true, resilience.KindTimeout: true, resilience.KindThrottled: true,
		resilience.KindCircuitOpen: true,
		resilience.KindRateLimited: true, resilience.KindBulkheadFull: true,
		resilience.KindContract: false, resilience.KindCredential: false, resilience.KindCanceled: false,
		resilience.KindClosed: false,
	}
	for kind, passes := range kinds {
		questions(t, &resilience.Error{Kind: kind}, map[bool]int{true: 5, false: 1}[passes])
	}
	questions(t, &resilience.Error{Kind: resilience.KindAPI, Status: 500}, 5)
	questions(t, &resilience.Error{Kind: resilience.KindAPI, Status: 499}, 1)
	questions(t, errors.New("another"), 1)
}

// questions checks how often a failing check is repeated.
func questions(t *testing.T, failure error, want int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		err := documents.Poll{}.Until(t.Context(), func(context.Context) (bool, error) { n++; return false, failure })
		if !errors.Is(err, failure) || n != want {
			t.Errorf("%v after %d questions, want %d", err, n, want)
		}
	})
}

func TestPoll_OccasionalFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		begun := time.Now()
		err := documents.Poll{
			First:    time.Second,
			Max:      time.Second,
			Patience: 2,
		}.Until(
			t.Context(),
			func(context.Context) (bool, error) {
				n++
				if n%2 == 1 {
					return false, &resilience.Error{Kind: resilience.KindThrottled, RetryAfter: time.Minute}
				}
				return n == 6, nil
			},
		)
		if took := time.Since(begun); err != nil || n != 6 || took < 3*time.Minute ||
			took > 3*time.Minute+3*time.Second {
			t.Errorf("%v after %d questions and %s, want six that wait for Retry-After", err, n, took)
		}
	})
}

func TestPoll_CallerCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
		defer cancel()
		n := 0
		if err := (documents.Poll{}).Until(
			ctx, func(context.Context) (bool, error) { n++; return false, nil },
		); !errors.Is(err, context.DeadlineExceeded) ||
			n < 2 ||
			n > 3 {
			t.Errorf("%v after %d questions", err, n)
		}
	})
}
