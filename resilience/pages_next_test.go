package resilience_test

// This file tests pages that are selected by offset or number.

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

func TestItems_Offsets(t *testing.T) {
	offset := policy.Pagination{Style: "offset", Request: "token", Response: "page.total", Items: "items", Size: "size"}
	page := func(names string, total string) faults.Step {
		s := pageOf(names, "")
		return s.WithBody(strings.TrimSuffix(string(s.Body), "}") + `,"page":{` + total + `}}`)
	}
	search := func(op *resilience.Operation) {
		op.Method, op.Body, op.Policy.Idempotency = "POST", &wire.Body{Media: "application/json", Format: wire.JSON,
			Required: true}, policy.Safe
	}
	two := int64(2)
	for _, w := range []walkTest{
		{name: "up to the count", rule: offset, script: []faults.Step{page("ab", `"total":5`), page("cd", `"total":5`),
			page("e", `"total":5`)}, want: "abcde",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=2\n" +
				"/a%20b/items?kind=new&size=2&token=4"},
		{name: "exactly the count", rule: offset, script: []faults.Step{page("ab", `"total":4`),
			page("cd", `"total":4`)}, want: "abcd",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=2"},
		{name: "items received count, not the size requested", rule: offset,
			script: []faults.Step{page("a", `"total":2`), page("b", `"total":2`)}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=1"},
		{name: "from an offset of the caller's", rule: offset, in: wire.Args("s", "new", nil, 3, nil),
			script: []faults.Step{page("d", `"total":5`), page("e", `"total":5`)}, want: "de",
			sent: "/s/items?kind=new&token=3\n/s/items?kind=new&token=4"},
		{name: "nothing", rule: offset, script: []faults.Step{page("", `"total":0`)}, want: "",
			sent: "/a%20b/items?kind=new&size=2"},
		{name: "without a count up to the empty page", rule: offset,
			script: []faults.Step{pageOf("ab", ""), pageOf("", "")}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=2"},
		{name: "more is said", rule: with(offset, func(p *policy.Pagination) { p.Response = "page.more" }),
			script: []faults.Step{page("ab", `"more":true`), page("c", `"more":false`)}, want: "abc",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=2"},
		{name: "no items, though there are more", rule: offset, script: []faults.Step{page("ab", `"total":5`),
			page("", `"total":5`)}, want: "ab pages",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=2",
			note: "the page at 2 has no items, but the response says that there are more"},
		{name: "a count that is none", rule: with(offset, func(p *policy.Pagination) { p.Response = "next" }),
			script: []faults.Step{pageOf("a", "many")}, want: "a contract", sent: "/a%20b/items?kind=new&size=2",
			note: "next is not a whole number"},
		{name: "an offset that is none", rule: offset, in: wire.Args("s", "new", nil, "x", nil),
			script: []faults.Step{page("a", `"total":5`)}, want: "a invalid-request", sent: "/s/items?kind=new&token=x",
			note: "token is not a whole number of 0 or more"},
		{name: "an offset below 0", rule: offset, in: wire.Args("s", "new", nil, -1, nil),
			script: []faults.Step{page("a", `"total":5`)}, want: "a invalid-request",
			sent: "/s/items?kind=new&token=-1", note: "token is not a whole number of 0 or more"},
		{name: "in a body", rule: policy.Pagination{Style: "offset", Request: "page.offset", Response: "page.total",
			Items: "items", Size: "page.limit"}, alter: search,
			in:     wire.Args("s", "new", nil, nil, nil).With(query{Text: "x", Page: &span{Limit: 2}}),
			script: []faults.Step{page("ab", `"total":3`), page("c", `"total":3`)}, want: "abc",
			sent: "/s/items?kind=new {\"text\":\"x\",\"page\":{\"limit\":2}}\n/s/items?kind=new " +
				"{\"page\":{\"limit\":2,\"offset\":2},\"text\":\"x\"}"},
		{name: "in a body, from an offset of the caller's",
			rule:   policy.Pagination{Style: "offset", Request: "page.offset", Response: "page.total", Items: "items"},
			alter:  search,
			in:     wire.Args("s", "new", nil, nil, nil).With(&query{Page: &span{Offset: &two}}),
			script: []faults.Step{page("c", `"total":4`), page("d", `"total":4`)}, want: "cd",
			sent: "/s/items?kind=new {\"text\":\"\",\"page\":{\"offset\":2,\"limit\":0}}\n/s/items?kind=new " +
				"{\"page\":{\"limit\":0,\"offset\":3},\"text\":\"\"}"},
	} {
		t.Run(w.name, w.run)
	}
}

func TestItems_Numbers(t *testing.T) {
	number := policy.Pagination{Style: "page", Request: "token", Items: "items"}
	more := with(number, func(p *policy.Pagination) { p.Response = "page.more" })
	page := func(names, more string) faults.Step {
		s := pageOf(names, "")
		return s.WithBody(strings.TrimSuffix(string(s.Body), "}") + `,"page":{"more":` + more + `}}`)
	}
	from := func(n int) wire.Input { return wire.Args("s", "new", nil, n, nil) }
	for _, w := range []walkTest{
		{name: "up to the empty page", rule: number, in: from(1),
			script: []faults.Step{pageOf("ab", ""), pageOf("c", ""), pageOf("", "")}, want: "abc",
			sent: "/s/items?kind=new&token=1\n/s/items?kind=new&token=2\n/s/items?kind=new&token=3"},
		{name: "from 0 while there are more", rule: more, in: from(0),
			script: []faults.Step{page("a", "true"), page("", "true"), page("b", "false")}, want: "ab",
			sent: "/s/items?kind=new&token=0\n/s/items?kind=new&token=1\n/s/items?kind=new&token=2"},
		{name: "the answer does not say whether there are more", rule: more, in: from(0),
			script: []faults.Step{pageOf("a", ""), pageOf("", "")}, want: "a",
			sent: "/s/items?kind=new&token=0\n/s/items?kind=new&token=1"},
		{name: "the first page is unknown", rule: number, script: []faults.Step{pageOf("a", "")},
			want: "a invalid-request", sent: "/a%20b/items?kind=new&size=2",
			note: "the number of the first page is unknown, 0 or 1; set token"},
		{name: "neither true nor false", rule: with(number, func(p *policy.Pagination) { p.Response = "next" }),
			in: from(1), script: []faults.Step{pageOf("a", "yes")}, want: "a contract",
			sent: "/s/items?kind=new&token=1", note: "next is neither true nor false"},
	} {
		t.Run(w.name, w.run)
	}
}

// The response body may be the list.
func TestItems_BareList(t *testing.T) {
	bare := func(op *resilience.Operation) { op.Success[0].Decode = wire.JSONAs[[]item] }
	for _, w := range []walkTest{
		{name: "up to the empty page", rule: policy.Pagination{Style: "offset", Request: "token"}, alter: bare,
			script: []faults.Step{faults.OK(`[{"name":"a"},{"name":"b"}]`), faults.OK(`[]`)}, want: "ab",
			sent: "/a%20b/items?kind=new&size=2\n/a%20b/items?kind=new&size=2&token=2"},
		{name: "null is an empty page", rule: policy.Pagination{Style: "offset", Request: "token"}, alter: bare,
			script: []faults.Step{faults.OK(`null`)}, want: "", sent: "/a%20b/items?kind=new&size=2"},
	} {
		t.Run(w.name, w.run)
	}
}
