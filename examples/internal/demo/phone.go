package demo

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/resgen/resgen/clients/edr/edrtest"
)

// Phone returns the handler of a fake EDR that prints each code that it sends during sign-in, in a
// line with the prefix.
func Phone(server *edrtest.Server, screen io.Writer, prefix string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before := server.Code()
		server.ServeHTTP(w, r)
		if code := server.Code(); code != before && strings.HasSuffix(r.URL.Path, "/mfa/sendCode") {
			fmt.Fprintf(screen, "%scode sent by SMS: %s\n", prefix, code)
		}
	})
}
