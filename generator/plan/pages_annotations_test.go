package plan_test

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"
	"github.com/resgen/resgen/resilience/policy"
)

// Annotations of other tools that describe pages, and the pagination that an operation then has.
func TestPages_Annotations(t *testing.T) {
	const misfit = "; set pagination in a policy file"
	for _, c := range []struct {
		name, root, annotation string
		want                   policy.Pagination
		finding                string
	}{
		{"speakeasy pages", "", "x-speakeasy-pagination: {type: offsetLimit, inputs: [{name: at, in: parameters, type: page}, " +
			"{name: most, in: parameters, type: limit}], outputs: {results: $.list, numPages: $.total}}",
			policy.Pagination{Style: "page", Request: "at", Size: "most", Items: "list"}, ""},
		{"speakeasy offsets", "", "x-speakeasy-pagination: {type: offsetLimit, inputs: [{name: at, in: parameters, type: " +
			"offset}], outputs: {results: $.list}}",
			policy.Pagination{Style: "offset", Request: "at", Items: "list"}, ""},
		{"speakeasy cursors", "", "x-speakeasy-pagination: {type: cursor, inputs: [{name: at, in: parameters, type: cursor}], " +
			"outputs: {nextCursor: $.meta.next, results: $.list}}",
			policy.Pagination{Style: "token", Request: "at", Response: "meta.next", Items: "list"}, ""},
		{"speakeasy links", "", "x-speakeasy-pagination: {type: url, outputs: {nextUrl: $.meta.next, results: $.list}}",
			policy.Pagination{Style: "link", Response: "meta.next", Items: "list"}, ""},
		{"an expression that is no path", "", "x-speakeasy-pagination: {type: cursor, inputs: [{name: at, type: cursor}], " +
			"outputs: {nextCursor: '$.list[-1].id'}}", policy.Pagination{},
			"a.yaml:8:31: warning: operation op: x-speakeasy-pagination has no usable value; use x-resgen or a policy file"},
		{"no type", "", "x-speakeasy-pagination: {inputs: []}", policy.Pagination{},
			"a.yaml:8:31: warning: operation op: x-speakeasy-pagination has no usable value; use x-resgen or a policy file"},
		{"a cursor without an input", "", "x-speakeasy-pagination: {type: cursor, outputs: {nextCursor: $.meta.next}}",
			policy.Pagination{},
			"a.yaml:8:31: warning: operation op: x-speakeasy-pagination has no usable value; use x-resgen or a policy file"},

		{"fern cursors", "", "x-fern-pagination: {cursor: $request.at, next_cursor: $response.meta.next, results: " +
			"$response.list}", policy.Pagination{
			Style: "token", Request: "at", Response: "meta.next", Items: "list",
		}, ""},
		{"fern links", "", "x-fern-pagination: {next_uri: $response.meta.next, results: $response.list}",
			policy.Pagination{Style: "link", Response: "meta.next", Items: "list"}, ""},
		{"fern pages", "", "x-fern-pagination: {offset: $request.at, results: $response.list, has-next-page: " +
			"$response.meta.more}", policy.Pagination{
			Style: "page", Request: "at", Response: "meta.more", Items: "list",
		}, ""},
		{"fern offsets", "", "x-fern-pagination: {offset: $request.at, step: $request.most, results: $response.list}",
			policy.Pagination{Style: "offset", Request: "at", Size: "most", Items: "list"}, ""},
		{"fern at the root", "x-fern-pagination: {offset: $request.at, results: $response.list}\n",
			"x-fern-pagination: true",
			policy.Pagination{Style: "page", Request: "at", Items: "list"}, ""},
		{"fern at the root alone", "x-fern-pagination: {offset: $request.at, results: $response.list}\n", "summary: s",
			policy.Pagination{}, ""},
		{"fern switched off", "x-fern-pagination: {offset: $request.at}\n", "x-fern-pagination: false",
			policy.Pagination{}, ""},
		{"fern without the root", "", "x-fern-pagination: true", policy.Pagination{},
			"a.yaml:8:26: warning: operation op: x-fern-pagination has no usable value; use x-resgen or a policy file"},

		{"links of Microsoft", "", "x-ms-pageable: {nextLinkName: meta.next, itemName: list}",
			policy.Pagination{Style: "link", Response: "meta.next", Items: "list"}, ""},
		{"links of Microsoft by default", "", "x-ms-pageable: {}",
			policy.Pagination{Style: "link", Response: "nextLink", Items: "value"}, ""},
		{"one page of Microsoft", "", "x-ms-pageable: {nextLinkName: null}", policy.Pagination{}, ""},
		{"not a mapping", "", "x-ms-pageable: true", policy.Pagination{},
			"a.yaml:8:22: warning: operation op: x-ms-pageable has no usable value; use x-resgen or a policy file"},
		{"members that the response does not have", "", "x-ms-pageable: {nextLinkName: nextLinks}", policy.Pagination{},
			"a.yaml:8:22: warning: operation op: x-ms-pageable does not fit the operation: no response has a member " +
				"nextLinks" + misfit},
		{"a parameter that the request does not have", "", "x-fern-pagination: {offset: $request.page}",
			policy.Pagination{},
			"a.yaml:8:26: warning: operation op: x-fern-pagination does not fit the operation: the request has no parameter " +
				"page and no such member of a JSON body" + misfit},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := c.root + plantest.Paths30("\n  /a:\n    get:\n      operationId: op\n      "+c.annotation+`
      parameters: [{name: at, in: query, schema: {type: string}}, {name: most, in: query, schema: {type: integer}}]
      responses:
        '200': {description: d, content: {application/json: {schema: {type: object, properties: {
          list: {type: array, items: {type: string}}, value: {type: array, items: {type: string}},
          nextLink: {type: string}, meta: {type: object, properties: {next: {type: string}, more: {type: boolean}}}}}}}}`, "")
			a, lines := plantest.Planned(t, doc, plan.Options{})
			plantest.Same(t, strings.Join(lines, "\n"), c.finding)
			o := a.Operations[0]
			want := policy.Policy{Pagination: c.want}
			if got := (policy.Policy{Pagination: o.Policy.Pagination}); !got.Equal(want) {
				t.Errorf("got %+v, want %+v", got.Pagination, c.want)
			}
			if (o.PagesMethod != "") != (c.want.Style != "") {
				t.Errorf("the iterator is %q", o.PagesMethod)
			}
			if s := o.Sources["pagination.style"]; c.want.Style != "" &&
				(s.Kind != policy.FromDocument || s.Pos.Line == 0 || !strings.HasPrefix(s.Note, "x-")) {
				t.Errorf("the source is %v", s)
			}
		})
	}
}

// An annotation of an unsafe operation gives it no iterator, and no warning.
func TestPages_AnnotationOfAnUnsafeOperation(t *testing.T) {
	a, lines := plantest.Planned(t, plantest.Paths30(`
  /a:
    post:
      operationId: op
      x-ms-pageable: {}
      responses:
        '200': {description: d, content: {application/json: {schema: {type: object, properties: {
          value: {type: array, items: {type: string}}, nextLink: {type: string}}}}}}`, ""), plan.Options{})
	if a.Operations[0].PagesMethod != "" || len(lines) > 0 {
		t.Errorf("got %q, %q", a.Operations[0].PagesMethod, lines)
	}
}
