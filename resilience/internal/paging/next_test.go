package paging

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
)

func TestNext(t *testing.T) {
	token := policy.Pagination{Style: "token", Request: "token", Response: "next"}
	offset := policy.Pagination{Style: "offset", Request: "from", Response: "total"}
	number := policy.Pagination{Style: "page", Request: "page", Response: "more"}
	link := policy.Pagination{Style: "link"}
	for _, c := range []struct {
		name string
		rule policy.Pagination
		at   Position
		page Page
		want string // token, cause and text of the problem
	}{
		{"token", token, Position{}, Page{Value: map[string]any{"next": "t"}}, `"t"`},
		{"no token", token, Position{}, Page{Value: map[string]any{}}, `""`},
		{"token that is an object", token, Position{}, Page{Value: map[string]any{"next": map[string]any{}}},
			`"" 0 next is not a text, number or bool`},
		{"token without a parameter", policy.Pagination{Style: "token", Response: "next"}, Position{},
			Page{Value: map[string]any{"next": "t"}},
			`"" 1 there are further pages, and the operation has no parameter to ask for them`},
		{"offset", offset, Position{First: "3"}, Page{Items: 2, Counted: true}, `"5"`},
		{"offset of the token", offset, Position{Token: "7", First: "3"}, Page{Items: 2, Counted: true}, `"9"`},
		{"offset by size", offset, Position{Size: "10"}, Page{}, `"10"`},
		{"offset without a length", offset, Position{}, Page{},
			`"" 1 the number of items on the page is unknown; set pagination.items or pagination.size`},
		{"total reached", offset, Position{}, Page{Value: map[string]any{"total": 2}, Items: 2, Counted: true}, `""`},
		{"number", number, Position{First: "0"}, Page{Value: map[string]any{"more": true}}, `"1"`},
		{"last number", number, Position{First: "0"}, Page{Value: map[string]any{"more": false}}, `""`},
		{"unknown first number", number, Position{}, Page{},
			`"" 2 the number of the first page is unknown, 0 or 1; set page`},
		{"negative number", number, Position{First: "-1"}, Page{}, `"" 2 page is not a whole number of 0 or more`},
		{"link", link, Position{}, Page{Header: http.Header{"Link": {`</b?n=2>; rel="next"`}}}, `"/b?n=2"`},
		{"no link", link, Position{}, Page{}, `""`},
	} {
		c.page.URL = &url.URL{Scheme: "https", Host: "a.test", Path: "/a"}
		got, p := Next(&c.rule, c.at, c.page)
		text := fmt.Sprintf("%q", got)
		if p != nil {
			text += fmt.Sprintf(" %d %s", p.Cause, p.Text)
		}
		if text != c.want {
			t.Errorf("%s: got %s, want %s", c.name, text, c.want)
		}
	}
}
