package admin

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
)

// failed returns a failure with the given number of attempts, some time after begin.
func failed(id string, attempts int, kind resilience.Kind, after time.Duration) failure {
	at := begin.Add(after)
	return failure{first: at, last: at, account: "a", count: 1, err: &resilience.Error{
		API: "shop", Operation: "op", Kind: kind, RequestID: id, Attempts: make([]resilience.Attempt, attempts),
	}}
}

func TestFailures_Last(t *testing.T) {
	var l failures
	for i := range 130 {
		l.add(failed(fmt.Sprint(i), 1, resilience.KindTransport, time.Duration(i)))
	}
	list := l.latest()
	if len(list) != 50 || list[0].err.RequestID != "129" || list[49].err.RequestID != "80" {
		t.Errorf("got %d from %s to %s, want 50 from 129 to 80", len(list), list[0].err.RequestID,
			list[len(list)-1].err.RequestID)
	}
	if len(l.sent) > 2*mostRecords {
		t.Errorf("%d failures are held", len(l.sent))
	}
}

// While a circuit is open, the errors that have opened it remain.
func TestFailures_UnsentDoNotReplaceSent(t *testing.T) {
	for _, tt := range []struct{ sent, unsent, wantSent, wantUnsent int }{
		{0, 0, 0, 0}, {60, 0, 50, 0}, {0, 60, 0, 50}, {60, 60, 25, 25}, {10, 60, 10, 40}, {60, 10, 40, 10},
		{3, 4, 3, 4},
	} {
		var l failures
		for i := range tt.sent {
			l.add(failed("sent", 1, resilience.KindAPI, time.Duration(i)))
		}
		for i := range tt.unsent {
			f := failed("", 0, resilience.KindCircuitOpen, time.Hour+time.Duration(i))
			f.account = fmt.Sprint(i)
			l.add(f)
		}
		sent, unsent := 0, 0
		for _, f := range l.latest() {
			if f.err.RequestID == "sent" {
				sent++
			} else {
				unsent++
			}
		}
		if sent != tt.wantSent || unsent != tt.wantUnsent {
			t.Errorf("%d sent and %d not: shown %d and %d, want %d and %d", tt.sent, tt.unsent, sent, unsent,
				tt.wantSent, tt.wantUnsent)
		}
	}
}

func TestFailures_EqualOnesThatSentNothing(t *testing.T) {
	var l failures
	second := 0
	add := func(attempts int, kind resilience.Kind, change func(*failure)) {
		second++
		f := failed(fmt.Sprint(second), attempts, kind, time.Duration(second)*time.Second)
		if change != nil {
			change(&f)
		}
		l.add(f)
	}
	add(0, resilience.KindCircuitOpen, nil)
	add(0, resilience.KindCircuitOpen, nil)
	add(0, resilience.KindRateLimited, nil)
	add(1, resilience.KindTransport, nil)
	add(1, resilience.KindTransport, nil)
	add(0, resilience.KindCircuitOpen, nil)
	for _, change := range []func(*failure){
		func(f *failure) { f.account = "b" },
		func(f *failure) { f.degraded = true },
		func(f *failure) { f.err.API = "store" },
		func(f *failure) { f.err.Operation = "other" },
	} {
		add(0, resilience.KindCircuitOpen, change)
	}
	add(0, resilience.KindCredential, nil)
	add(1, resilience.KindCredential, nil)
	add(2, resilience.KindCredential, func(f *failure) { f.err.Attempts[0].Writes = 1 })
	var got []string
	for _, f := range l.latest() {
		got = append(got, fmt.Sprintf("%s×%d after %s", f.err.RequestID, f.count, f.first.Sub(begin)))
	}
	want := "13×1 after 13s, 12×2 after 11s, 10×1 after 10s, 9×1 after 9s, 8×1 after 8s, 7×1 after 7s, " +
		"6×3 after 1s, 5×1 after 5s, 4×1 after 4s, 3×1 after 3s"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// What is kept of a failure does not hold the body of the response, and the caller's error does.
func TestFailures_KeepNoBodies(t *testing.T) {
	for _, change := range []func(*resilience.Error){
		func(e *resilience.Error) { e.Body = []byte("secret") },
		func(e *resilience.Error) { e.Detail = &struct{ Token string }{"secret"} },
		func(e *resilience.Error) { e.Items = []resilience.FailedItem{{Message: "secret"}} },
	} {
		var l failures
		f := failed("1", 1, resilience.KindAPI, 0)
		f.err.Code, f.err.Message = "Gone", "no such item"
		change(f.err)
		l.add(f)
		kept := l.sent[0].err
		if kept.Body != nil || kept.Detail != nil || kept.Items != nil || kept.Error() != f.err.Error() {
			t.Errorf("kept %+v", kept)
		}
		if f.err.Body == nil && f.err.Detail == nil && f.err.Items == nil {
			t.Error("the error of the caller was changed")
		}
	}
}
