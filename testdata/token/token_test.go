package token_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	token "github.com/resgen/resgen/testdata/token/want"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Every operation sends the token in Amazon's header, and without a credential New fails.
func TestToken(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.Path+" "+r.Header.Get("X-Amz-Access-Token"))
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`["a"]`))
	}))
	defer server.Close()
	if _, err := token.New(resilience.WithBaseURL(server.URL)); err == nil {
		t.Error("a client without a credential was made")
	}
	c, err := token.New(resilience.WithBaseURL(server.URL), resilience.WithCredential(auth.Key("Atza|t")))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if books, err := c.ListBooks(context.Background()); err != nil || !slices.Equal(books, []string{"a"}) {
		t.Errorf("got %q, %v", books, err)
	}
	if err := c.DeleteBook(context.Background(), "a"); err != nil {
		t.Error(err)
	}
	if want := []string{"GET /books/v1/books Atza|t", "DELETE /books/v1/books/a Atza|t"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
