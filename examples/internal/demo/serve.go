package demo

import (
	"net"
	"net/http"
	"time"
)

// Serve serves a stand-in on an address of this machine, 127.0.0.1:0 for any free port. It returns the URL, and what ends it.
func Serve(address string, h http.Handler) (url string, end func() error, err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), server.Close, nil
}
