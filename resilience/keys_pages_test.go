package resilience_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

var pageKeys = []keyTest{
	{key: "pagination.style", base: offsets, run: firstRequests(0),
		change: func(p *policy.Policy) { p.Pagination.Style = "page" },
		before: "ab: ?offset=4 ?offset=6", after: "ab: ?offset=4 ?offset=5"},
	{key: "pagination.request", base: offsets, run: firstRequests(0),
		change: func(p *policy.Policy) { p.Pagination.Request = "start" },
		before: "ab: ?offset=4 ?offset=6", after: "ab: ?offset=4 ?offset=4&start=2"},
	{key: "pagination.response", base: byTokenOf("next"), run: firstRequests(0),
		change: func(p *policy.Policy) { p.Pagination.Response = "previous" },
		before: "ab: ?offset=4 ?offset=n", after: "ab: ?offset=4 ?offset=p"},
	{key: "pagination.items", base: offsets, run: firstRequests(0),
		change: func(p *policy.Policy) { p.Pagination.Items = "one" },
		before: "ab: ?offset=4 ?offset=6", after: "c: ?offset=4 ?offset=5"},
	{key: "pagination.size", base: func(p *policy.Policy) {
		offsets(p)
		p.Pagination.Items, p.Pagination.Size = "",
			"most"
	}, run: firstRequests(0),
		change: func(p *policy.Policy) { p.Pagination.Size = "limit" },
		before: ": ?offset=4&most=10&limit=20 ?offset=14&most=10&limit=20",
		after:  ": ?offset=4&most=10&limit=20 ?offset=24&most=10&limit=20"},
	{key: "pagination.rule", base: func(p *policy.Policy) { byTokenOf("next")(p); p.Pagination.Size = "most" },
		run:    firstRequests(0),
		change: func(p *policy.Policy) { p.Pagination.Rule = "token-only" },
		before: "ab: ?offset=4&most=10&limit=20 ?offset=n&most=10&limit=20",
		after:  "ab: ?offset=4&most=10&limit=20 ?offset=n"},
	{key: "pagination.with", base: byTokenOf("next"), run: firstRequests(0),
		change: func(p *policy.Policy) { p.Pagination.With = []string{"start=7"} },
		before: "ab: ?offset=4 ?offset=n", after: "ab: ?offset=4 ?offset=n&start=7"},
	{key: "pagination.ttl", base: byTokenOf("next"), run: firstRequests(20 * time.Second),
		change: func(p *policy.Policy) { p.Pagination.TTL = 30 * time.Second },
		before: "ab: ?offset=4 ?offset=n", after: "ab pages: ?offset=4"},
}

// offsets selects pages by the offset.
func offsets(p *policy.Policy) {
	p.Pagination = policy.Pagination{Style: "offset", Request: "offset", Items: "items"}
}

// byTokenOf selects pages by the token at a path.
func byTokenOf(path string) func(p *policy.Policy) {
	return func(p *policy.Policy) {
		p.Pagination = policy.Pagination{Style: "token", Request: "offset", Response: path, Items: "items"}
	}
}

// firstRequests iterates over pages with a pause after each item and reports the first two
// requests. The operation has four parameters; two more of them have arguments if the policy has a
// size.
func firstRequests(pause time.Duration) func(t *testing.T, p policy.Policy) string {
	type answer struct {
		Items    []item  `json:"items"`
		One      []item  `json:"one"`
		Next     *string `json:"next"`
		Previous *string `json:"previous"`
	}
	return func(t *testing.T, p policy.Policy) string {
		page := faults.OK(`{"items":[{"name":"a"},{"name":"b"}],"one":[{"name":"c"}],"next":"n","previous":"p"}`)
		b := memory(t, page, faults.OK(`{}`))
		op := &resilience.Operation{
			ID: "list", Method: "GET", Path: "/",
			Params: []wire.Param{{Name: "offset", In: wire.Query}, {Name: "most", In: wire.Query},
				{Name: "limit", In: wire.Query}, {Name: "start", In: wire.Query}},
			Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*answer]}},
		}
		in := wire.Args(4, nil, nil, nil)
		if p.Pagination.Size != "" {
			in = wire.Args(4, 10, 20, nil)
		}
		c := b.client(t, p, op)
		var text strings.Builder
		if p.Pagination.Items == "" {
			for _, err := range resilience.Pages[*answer](t.Context(), c, op, in) {
				if err != nil || b.Count() == 2 {
					break
				}
			}
		} else {
			for it, err := range resilience.Items[item](t.Context(), c, op, in) {
				if text.WriteString(it.Name); err != nil {
					text.WriteString(" " + failed(t, err).Kind.String())
				}
				time.Sleep(pause)
			}
		}
		sent := strings.Split(b.requests(), "\n")
		return text.String() + ": " + strings.ReplaceAll(strings.Join(slices.Clip(sent), " "), "/?", "?")
	}
}
