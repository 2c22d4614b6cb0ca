package batch

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/resgen/resgen/resilience"
)

func TestClassify(t *testing.T) {
	call := func(k resilience.Kind, status int, applied bool) error {
		return fmt.Errorf("item: %w", &resilience.Error{Kind: k, Status: status, MayHaveApplied: applied})
	}
	plain := errors.New("plain")
	for _, c := range []struct {
		name        string
		err         error
		want, reads Outcome
	}{
		{"success", nil, Done, Done},
		{"already so", fmt.Errorf("gone: %w", ErrAlreadySo), AlreadySo, AlreadySo},
		{"chosen by the function", As(Refused, plain), Refused, Refused},
		{"chosen without an error", As(AlreadySo, nil), AlreadySo, AlreadySo},
		{"an error of the function", plain, Failed, Failed},
		{"a context", context.Canceled, Unknown, RetryLater},
		{"a deadline", context.DeadlineExceeded, Unknown, RetryLater},
		{"a panic", &panicked{"x"}, Unknown, RetryLater},
		{"404", call(resilience.KindAPI, 404, false), Refused, Refused},
		{"a 2xx that is a failure", call(resilience.KindAPI, 200, true), Refused, Refused},
		{"throttled items", call(resilience.KindPartial, 200, false), RetryLater, RetryLater},
		{"500", call(resilience.KindAPI, 500, true), Unknown, RetryLater},
		{"503, refused", call(resilience.KindAPI, 503, false), RetryLater, RetryLater},
		{"501, refused", call(resilience.KindAPI, 501, false), Refused, Refused},
		{"408", call(resilience.KindAPI, 408, false), RetryLater, RetryLater},
		{"425", call(resilience.KindAPI, 425, false), RetryLater, RetryLater},
		{"429", call(resilience.KindThrottled, 429, false), RetryLater, RetryLater},
		{"429 of another kind", call(resilience.KindAPI, 429, false), RetryLater, RetryLater},
		{"no permit", call(resilience.KindRateLimited, 0, false), RetryLater, RetryLater},
		{"no place", call(resilience.KindBulkheadFull, 0, false), RetryLater, RetryLater},
		{"nothing written", call(resilience.KindTransport, 0, false), RetryLater, RetryLater},
		{"response lost", call(resilience.KindTransport, 0, true), Unknown, RetryLater},
		{"late", call(resilience.KindTimeout, 0, true), Unknown, RetryLater},
		{"canceled in time", call(resilience.KindCanceled, 0, false), NotTried, NotTried},
		{"canceled meanwhile", call(resilience.KindCanceled, 0, true), Unknown, RetryLater},
		{"circuit", call(resilience.KindCircuitOpen, 0, false), NotTried, NotTried},
		{"circuit after an attempt", call(resilience.KindCircuitOpen, 0, true), Unknown, RetryLater},
		{"sign-in", call(resilience.KindCredential, 0, false), NotTried, NotTried},
		{"closed", call(resilience.KindClosed, 0, false), NotTried, NotTried},
		{"unreadable success", call(resilience.KindContract, 200, true), Unknown, RetryLater},
		{"invalid arguments", call(resilience.KindInvalidRequest, 0, false), Failed, Failed},
	} {
		if got := OutcomeOf(c.err); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := classify(c.err, true); got != c.reads {
			t.Errorf("%s, of a function that reads: %s, want %s", c.name, got, c.reads)
		}
	}
	some := &resilience.Error{Kind: resilience.KindPartial, Status: 200, Items: []resilience.FailedItem{{Status: 400}}}
	if got := classify(some, false); got != Refused {
		t.Errorf("a refused item of a batch: %s", got)
	}
}

func TestDown(t *testing.T) {
	open := &resilience.Error{Kind: resilience.KindCircuitOpen}
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nothing":          {nil, false},
		"circuit":          {fmt.Errorf("item: %w", open), true},
		"after an attempt": {&resilience.Error{Kind: resilience.KindCircuitOpen, MayHaveApplied: true}, false},
		"chosen outcome":   {As(NotTried, open), false},
		"another kind":     {&resilience.Error{Kind: resilience.KindThrottled}, false},
		"another error":    {context.Canceled, false},
	} {
		if got := down(c.err) != nil; got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}

func TestOutcome(t *testing.T) {
	final := map[Outcome]bool{Done: true, AlreadySo: true, Refused: true, Failed: true}
	ok := map[Outcome]bool{Done: true, AlreadySo: true}
	if len(Outcomes()) != 7 {
		t.Errorf("%d outcomes, want 7", len(Outcomes()))
	}
	for _, o := range Outcomes() {
		if o.Final() != final[o] || o.OK() != ok[o] {
			t.Errorf("%s: final %t, ok %t", o, o.Final(), o.OK())
		}
	}
	if got := As(Refused, nil).Error(); got != "refused" {
		t.Errorf("got %q", got)
	}
	if got := As(Refused, errors.New("sold out")).Error(); got != "sold out" {
		t.Errorf("got %q", got)
	}
}
