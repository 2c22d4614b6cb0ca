package clienttest

import (
	"net/http"

	"github.com/resgen/resgen/resilience/faults"
)

// Serve serves a handler in memory. It returns a transport that connects to it for any address, and
// the server, which must be closed. It works within a synctest bubble.
func Serve(h http.Handler) (*http.Transport, *http.Server) {
	pipe, server := faults.NewPipe(), &http.Server{Handler: h}
	go func() { _ = server.Serve(pipe) }()
	return &http.Transport{DialContext: pipe.DialContext}, server
}
