package resilience_test

// This file tests iterations over pages: the values and the requests. Offsets and numbers are in
// pages_next_test.go, links in pages_link_test.go, cursors and restarts in pages_cursor_test.go.

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A listing is one page of the test API.
type listing struct {
	Items []item               `json:"items"`
	Next  *string              `json:"next"`
	Page  wire.Nullable[inner] `json:"page"`
	Rest  any                  `json:"rest"`
}

type inner struct {
	Total *int64 `json:"total"`
	More  *bool  `json:"more"`
}

// A query is the body of a search.
type query struct {
	Text string `json:"text"`
	Page *span  `json:"page,omitzero"`
}

type span struct {
	Offset *int64 `json:"offset,omitzero"`
	Limit  int64  `json:"limit"`
}

// listings returns an operation with pages and the parameters shop, kind (required), size, token
// and X-Store.
func listings(p policy.Pagination) *resilience.Operation {
	return &resilience.Operation{
		ID: "list", Method: "GET", Path: "/{shop}/items",
		Params: []wire.Param{
			{Name: "shop", In: wire.Path, Required: true},
			{Name: "kind", In: wire.Query, Required: true, Default: "all"},
			{Name: "size", In: wire.Query}, {Name: "token", In: wire.Query}, {Name: "X-Store", In: wire.Header},
		},
		Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*listing]}},
		Failure: []wire.Outcome{{Status: 0, Media: "application/json", Decode: wire.JSONAs[*problem]}},
		Policy:  policy.Policy{Pagination: p},
	}
}

// byToken is the rule of most tests.
var byToken = policy.Pagination{Style: "token", Request: "token", Response: "next", Items: "items"}

// listArgs returns arguments for listings.
func listArgs(kind string) wire.Input { return wire.Args("a b", kind, 2, nil, "north") }

// pageOf returns a response with an item for each letter of names and the token of the next page.
func pageOf(names, next string) faults.Step {
	var list []string
	for _, n := range names {
		list = append(list, fmt.Sprintf(`{"name":"%c"}`, n))
	}
	token := "null"
	if next != "" {
		token = `"` + next + `"`
	}
	return faults.OK(`{"items":[` + strings.Join(list, ",") + `],"next":` + token + `}`)
}

// collectItems returns the names of the items of a sequence, followed by the kind of its error.
func collectItems(t testing.TB, seq iter.Seq2[item, error]) (string, *resilience.Error) {
	t.Helper()
	var text strings.Builder
	var failure *resilience.Error
	for it, err := range seq {
		if err != nil {
			if failure != nil {
				t.Errorf("a second error: %v", err)
			}
			failure = failed(t, err)
			text.WriteString(" " + failure.Kind.String())
			continue
		}
		text.WriteString(it.Name)
	}
	return text.String(), failure
}

// requests returns path, query and body of each request that the server received.
func (b bench) requests() string {
	var list []string
	for _, r := range b.Records() {
		text := r.Path
		if r.Query != "" {
			text += "?" + r.Query
		}
		if len(r.Body) > 0 {
			text += " " + string(r.Body)
		}
		list = append(list, text)
	}
	return strings.Join(list, "\n")
}

// A walkTest iterates over the items of a listing.
type walkTest struct {
	name   string
	rule   policy.Pagination
	alter  func(op *resilience.Operation)
	in     wire.Input
	opts   []resilience.CallOption
	script []faults.Step
	want   string // names of the items, then the kind of the error
	sent   string
	note   string // part of the error text
}

func (w walkTest) run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, w.script...)
		op := listings(w.rule)
		if w.alter != nil {
			w.alter(op)
		}
		in := w.in
		if in.Params == nil {
			in = listArgs("new")
		}
		got, failure := collectItems(
			t, resilience.Items[item](t.Context(), b.client(t, steady(), op), op, in, w.opts...),
		)
		if got != w.want {
			t.Errorf("got %q, want %q: %v", got, w.want, failure)
		}
		if sent := b.requests(); sent != w.sent {
			t.Errorf("sent\n%s\nwant\n%s", sent, w.sent)
		}
		if (failure == nil) != (w.note == "") || failure != nil && !strings.Contains(failure.Error(), w.note) {
			t.Errorf("the error is %v, want one with %q", failure, w.note)
		}
	})
}

// with returns a changed copy of a rule.
func with(p policy.Pagination, change func(*policy.Pagination)) policy.Pagination {
	change(&p)
	return p
}

func TestItems_Tokens(t *testing.T) {
	post := func(op *resilience.Operation) {
		op.Method, op.Body = "POST", &wire.Body{Media: "application/json", Format: wire.JSON}
		op.Policy.Idempotency = policy.Safe
	}
	for _, w := range []walkTest{
		{name: "one page", rule: byToken, script: []faults.Step{pageOf("ab", "")}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2"},
		{name: "three pages, and the token is escaped", rule: byToken,
			script: []faults.Step{pageOf("ab", "t+1/="), pageOf("c", "t2"), pageOf("d", "")}, want: "abcd",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=t%2B1%2F%3D\n" +
				"/a%20b/items?kind=new&size=2&token=t2"},
		{name: "empty pages in between", rule: byToken, script: []faults.Step{pageOf("", "1"), pageOf("a", "2"),
			pageOf("", "3"), pageOf("", "")}, want: "a",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=1\n" +
				"/a%20b/items?kind=new&size=2&token=2\n/a%20b/items?kind=new&size=2&token=3"},
		{name: "an empty token ends it", rule: byToken,
			script: []faults.Step{faults.OK(`{"items":[{"name":"a"}],"next":""}`)}, want: "a",
			sent: "/a%20b/items?kind=new&size=2"},
		{name: "no items at all", rule: byToken, script: []faults.Step{faults.OK(`{}`)}, want: "",
			sent: "/a%20b/items?kind=new&size=2"},
		{name: "nothing but the token", rule: with(byToken, func(p *policy.Pagination) { p.Rule = "token-only" }),
			script: []faults.Step{pageOf("a", "1"), pageOf("b", "")}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?token=1"},
		{name: "a required parameter of the first page is missing",
			rule:  with(byToken, func(p *policy.Pagination) { p.Rule = "token-only" }),
			alter: func(op *resilience.Operation) { op.Params[2].Required = true },
			in:    wire.Args("s", "new", nil, nil, nil), want: " invalid-request",
			note: `query parameter "size" is required`},
		{name: "a constant with the token",
			rule:   with(byToken, func(p *policy.Pagination) { p.With = []string{"kind=next=token", "size="} }),
			script: []faults.Step{pageOf("a", "1"), pageOf("b", "")}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=next%3Dtoken&size=&token=1"},
		{name: "nothing but the token and a constant", rule: with(byToken,
			func(p *policy.Pagination) { p.Rule, p.With = "token-only", []string{"kind=more"} }),
			script: []faults.Step{pageOf("a", "1"), pageOf("b", "")}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=more&token=1"},
		{name: "the token in the body", rule: with(byToken, func(p *policy.Pagination) { p.Request = "page.token" }),
			alter: post, in: listArgs("new").With(query{Text: "x", Page: &span{Limit: 2}}),
			script: []faults.Step{pageOf("a", "7"), pageOf("b", "")}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2 {\"text\":\"x\",\"page\":{\"limit\":2}}\n" +
				"/a%20b/items?kind=new&size=2 {\"page\":{\"limit\":2,\"token\":\"7\"},\"text\":\"x\"}"},
		{name: "the token in the body, alone", rule: with(byToken,
			func(p *policy.Pagination) { p.Request, p.Rule = "after", "token-only" }), alter: post,
			in:     listArgs("new").With(query{Text: "x"}),
			script: []faults.Step{pageOf("a", "7"), pageOf("b", "")}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2 {\"text\":\"x\"}\n/a%20b/items {\"after\":\"7\"}"},
		{name: "the token in the query of a POST, alone",
			rule:   with(byToken, func(p *policy.Pagination) { p.Rule = "token-only" }),
			alter:  func(op *resilience.Operation) { post(op); op.Body.Required = true },
			in:     listArgs("new").With(query{Text: "x"}),
			script: []faults.Step{pageOf("a", "7"), pageOf("b", "")}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2 {\"text\":\"x\"}\n/a%20b/items?token=7"},
		{name: "the same token twice in a row", rule: byToken,
			script: []faults.Step{pageOf("a", "1"), pageOf("b", "1")}, want: "ab pages",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=1",
			note: "page 2, after 2 items: no way to the next page: the next page is one that was read before"},
		{name: "an earlier token", rule: byToken, script: []faults.Step{pageOf("a", "1"), pageOf("b", "2"),
			pageOf("c", "1")}, want: "abc pages",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=1\n" +
				"/a%20b/items?kind=new&size=2&token=2", note: "read before"},
		{name: "the token of the arguments", rule: byToken, in: wire.Args("s", "new", nil, "1", nil),
			script: []faults.Step{pageOf("a", "1")}, want: "a pages", sent: "/s/items?kind=new&token=1",
			note: "read before"},
		{name: "a token that cannot be sent", rule: with(byToken, func(p *policy.Pagination) { p.Request = "" }),
			script: []faults.Step{pageOf("ab", "1")}, want: "ab pages",
			sent: "/a%20b/items?kind=new&size=2",
			note: "there are further pages, and the operation has no parameter to ask for them"},
		{name: "no token where none could be sent", rule: with(byToken, func(p *policy.Pagination) { p.Request = "" }),
			script: []faults.Step{pageOf("ab", "")}, want: "ab", sent: "/a%20b/items?kind=new&size=2"},
		{name: "a token that is not a text", rule: with(byToken, func(p *policy.Pagination) { p.Response = "rest" }),
			script: []faults.Step{faults.OK(`{"items":[{"name":"a"}],"rest":{"x":1}}`)}, want: "a contract",
			sent: "/a%20b/items?kind=new&size=2", note: "rest is not a text, number or bool"},
		{name: "a token that is a number in a value of any type",
			rule: with(byToken, func(p *policy.Pagination) { p.Response = "rest.next" }), want: "ab",
			script: []faults.Step{faults.OK(`{"items":[{"name":"a"}],"rest":{"next":12345678901234567890}}`),
				pageOf("b", "")},
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=12345678901234567890"},
		{name: "an unknown parameter", rule: with(byToken, func(p *policy.Pagination) { p.Request = "after" }),
			script: []faults.Step{pageOf("a", "1")}, want: "a invalid-request",
			sent: "/a%20b/items?kind=new&size=2", note: `the operation has no parameter "after" for the page`},
		{name: "items of another type", rule: with(byToken, func(p *policy.Pagination) { p.Items = "rest" }),
			script: []faults.Step{faults.OK(`{"rest":[1]}`)}, want: " contract",
			sent: "/a%20b/items?kind=new&size=2", note: "items decode to interface {}, want resilience_test.item"},
		{name: "items that are not a list", rule: with(byToken, func(p *policy.Pagination) { p.Items = "next" }),
			script: []faults.Step{pageOf("a", "1")}, want: " contract", sent: "/a%20b/items?kind=new&size=2",
			note: "next is not an array"},
		{name: "unknown items", rule: with(byToken, func(p *policy.Pagination) { p.Items = "" }),
			script: []faults.Step{pageOf("a", "1")}, want: " contract",
			sent: "/a%20b/items?kind=new&size=2", note: "set pagination.items, or iterate over the pages"},
		{name: "no pages", rule: policy.Pagination{Style: "none"}, want: " invalid-request",
			note: "the operation has no pages"},
		{name: "no pagination rule", want: " invalid-request",
			note: "set pagination.style in its policy"},
		{name: "unsafe", rule: byToken, alter: func(op *resilience.Operation) { op.Policy.Idempotency = policy.Unsafe },
			want: " invalid-request", note: "the operation is unsafe"},
		{name: "one key for all pages", rule: byToken,
			opts: []resilience.CallOption{resilience.WithIdempotencyKey("k")}, want: " invalid-request",
			note: "each page is a separate request"},
		{name: "a page fails", rule: byToken, script: []faults.Step{pageOf("ab", "1"), faults.Status(404)},
			want: "ab api",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=1",
			note: "items: list: page 2, after 2 items: status 404"},
		{name: "a page is retried", rule: byToken, script: []faults.Step{pageOf("a", "1"), faults.Status(503),
			pageOf("b", "")}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=1\n" +
				"/a%20b/items?kind=new&size=2&token=1"},
	} {
		t.Run(w.name, w.run)
	}
}

// Pages yields every page, including empty ones and the last one.
func TestPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("ab", "1"), pageOf("", "2"), pageOf("c", ""))
		op := listings(with(byToken, func(p *policy.Pagination) { p.Items = "" }))
		var got []string
		for page, err := range resilience.Pages[*listing](t.Context(), b.client(t, steady(), op), op, listArgs("x")) {
			got = append(got, fmt.Sprint(len(page.Items), err))
		}
		if want := []string{"2 <nil>", "0 <nil>", "1 <nil>"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestPages_ErrorsComeAfterThePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("ab", "1"), pageOf("c", "1"))
		op := listings(byToken)
		var got []string
		for page, err := range resilience.Pages[*listing](t.Context(), b.client(t, steady(), op), op, listArgs("x")) {
			got = append(got, fmt.Sprint(page != nil, errors.Is(err, resilience.ErrPages)))
		}
		if want := []string{"true false", "true false", "false true"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// A response that decodes to another type ends the iteration.
func TestPages_AnotherType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("ab", "1"), pageOf("c", ""))
		op := listings(byToken)
		var got []string
		for _, err := range resilience.Pages[*item](t.Context(), b.client(t, steady(), op), op, listArgs("x")) {
			got = append(got, failed(t, err).Kind.String())
		}
		if want := []string{"contract"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// PagesResult builds a result from each kind of response.
func TestPagesResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("ab", "1"), faults.JSON(206, `{"next":"2"}`), faults.Status(204))
		op := listings(byToken)
		op.Success = append(op.Success,
			wire.Outcome{Status: 206, Media: "application/json", Decode: wire.JSONAs[*listing]},
			wire.Outcome{Status: 204})
		build := func(status int, body any) string { return fmt.Sprint(status, body != nil) }
		var got []string
		for page, err := range resilience.PagesResult(
			t.Context(), b.client(t, steady(), op), op, listArgs("x"), build,
		) {
			got = append(got, fmt.Sprint(page, err))
		}
		if want := []string{"200 true<nil>", "206 true<nil>", "204 false<nil>"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// After a break the loop body is not called again, and no request is sent.
func TestItems_LeftEarly(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 1, 3: 2} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, pageOf("ab", "1"), pageOf("cd", "2"), pageOf("e", ""))
			op := listings(byToken)
			seen := 0
			for range resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("x")) {
				if seen++; seen == n {
					break
				}
			}
			synctest.Wait()
			if _, open := b.Connections(); b.Count() != want || open > 1 || seen != n {
				t.Errorf("after %d items: %d requests, want %d; %d connections open", n, b.Count(), want, open)
			}
		})
	}
}

// A sequence can be iterated twice, each time from the beginning.
func TestItems_Twice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("a", "1"), pageOf("b", ""), pageOf("c", "1"), pageOf("d", ""))
		op := listings(byToken)
		seq := resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("x"))
		first, _ := collectItems(t, seq)
		second, _ := collectItems(t, seq)
		sent := "/a%20b/items?kind=x&size=2\n/a%20b/items?kind=x&size=2&token=1"
		if first+second != "abcd" || b.requests() != sent+"\n"+sent {
			t.Errorf("got %q and %q, sent\n%s", first, second, b.requests())
		}
	})
}

// Each page has its own deadline; the context limits the iteration.
func TestItems_Deadlines(t *testing.T) {
	slow := []faults.Step{pageOf("a", "1").In(8 * time.Second), pageOf("b", "2").In(8 * time.Second),
		pageOf("c", "").In(8 * time.Second)}
	for _, test := range []struct {
		name  string
		bound time.Duration // of the context
		opts  []resilience.CallOption
		want  string
	}{
		{"none of the caller's", time.Hour, nil, "abc"},
		{"one for each page", time.Hour, []resilience.CallOption{resilience.WithTimeout(9 * time.Second)}, "abc"},
		{"one for each page that is too short", time.Hour,
			[]resilience.CallOption{resilience.WithTimeout(7 * time.Second)}, " timeout"},
		{"one for the walk", 20 * time.Second, nil, "ab timeout"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, slow...)
				op := listings(byToken)
				p := steady()
				p.Timeout.Overall = 10 * time.Second
				ctx, cancel := context.WithTimeout(t.Context(), test.bound)
				defer cancel()
				got, _ := collectItems(
					t, resilience.Items[item](ctx, b.client(t, p, op), op, listArgs("x"), test.opts...),
				)
				if got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		})
	}
}

// An iteration over pages without items ends with an error and can be continued from the cursor.
func TestItems_EmptyPagesWithoutEnd(t *testing.T) {
	for _, test := range []struct {
		opts []resilience.CallOption
		want int
	}{{nil, 100}, {[]resilience.CallOption{resilience.WithEmptyPages(3)}, 3}} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			b := configured(t, faults.Config{Handle: func(*faults.Request) faults.Step {
				n++
				return pageOf("",
					fmt.Sprint(n))
			}})
			op := listings(byToken)
			var kept resilience.Cursor
			got, failure := collectItems(t, resilience.Items[item](t.Context(), b.client(t, steady(), op), op,
				listArgs("x"), append(test.opts, resilience.WithCursor(&kept))...))
			if kept != failure.Walk.Cursor {
				t.Errorf("the cursor is kept at %v, that of the error is at %v", kept, failure.Walk.Cursor)
			}
			if got != " pages" || b.Count() != test.want || !errors.Is(failure, resilience.ErrPages) ||
				!strings.Contains(failure.Error(), fmt.Sprint(test.want, " pages in a row have no items")) {
				t.Errorf("got %q after %d requests, want %d: %v", got, b.Count(), test.want, failure)
			}
			if at := failure.Walk.Cursor.String(); at != fmt.Sprint("page ", test.want+1) {
				t.Errorf("the cursor is at %s", at)
			}
		})
	}
}

// Only consecutive pages without items count.
func TestItems_EmptyPagesInARow(t *testing.T) {
	walkTest{rule: byToken, opts: []resilience.CallOption{resilience.WithEmptyPages(2)},
		in:     wire.Args("s", "n", nil, nil, nil),
		script: []faults.Step{pageOf("", "1"), pageOf("a", "2"), pageOf("", "3"), pageOf("b", "4"), pageOf("", "")},
		want:   "ab",
		sent: "/s/items?kind=n\n/s/items?kind=n&token=1\n/s/items?kind=n&token=2\n/s/items?kind=n&token=3\n" +
			"/s/items?kind=n&token=4"}.run(t)
	walkTest{rule: byToken, opts: []resilience.CallOption{resilience.WithEmptyPages(0)}, want: " invalid-request",
		note: "WithEmptyPages: want 1 or more, got 0"}.run(t)
}

// If the policy does not name the items, no page counts as empty.
func TestPages_WithoutItems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("", "1"), pageOf("", "2"), pageOf("", ""))
		op := listings(with(byToken, func(p *policy.Pagination) { p.Items = "" }))
		n := 0
		for _, err := range resilience.Pages[*listing](t.Context(), b.client(t, steady(), op), op, listArgs("x"),
			resilience.WithEmptyPages(1)) {
			if err != nil {
				t.Error(err)
			}
			n++
		}
		if n != 3 {
			t.Errorf("%d pages, want 3", n)
		}
	})
}

// Pages whose number and items are unknown have no limit; the loop must end.
func TestPages_NumbersWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("a", ""), pageOf("", ""), faults.Status(400))
		op := listings(policy.Pagination{Style: "page", Request: "token", Size: "size"})
		var got []string
		for page, err := range resilience.Pages[*listing](t.Context(), b.client(t, steady(), op), op,
			wire.Args("s", "x", 1000, 0, nil)) {
			got = append(got, fmt.Sprint(page != nil, err != nil))
		}
		if want := []string{"true false", "true false", "false true"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if want := "/s/items?kind=x&size=1000&token=0\n/s/items?kind=x&size=1000&token=1\n" +
			"/s/items?kind=x&size=1000&token=2"; b.requests() != want {
			t.Errorf("sent\n%s\nwant\n%s", b.requests(), want)
		}
	})
}

// Paging options have no effect on a call for a single response.
func TestCall_IgnoresPagingOptions(t *testing.T) {
	for _, test := range []struct {
		name string
		o    resilience.CallOption
	}{{"WithCursor", resilience.WithCursor(new(resilience.Cursor))}, {"WithRestart", resilience.WithRestart(1, nil)},
		{"WithEmptyPages", resilience.WithEmptyPages(1)}} {
		b := memory(t, faults.OK(good))
		op := operation("GET", "")
		_, err := get(t, b.client(t, steady(), op), op, test.o)
		if e := failed(t, err); e.Kind != resilience.KindInvalidRequest ||
			!strings.Contains(e.Error(), test.name+": the call does not iterate over pages") || e.Walk != nil ||
			b.Count() != 0 {
			t.Errorf("%s: %v, %d requests", test.name, err, b.Count())
		}
	}
}
