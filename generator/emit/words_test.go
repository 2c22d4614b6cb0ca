package emit

import (
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/api/apitest"
	"github.com/resgen/resgen/resilience/policy"
)

func TestSentence(t *testing.T) {
	tests := []struct{ summary, description, first, rest string }{
		{"", "", "GetItem calls GET /items.", ""},
		{"Get an item", "", "GetItem: Get an item.", ""},
		{"Gets an item.", "More of it.", "GetItem: Gets an item.", "More of it."},
		{"Item", "", "GetItem: Item.", ""},
		{"List of items", "", "GetItem: List of items.", ""},
		{"Search for items", "", "GetItem: Search for items.", ""},
		{"Delete", "", "GetItem: Delete.", ""},
		{"", "Returns an item. Then more.\n\nAnd more.", "GetItem: Returns an item.", "Then more.\n\nAnd more."},
		{"Get it", "Get it", "GetItem: Get it.", ""},
		{"Is it there?", "", "GetItem: Is it there?", ""},
		{"Compacting the store", "", "GetItem: Compacting the store.", ""},
		{"Withdraw a listing", "", "GetItem: Withdraw a listing.", ""},
		{"Push all\nof it", "", "GetItem: Push all of it.", ""},
		{"What the seller has", "", "GetItem: What the seller has.", ""},
		{"API the seller has", "", "GetItem: API the seller has.", ""},
		{"\"Quoted\" the seller has", "", "GetItem: \"Quoted\" the seller has.", ""},
		{"", "# Items\n\nReturns items.", "GetItem: Items.", "Returns items."},
	}
	for _, tt := range tests {
		op := &api.Operation{
			Name: "GetItem", Method: "GET", Path: "/items", Summary: tt.summary, Description: tt.description,
		}
		if first, rest := sentence(op); first != tt.first || rest != tt.rest {
			t.Errorf("sentence(%q, %q) = %q, %q; want %q, %q",
				tt.summary, tt.description, first, rest, tt.first, tt.rest)
		}
	}
}

func TestItemsDoc(t *testing.T) {
	for items, want := range map[string]string{
		"": "",
		".": "If some items of the request fail, the method returns both the response and an error that matches " +
			"[resilience.ErrPartial]. The Items of the error list the items that failed.",
	} {
		if got := itemsDoc(policy.Policy{Success: policy.Success{Items: items, Status: "s"}}); got != want {
			t.Errorf("%q: got %q, want %q", items, got, want)
		}
	}
}

func TestFailuresDoc(t *testing.T) {
	list, text := api.Of(api.Pointer, api.Ref("ErrorList")), apitest.String
	tests := []struct {
		name string
		in   []*api.Outcome
		want string
	}{
		{"none", nil, "."},
		{"no body", []*api.Outcome{{Status: 404}}, "."},
		{"one", []*api.Outcome{{Status: 404, Type: list}}, "; Detail is [*ErrorList] for 404."},
		{"default alone", []*api.Outcome{{Status: 0, Type: list}}, "; Detail is [*ErrorList]."},
		{"default after one without a body", []*api.Outcome{{Status: 404}, {Status: 0, Type: list}},
			"; Detail is [*ErrorList] for any other status."},
		{"three, and another", []*api.Outcome{
			{Status: 400, Type: list}, {Status: 404, Type: list}, {Status: 4, Type: list}, {Status: 0, Type: text},
		}, "; Detail is [*ErrorList] for 400, 404 and 4XX, `string` for any other status."},
	}
	for _, tt := range tests {
		if got, want := failuresDoc(tt.in), "Errors are of type [*resilience.Error]"+tt.want; got != want {
			t.Errorf("%s: got %q, want %q", tt.name, got, want)
		}
	}
}
