package resilience_test

// This file tests cursors, and iterations that start again when a token has expired.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// stored encodes and decodes a cursor, like a program that stores it.
func stored(t testing.TB, c resilience.Cursor) resilience.Cursor {
	t.Helper()
	data, err := json.Marshal(c)
	var back resilience.Cursor
	if err != nil || json.Unmarshal(data, &back) != nil {
		t.Fatalf("%s does not come back: %v", data, err)
	}
	if back != c {
		t.Errorf("%v comes back as %v", c, back)
	}
	return back
}

// An iteration with a cursor continues with the page that was being read.
func TestCursor_Resume(t *testing.T) {
	for _, test := range []struct {
		stop int    // items that are read before the break
		at   string // position of the cursor after that
		rest string // items of the continued iteration
		sent string // then
	}{
		{1, "page 1", "abcde", "/s/items?kind=x\n/s/items?kind=x&token=1\n/s/items?kind=x&token=2"},
		{2, "page 1", "abcde", "/s/items?kind=x\n/s/items?kind=x&token=1\n/s/items?kind=x&token=2"},
		{3, "page 2", "cde", "/s/items?kind=x&token=1\n/s/items?kind=x&token=2"},
		{5, "page 3", "e", "/s/items?kind=x&token=2"},
		{6, "end", "", ""},
	} {
		t.Run(fmt.Sprint(test.stop), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pages := []faults.Step{pageOf("ab", "1"), pageOf("cd", "2"), pageOf("e", "")}
				op := listings(byToken)
				var at resilience.Cursor
				seen := 0
				for range resilience.Items[item](t.Context(), memory(t, pages...).client(t, steady(), op), op,
					wire.Args("s", "x", nil, nil, nil), resilience.WithCursor(&at)) {
					if seen++; seen == test.stop {
						break
					}
				}
				if at.String() != test.at || at.Done() != (test.at == "end") {
					t.Errorf("the cursor is at %v, want %s", at, test.at)
				}
				at = stored(t, at)
				script := pages[min(2, max(0, test.stop-1)/2):]
				b := memory(t, script...)
				got, _ := collectItems(t, resilience.Items[item](t.Context(), b.client(t, steady(), op), op,
					wire.Args("s", "x", nil, nil, nil), resilience.WithCursor(&at)))
				if got != test.rest || b.requests() != test.sent || !at.Done() {
					t.Errorf("then came %q, want %q, at %v; sent\n%s\nwant\n%s", got, test.rest, at, b.requests(),
						test.sent)
				}
			})
		})
	}
}

// The rule for further pages applies to the first request of an iteration that continues at a
// cursor.
func TestCursor_TokenOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("a", "1"), faults.Status(404), pageOf("b", ""))
		op := listings(with(byToken, func(p *policy.Pagination) { p.Rule = "token-only" }))
		var at resilience.Cursor
		seq := resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("x"),
			resilience.WithCursor(&at))
		first, failure := collectItems(t, seq)
		if at != failure.Walk.Cursor || at.String() != "page 2" {
			t.Errorf("the cursor is at %v, that of the error at %v", at, failure.Walk.Cursor)
		}
		second, _ := collectItems(t, seq)
		if want := "/a%20b/items?kind=x&size=2\n/a%20b/items?token=1\n/a%20b/items?token=1"; first+second != "a apib" ||
			b.requests() != want {
			t.Errorf("got %q and %q, sent\n%s", first, second, b.requests())
		}
	})
}

// Errors of a continued iteration count pages and items from the first page.
func TestCursor_Counts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("abc", "1"), pageOf("d", "2"), faults.Status(404), pageOf("e", "3"), faults.Status(404))
		op := listings(byToken)
		var at resilience.Cursor
		seq := resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("x"),
			resilience.WithCursor(&at))
		_, first := collectItems(t, seq)
		at = stored(t, at)
		_, second := collectItems(t, seq)
		if got := fmt.Sprint(first.Walk, ", ", second.Walk); got != "page 3, after 4 items, page 4, after 5 items" {
			t.Errorf("got %s", got)
		}
	})
}

// An iteration that continues at a cursor notices when it returns to the page of the cursor.
func TestCursor_Circle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("a", "1"), faults.Status(404), pageOf("b", "1"))
		op := listings(byToken)
		var at resilience.Cursor
		seq := resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("x"),
			resilience.WithCursor(&at))
		collectItems(t, seq)
		if got, _ := collectItems(t, seq); got != "b pages" || b.Count() != 3 {
			t.Errorf("got %q after %d requests", got, b.Count())
		}
	})
}

func TestCursor_Wrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		op, other := listings(byToken), listings(byToken)
		other.ID = "listOthers"
		var at resilience.Cursor
		for range resilience.Items[item](t.Context(), memory(t, pageOf("a", "secret"), pageOf("b", "")).client(t,
			steady(), op), op, listArgs("x"), resilience.WithCursor(&at)) {
			break
		}
		b := memory(t, pageOf("a", ""))
		got, failure := collectItems(t, resilience.Items[item](t.Context(), b.client(t, steady(), other), other,
			listArgs("x"), resilience.WithCursor(&at)))
		if got != " invalid-request" || !strings.Contains(failure.Error(), "WithCursor: the cursor belongs to list") ||
			b.Count() != 0 {
			t.Errorf("got %q: %v", got, failure)
		}
	})
	// no base64, "no", {"p":-1}, {"i":-1}, {"p":"x"}
	for _, text := range []string{`"!"`, `"bm8"`, `"eyJwIjotMX0"`, `"eyJpIjotMX0"`, `"eyJwIjoieCJ9"`} {
		var c resilience.Cursor
		if err := json.Unmarshal([]byte(text), &c); err == nil ||
			!strings.Contains(err.Error(), "the text is not a cursor") || c != (resilience.Cursor{}) {
			t.Errorf("%s: %v, %v", text, c, err)
		}
	}
}

// Only the stored text of a cursor contains the token.
func TestCursor_Secret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("a", "secret"), faults.Status(404))
		op := listings(byToken)
		_, failure := collectItems(t, resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("x")))
		for _, text := range []string{failure.Error(), fmt.Sprint(failure.Walk), fmt.Sprint(failure.Walk.Cursor),
			fmt.Sprintf("%v", failure)} {
			if strings.Contains(text, "secret") {
				t.Errorf("%q contains the token", text)
			}
		}
	})
}

// lasting is a listing with tokens that expire after 30 s.
func lasting() policy.Pagination {
	return with(byToken, func(p *policy.Pagination) { p.TTL = 30 * time.Second })
}

// Each case states whether the error reports an expired token.
func TestItems_Expiry(t *testing.T) {
	slowly := func(p *policy.Policy) {
		p.Rate = policy.Rate{Enabled: policy.On, PerSecond: 1.0 / 40, Burst: 1, MaxWait: time.Hour}
	}
	for _, test := range []struct {
		name   string
		change func(p *policy.Policy)
		script []faults.Step
		pause  time.Duration // after each item
		want   string
		sent   int
		took   time.Duration
		note   string

		endless bool // the policy has no TTL
	}{
		{name: "in time", script: []faults.Step{pageOf("a", "1"), pageOf("b", "")}, pause: 29 * time.Second, want: "ab",
			sent: 2, took: 58 * time.Second},
		{name: "the loop is slow", script: []faults.Step{pageOf("a", "1"), pageOf("b", "")}, pause: 30 * time.Second,
			want: "a pages expired", sent: 1, took: 30 * time.Second,
			note: "page 2, after 1 item: no way to the next page: the page's token is older than 30s"},
		{name: "the limiter is slow", change: slowly, script: []faults.Step{pageOf("a", "1"), pageOf("b", "")},
			want: "a rate-limited expired", sent: 1, note: "the next permit is 40s away"},
		{name: "the back-off is long", change: func(p *policy.Policy) { p.Retry.Throttle.Base = 31 * time.Second },
			script: []faults.Step{pageOf("a", "1"), faults.Status(429)}, want: "a throttled expired", sent: 2,
			note: "status 429"},
		{name: "the back-off is not long", change: func(p *policy.Policy) { p.Retry.Throttle.Base = 29 * time.Second },
			script: []faults.Step{pageOf("a", "1"), faults.Status(429), pageOf("b", "")}, want: "ab", sent: 3,
			took: 29 * time.Second},
		{name: "the server waits", script: []faults.Step{pageOf("a", "1"),
			faults.Status(429).With("Retry-After", "45")}, want: "a throttled expired", sent: 2, note: "status 429"},
		{name: "an attempt takes its time", change: func(p *policy.Policy) { p.Timeout.Attempt = 31 * time.Second },
			script: []faults.Step{pageOf("a", "1"), pageOf("b", "").In(time.Minute)}, want: "a timeout expired",
			sent: 2, took: 31 * time.Second, note: "out of time"},
		{name: "an answer may come late", change: func(p *policy.Policy) { p.Timeout.Attempt = time.Minute },
			script: []faults.Step{pageOf("a", "1"), pageOf("b", "").In(50 * time.Second)}, want: "ab", sent: 2,
			took: 50 * time.Second},
		{name: "the server responds with 400", script: []faults.Step{
			pageOf("a", "1"),
			faults.Status(400),
		}, want: "a api expired",
			sent: 2, note: "status 400"},
		{name: "the server responds with 410", script: []faults.Step{
			pageOf("a", "1"),
			faults.Status(410),
		}, want: "a api expired",
			sent: 2, note: "status 410"},
		{name: "the server responds with 404", script: []faults.Step{pageOf("a", "1"), faults.Status(404)},
			want: "a api", sent: 2, note: "status 404"},
		{name: "there was no token yet", script: []faults.Step{faults.Status(400)}, want: " api", sent: 1,
			note: "status 400"},
		{name: "no TTL", endless: true,
			script: []faults.Step{pageOf("a", "1"), faults.Status(400)}, pause: time.Hour, want: "a api", sent: 2,
			took: time.Hour, note: "status 400"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, test.script...)
				op := listings(lasting())
				p := steady()
				p.Retry.Server.Base = time.Millisecond
				p.Timeout.Overall = time.Hour
				if test.change != nil {
					test.change(&p)
				}
				if test.endless {
					op.Policy.Pagination.TTL = 0
				}
				begin := time.Now()
				var got strings.Builder
				var failure *resilience.Error
				for it, err := range resilience.Items[item](t.Context(), b.client(t, p, op), op, listArgs("x")) {
					if err != nil {
						failure = failed(t, err)
						got.WriteString(" " + failure.Kind.String())
						if errors.Is(err, resilience.ErrPageTokenExpired) {
							got.WriteString(" expired")
						}
						continue
					}
					got.WriteString(it.Name)
					time.Sleep(test.pause)
				}
				if took := time.Since(begin); got.String() != test.want || b.Count() != test.sent || took != test.took {
					t.Errorf("got %q after %d requests and %s, want %q after %d and %s: %v", got.String(), b.Count(),
						took, test.want, test.sent, test.took, failure)
				}
				if (failure == nil) != (test.note == "") || failure != nil &&
					(!strings.Contains(failure.Error(), test.note) ||
						failure.Walk.Expired != errors.Is(failure, resilience.ErrPageTokenExpired)) {
					t.Errorf("the error is %v, want one with %q", failure, test.note)
				}
			})
		})
	}
}

// A context that ends is not reported as an expired token.
func TestItems_CallerTimeoutIsNotExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("a", "1"), pageOf("b", "").In(time.Hour))
		op := listings(lasting())
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
		defer cancel()
		p := steady()
		p.Timeout.Attempt = time.Minute
		got, failure := collectItems(t, resilience.Items[item](ctx, b.client(t, p, op), op, listArgs("x"),
			resilience.WithRestart(1, func() { t.Error("the iteration starts again") })))
		if got != "a timeout" || failure.Walk.Expired || errors.Is(failure, resilience.ErrPageTokenExpired) {
			t.Errorf("got %q: %v", got, failure)
		}
	})
}

// A stored cursor keeps the age of its token.
func TestCursor_Expiry(t *testing.T) {
	for _, test := range []struct {
		after time.Duration
		want  string
	}{{29 * time.Second, "b"}, {30 * time.Second, " pages"}} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, pageOf("a", "1"), faults.Status(404), pageOf("b", ""))
			op := listings(lasting())
			var at resilience.Cursor
			seq := resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("x"),
				resilience.WithCursor(&at))
			collectItems(t, seq)
			at = stored(t, at)
			time.Sleep(test.after)
			if got, _ := collectItems(t, seq); got != test.want {
				t.Errorf("after %s: got %q, want %q", test.after, got, test.want)
			}
		})
	}
}

// An iteration starts again as often as WithRestart allows, and calls its function first.
func TestItems_Restart(t *testing.T) {
	expired := faults.Status(400)
	for _, test := range []struct {
		name   string
		most   int
		script []faults.Step
		want   string // * marks a restart
		sent   string
		walk   string // of the error
	}{
		{"once", 1, []faults.Step{pageOf("a", "1"), expired, pageOf("b", "2"), pageOf("c", "")}, "a*bc", "- 1 - 2", ""},
		{"with the same tokens", 1, []faults.Step{pageOf("a", "1"), expired, pageOf("a", "1"), pageOf("c", "")}, "a*ac",
			"- 1 - 1", ""},
		{"not", 0, []faults.Step{pageOf("ab", "1"), expired}, "ab api", "- 1", "page 2, after 2 items 0"},
		{"no more often", 2, []faults.Step{pageOf("a", "1"), expired, pageOf("b", "2"), expired, pageOf("cde", "3"),
			expired}, "a*b*cde api", "- 1 - 2 - 3", "page 2, after 3 items 2"},
		{"not for another reason", 5, []faults.Step{pageOf("a", "1"), faults.Status(404)}, "a api", "- 1",
			"page 2, after 1 item 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, test.script...)
				op := listings(lasting())
				var got strings.Builder
				var failure *resilience.Error
				for it, err := range resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("x"),
					resilience.WithRestart(test.most, func() { got.WriteString("*") })) {
					if got.WriteString(it.Name); err != nil {
						failure = failed(t, err)
						got.WriteString(" " + failure.Kind.String())
					}
				}
				var sent []string
				for _, r := range b.Records() {
					_, token, ok := strings.Cut(r.Query, "token=")
					if !ok {
						token = "-"
					}
					sent = append(sent, token)
				}
				if got.String() != test.want || strings.Join(sent, " ") != test.sent {
					t.Errorf("got %q and sent %q, want %q and %q", got.String(), sent, test.want, test.sent)
				}
				walk := ""
				if failure != nil {
					walk = fmt.Sprint(failure.Walk, " ", failure.Walk.Restarts)
				}
				if walk != test.walk {
					t.Errorf("the error is at %q, want %q", walk, test.walk)
				}
			})
		})
	}
}

// WithRestart accepts a nil function. A restart sets the cursor back to the first page.
func TestItems_RestartWithoutFunc(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("a", "1"), faults.Status(400), faults.Status(404))
		op := listings(lasting())
		var at resilience.Cursor
		got, _ := collectItems(t, resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("x"),
			resilience.WithRestart(1, nil), resilience.WithCursor(&at)))
		if got != "a api" || at.String() != "page 1" {
			t.Errorf("got %q, the cursor is at %v", got, at)
		}
	})
}

// An iteration does not change errors that observers received.
func TestItems_ErrorsOfObservers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []*resilience.Error
		b := configured(t, faults.Config{Script: []faults.Step{faults.Status(404)}},
			resilience.WithObserver(func(e resilience.Event) {
				if e.Err != nil {
					seen = append(seen, e.Err)
				}
			}))
		op := listings(byToken)
		_, failure := collectItems(t, resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("x")))
		if len(seen) != 1 || seen[0] == failure || seen[0].Walk != nil || failure.Walk == nil {
			t.Errorf("seen %v, returned %v", seen, failure)
		}
	})
}
