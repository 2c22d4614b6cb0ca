package querystring_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
	querystring "github.com/resgen/resgen/testdata/querystring/want"
)

// The whole query is the value of a parameter.
func TestQueryString(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.URL.RawQuery
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	c, err := querystring.New(resilience.WithBaseURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, yes := t.Context(), true
	for _, row := range []struct {
		call func() error
		want string
	}{
		{func() error {
			return c.Form(ctx, querystring.FormParams{Filter: querystring.FormParamsFilter{
				Foo: "a + b", Bar: &yes, Tags: []string{"x", "y"}, IDs: []int64{1, 2},
			}})
		}, "foo=a+%2B+b&bar=true&tags=x&tags=y&ids=1,2"},
		{func() error {
			return c.JSON(ctx, querystring.JSONParams{Filter: &querystring.Filter{
				Numbers: []int64{1, 2}, Flag: wire.Null[bool](),
			}})
		}, "%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D"},
		{func() error { return c.JSON(ctx, querystring.JSONParams{}) }, ""},
		{func() error { return c.Text(ctx, querystring.TextParams{Selector: "$.a.b[1:1]"}) }, "%24.a.b%5B1%3A1%5D"},
	} {
		if err := row.call(); err != nil || got != row.want {
			t.Errorf("got %s, %v, want %s", got, err, row.want)
		}
	}
}
