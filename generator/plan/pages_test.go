package plan_test

import (
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"

	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
)

// pageDoc is the path of one operation, list, that answers pages.
const pageDoc = `  /pets/{shop}:
    METHOD:
      operationId: list
      parameters:
        - {name: shop, in: path, required: true, schema: {type: string}}
        - {name: cursor, in: query, schema: {type: string}}
        - {name: size, in: query, schema: {type: integer}}
      responses:
        "200": {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}}
`

const pageSchemas = `    Pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}
    Page:
      type: object
      required: [rows]
      properties:
        rows: {$ref: '#/components/schemas/Pets'}
        names: {type: array, nullable: true, items: {type: string, nullable: true}}
        next: {type: string, nullable: true}
        more: {type: boolean}
        total: {type: integer}
        ids: {type: object, additionalProperties: {type: array, items: {type: integer}}}
        free: {}
        either: {oneOf: [{$ref: '#/components/schemas/Pet'}, {type: object, required: [list], properties: {list: {type: array, items: {type: string}}}}]}
        meta: {type: object, properties: {'next.link': {type: string}, page: {type: object, properties: {last: {type: boolean}}}}}`

// walks plans the document with a pagination and returns its iterators and findings.
func walks(t *testing.T, method, doc, file string) string {
	t.Helper()
	var policies []*policy.File
	if file != "" {
		policies = append(policies, plantest.PolicyFile(t, file))
	}
	a, lines := plantest.Planned(t, strings.ReplaceAll(plantest.Paths30(doc, pageSchemas), "METHOD", method),
		plan.Options{Policies: policies})
	var got []string
	if a != nil {
		for _, o := range a.Operations {
			if text := strings.TrimSpace(string(o.Pages) + " " + o.PagesMethod); text != "" {
				if o.ItemsMethod != "" {
					text += " " + o.ItemsMethod + " of " + plantest.GoType(o.ItemType)
				}
				got = append(got, text)
			}
		}
	}
	return strings.Join(append(got, lines...), "\n")
}

func TestPages(t *testing.T) {
	for _, c := range []struct{ name, method, pagination, want string }{
		{"tokens", "get", "{style: token, request: cursor, response: next, items: rows}",
			"token ListPages ListAll of Pet"},
		{"no items", "get", "{style: token, request: cursor, response: next}", "token ListPages"},
		{"items that may be null", "get", "{style: token, request: cursor, response: next, items: names}",
			"token ListPages ListAll of *string"},
		{"items in a map", "get", "{style: token, request: cursor, response: next, items: ids.x}",
			"token ListPages ListAll of int64"},
		{"items of no type", "get", "{style: token, request: cursor, response: next, items: free.list}",
			"token ListPages"},
		{"items in a union", "get", "{style: token, request: cursor, response: next, items: either.list}",
			"token ListPages"},
		{"names with dots", "get", "{style: token, request: cursor, response: meta.next.link, items: rows}",
			"token ListPages ListAll of Pet"},
		{"no parameter", "get", "{style: token, response: next, items: rows}", "token ListPages ListAll of Pet"},
		{"the token comes from elsewhere", "get", "{style: token, request: cursor}", "token"},
		{"in the path", "get", "{style: token, request: shop, response: next}", "token ListPages"},
		{"offsets", "get", "{style: offset, request: cursor, response: total, items: rows}",
			"offset ListPages ListAll of Pet"},
		{"offsets without items", "get", "{style: offset, request: cursor, response: more, size: size}",
			"offset ListPages"},
		{"numbers", "get", "{style: page, request: cursor, response: meta.page.last, items: rows}",
			"page ListPages ListAll of Pet"},
		{"links", "get", "{style: link, items: rows}", "link ListPages ListAll of Pet"},
		{"links in the body", "get", "{style: link, response: meta.next.link, items: rows}",
			"link ListPages ListAll of Pet"},
		{"none", "get", "{style: none}", ""},
		{"nothing", "get", "{}", ""},
		{"unsafe", "post", "{style: token, request: cursor, response: next, items: rows}",
			"token\np.yaml:2:30: warning: operation list: is unsafe, so it has no iterator over further pages; if " +
				"it only reads, set idempotency: safe with a why"},
		{"unsafe, and the token comes from elsewhere", "post", "{style: token, request: cursor}", "token"},
		{"misspelled", "get", "{style: token, request: cursr, response: nxt, items: rws, size: sze, with: [cursor=x, siz=1]}", `
p.yaml:2:46: operation list: pagination.request: the request has no parameter cursr and no such member of a JSON body; did you mean cursor?
p.yaml:2:63: operation list: pagination.response: no response has a member nxt; did you mean next?
p.yaml:2:75: operation list: pagination.items: no response has a member rws; did you mean rows?
p.yaml:2:86: operation list: pagination.size: the request has no parameter sze and no such member of a JSON body; did you mean size?
p.yaml:2:97: operation list: pagination.with: the request has no parameter siz and no such member of a JSON body; did you mean size?`},
		{"far off", "get", "{style: token, request: zebra, response: meta.zebra}", `
p.yaml:2:46: operation list: pagination.request: the request has no parameter zebra and no such member of a JSON body
p.yaml:2:63: operation list: pagination.response: no response has a member meta.zebra`},
		{"nothing of a token", "get", "{style: token}",
			"p.yaml:2:30: operation list: pagination.style: a token needs a source and a target; set " +
				"pagination.request and pagination.response"},
		{"a number without a parameter", "get", "{style: page, items: rows}",
			"p.yaml:2:30: operation list: pagination.style: no parameter selects the page; set pagination.request"},
		{"an offset without a parameter", "get", "{style: offset, items: rows}",
			"p.yaml:2:30: operation list: pagination.style: no parameter selects the page; set pagination.request"},
		{"an offset without an end", "get", "{style: offset, request: cursor, size: size}",
			"p.yaml:2:30: operation list: pagination.style: the length of a page is not known; set " +
				"pagination.items, or pagination.size and pagination.response"},
		{"an offset without a step", "get", "{style: offset, request: cursor, response: total}",
			"p.yaml:2:30: operation list: pagination.style: the length of a page is not known; set " +
				"pagination.items, or pagination.size and pagination.response"},
		{"items that are none", "get", "{style: link, items: meta}",
			"p.yaml:2:43: operation list: pagination.items: meta is not a list"},
		{"a token that is a list", "get", "{style: token, request: cursor, response: rows}",
			"p.yaml:2:64: operation list: pagination.response: rows is not a string or number"},
		{"a token that is an object", "get", "{style: token, request: cursor, response: meta}",
			"p.yaml:2:64: operation list: pagination.response: meta is an object, not a string or number"},
		{"a number by count", "get", "{style: page, request: cursor, response: total, items: rows}",
			"p.yaml:2:63: operation list: pagination.response: total is not a bool that is true while pages follow"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plantest.Same(t, walks(t, c.method, pageDoc, "operations:\n  list: {pagination: "+c.pagination+"}\n"),
				c.want)
		})
	}
}

// What holds for a whole API applies where it fits, and says nothing where it does not.
func TestPages_OfTheWholeAPI(t *testing.T) {
	doc := pageDoc + `  /other:
    get: {operationId: other, responses: {"200": {description: d, content: {application/json: {schema: {type: object}}}}}}
    post: {operationId: write, parameters: [{name: cursor, in: query, schema: {type: string}}], responses: {"200": {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}}}}
`
	plantest.Same(t, walks(t, "get", doc,
		"defaults: {pagination: {style: token, request: cursor, response: next, items: rows}}\n"),
		"token\ntoken ListPages ListAll of Pet")
	plantest.Same(t, walks(t, "get", doc,
		"defaults: {pagination: {style: token, request: cursor, response: next, items: rows}}\noperations:\n  list: "+
			"{pagination: {items: rws}}\n"),
		"p.yaml:3:30: operation list: pagination.items: no response has a member rws; did you mean rows?")
	plantest.Same(t, walks(t, "get", doc,
		"defaults: {pagination: {style: token, request: cursor, response: next}}\noperations:\n  list: {pagination: "+
			"{style: none}}\n"), "token")
}

// Body members are looked for in JSON bodies; the method of a further media type pages where it
// can.
func TestPages_InBodies(t *testing.T) {
	body := func(media string) string {
		return `  /search:
    post:
      operationId: search
      requestBody: {content: {` + media + `}}
      responses:
        "200": {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}}
`
	}
	const schema = ": {schema: {type: object, properties: {page: {type: object, properties: {offset: {type: " +
		"integer}, limit: {type: integer}}}}}}"
	const file = "operations:\n  search: {idempotency: safe, why: w, pagination: {style: offset, request: " +
		"page.offset, size: page.limit, items: rows}}\n"
	plantest.Same(t, walks(t, "", body("application/json"+schema), file), "offset SearchPages SearchAll of Pet")
	plantest.Same(t, walks(t, "", body("application/json"+schema+", application/x-www-form-urlencoded"+schema), file),
		"offset SearchPages SearchAll of Pet")
	plantest.Same(t, walks(t, "", body("application/x-www-form-urlencoded"+schema), file), `
p.yaml:2:76: operation search: pagination.request: the request has no parameter page.offset and no such member of a JSON body
p.yaml:2:95: operation search: pagination.size: the request has no parameter page.limit and no such member of a JSON body`)
	plantest.Same(t, walks(t, "", body("application/json"+schema),
		strings.Replace(file, "page.offset", "page.ofset", 1)),
		"p.yaml:2:76: operation search: pagination.request: the request has no parameter page.ofset and no such "+
			"member of a JSON body; did you mean page.offset?")
}

// Only answers that decode have pages.
func TestPages_OfAnswers(t *testing.T) {
	of := func(answers string) string {
		return "  /x:\n    get:\n      operationId: x\n      parameters: [{name: cursor, in: query, schema: {type: " +
			"string}}]\n      responses: {" + answers + "}\n"
	}
	const page = `content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}`
	const file = "operations:\n  x: {pagination: {style: token, request: cursor, response: next, items: rows}}\n"
	plantest.Same(t, walks(t, "", of(`"200": {description: d, `+page+`}, "204": {description: d}`), file),
		"token XPages XAll of Pet")
	plantest.Same(t, walks(t, "", of(`"204": {description: d}, "206": {description: d, `+page+`}`), file),
		"token XPages XAll of Pet")
	plantest.Same(t, walks(t, "",
		of(`"200": {description: d, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}`), "operations:\n  x: {pagination: {style: link}}\n"), "link XPages XAll of Pet")
	plantest.Same(t, walks(t, "",
		of(`"200": {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pets'}}}}`),
		"operations:\n  x: {pagination: {style: link}}\n"), "link XPages XAll of Pet")
	plantest.Same(t, walks(t, "", of(`"200": {description: d, content: {text/plain: {}}}`),
		"operations:\n  x: {pagination: {style: link}}\n"), "link XPages")
	plantest.Same(t, walks(t, "", of(`"200": {description: d, content: {image/png: {}}}`),
		"operations:\n  x: {pagination: {style: link}}\n"), "link")
	plantest.Same(t, walks(t, "", of(`"204": {description: d}`), "operations:\n  x: {pagination: {style: link}}\n"),
		"link")
}

// The names of iterators come after those of operations.
func TestPages_Names(t *testing.T) {
	doc := pageDoc + `  /all: {get: {operationId: listAll, responses: {}}}
`
	plantest.Same(t, walks(t, "get", doc, "operations:\n  list: {pagination: {style: link, items: rows}}\n"), `
link ListPages ListAll_2 of Pet
a.yaml:5:5: warning: items of operation list: Go name ListAll is already used by operation listAll at a.yaml:13:29; using ListAll_2; choose a name with x-go-name, or rename one of them`)
}

// Pages are inferred from the names of a parameter and of a member, unless a policy declares them.
func TestPages_ByName(t *testing.T) {
	of := func(method, param, in, properties string) string {
		return "  /x:\n    " + method + ":\n      operationId: x\n      parameters: [{name: " + param + ", in: " + in +
			", schema: {type: string}}]\n" +
			"      responses: {\"200\": {description: d, content: {application/json: {schema: {type: object, " +
			"properties: {" + properties + "}}}}}}\n"
	}
	const text, list = "{type: string}", "{type: array, items: {type: string}}"
	next := "nextToken: " + text + ", a: " + list
	nested := func(names, inner string) string {
		for i := len(names) - 1; i >= 0; i-- {
			inner = string(names[i]) + ": {type: object, properties: {" + inner + "}}"
		}
		return inner
	}
	for _, c := range []struct{ name, doc, file, want string }{
		{"nextToken", of("get", "nextToken", "query", next), "", "token XPages XAll of string"},
		{"pageToken", of("get", "pageToken", "query", "nextPageToken: "+text+", a: "+list), "",
			"token XPages XAll of string"},
		{"page_token", of("get", "page_token", "query", "next_page_token: "+text), "", "token XPages"},
		{"NextPageToken", of("get", "NextPageToken", "query", "NEXTTOKEN: "+text), "", "token XPages"},
		{"pagination_token", of("get", "pagination_token", "query", nested("pq", "nextToken: "+text)), "",
			"token XPages"},
		{"too deep", of("get", "pageToken", "query", nested("pqr", "nextToken: "+text)), "", ""},
		{"another parameter", of("get", "token", "query", next), "", ""},
		{"another place", of("get", "nextToken", "header", next), "", ""},
		{"another member", of("get", "nextToken", "query", "token: "+text+", lastToken: "+text), "", ""},
		{"a member that is no text", of("get", "nextToken", "query", "nextToken: {type: integer}"), "", ""},
		{"a list of errors", of("get", "nextToken", "query", next+", errors: "+list+", Warnings: "+list), "",
			"token XPages XAll of string"},
		{"two lists", of("get", "nextToken", "query", next+", b: "+list), "", "token XPages"},
		{"the nearer list", of("get", "nextToken", "query", nested("p", "b: "+list+", c: "+list)+", "+next), "",
			"token XPages XAll of string"},
		{"a list further away", of("get", "nextToken", "query", "nextToken: "+text+", "+nested("p", "b: "+list)), "",
			"token XPages XAll of string"},
		{"unsafe", of("post", "nextToken", "query", next), "", ""},
		{"safe by policy", of("post", "nextToken", "query", next), "operations:\n  x: {idempotency: safe, why: w}\n",
			"token XPages XAll of string"},
		{"none by policy", of("get", "nextToken", "query", next), "operations:\n  x: {pagination: {style: none}}\n",
			""},
		{"another by policy", of("get", "nextToken", "query", next), "operations:\n  x: {pagination: {style: link}}\n",
			"link XPages"},
	} {
		t.Run(c.name, func(t *testing.T) { plantest.Same(t, walks(t, "", c.doc, c.file), c.want) })
	}
	a, _ := plantest.Planned(t, plantest.Paths30(of("get", "nextToken", "query", next), ""), plan.Options{})
	o := a.Operations[0]
	for path, want := range map[string]string{
		"pagination.style":    "token ← a.yaml:7:20 parameter nextToken",
		"pagination.request":  "nextToken ← a.yaml:7:20 parameter nextToken",
		"pagination.response": "nextToken ← a.yaml:7:20 parameter nextToken",
		"pagination.items":    "a ← a.yaml:7:20 parameter nextToken", "retry.attempts": "4 ← default",
	} {
		plantest.Same(t, plantest.Value(o.Policy, o.Sources, path), want)
	}
	if _, ok := a.Sources["pagination.style"]; ok {
		t.Error("the API as a whole has pages")
	}
}
