package demo

import (
	"net"
	"net/http"
	"time"
)

// Serve serves h on a local address; 127.0.0.1:0 selects a free port. It returns the base URL and a
// function that stops the server.
func Serve(address string, h http.Handler) (url string, stop func() error, err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), server.Close, nil
}
