package paths_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/resgen/resgen/resilience"
	paths "github.com/resgen/resgen/testdata/paths/want"
)

// Each place of a path has an argument, and expressions are written as RFC 6570 says.
func TestPaths(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.RequestURI
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	c, err := paths.New(resilience.WithBaseURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := t.Context()
	for want, call := range map[string]func() error{
		"/orders/7/items/a%2Fb": func() error { return c.GetItem(ctx, "7", "a/b") },
		"/red/blue":             func() error { return c.GetKinds(ctx, paths.GetKindsParamsKindRed, paths.GetKindsParamsKindBlue) },
		"/files/docs/a%20b.txt": func() error { return c.GetFile(ctx, "docs/a b.txt") },
		"/search?q=go%26":       func() error { return c.Search(ctx, paths.SearchParams{Q: "go&"}) },
		"/search?q=go&lang=en&lang=de": func() error {
			return c.Search(ctx, paths.SearchParams{Q: "go", Lang: []string{"en", "de"}})
		},
		"/cars;color=red;tags=a;tags=b": func() error { return c.ListCars(ctx, "red", []string{"a", "b"}) },
		"/report.pdf":                   func() error { return c.GetReport(ctx, "pdf") },
		"/users/ann":                    func() error { return c.GetUser(ctx, "ann") },
	} {
		if err := call(); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
