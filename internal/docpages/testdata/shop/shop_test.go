package consumer_test

import (
	"strings"
	"testing"

	"example.com/consumer/internal/shop"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
)

// newClient returns a client of a server that answers as scripted, or like a small shop.
func newClient(t *testing.T, script ...faults.Step) (*shop.Client, *faults.Server) {
	t.Helper()
	server := faults.New(script...)
	if len(script) == 0 {
		server = shopServer(t)
	}
	t.Cleanup(func() { _ = server.Close() })
	client, err := shop.New(resilience.WithBaseURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client, server
}

// shopServer returns a server that knows two pages of items, one item and one order.
func shopServer(t *testing.T) *faults.Server {
	t.Helper()
	server, err := faults.Config{Handle: func(r *faults.Request) faults.Step {
		switch {
		case strings.HasSuffix(r.URL.Path, "/items") || r.URL.Path == "/inventory":
			if r.URL.Query().Get("nextToken") == "" {
				return faults.OK(`{"items":[{"sku":"1","name":"cup"}],"nextToken":"p2"}`)
			}
			return faults.OK(`{"items":[{"sku":"2","name":"jug"}]}`)
		case r.Method == "DELETE":
			return faults.Status(204)
		case r.URL.Path == "/orders":
			return faults.JSON(201, `{"id":"o1","sku":"1","quantity":1}`)
		}
		return faults.OK(`{"sku":"1","name":"cup","stock":3}`)
	}}.Start()
	if err != nil {
		t.Fatal(err)
	}
	return server
}
