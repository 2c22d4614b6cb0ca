package consumer_test

import (
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/faults"
)

// forgeServer returns the URL of a server that knows one repository and one user.
func forgeServer(t *testing.T) string {
	t.Helper()
	server, err := faults.Config{Handle: func(r *faults.Request) faults.Step {
		switch {
		case strings.HasPrefix(r.URL.Path, "/repos/"):
			return faults.OK(`{"name":"tools","stars":7}`)
		case r.URL.Path == "/admin/users":
			return faults.OK(`[{"login":"ann"}]`)
		}
		return faults.OK(`{"login":"ann"}`)
	}}.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server.URL
}
