package main

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// memory is a round tripper without a network. Like a real one, it reads the body of the request.
type memory struct{}

func (memory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, err := io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	payload := payloads[operationOf(r)]
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{
			"Content-Type":   {"application/json"},
			"Content-Length": {strconv.Itoa(len(payload))},
			"Date":           {"Tue, 03 Nov 2026 08:49:37 GMT"},
			"X-Request-Id":   {"6a7f7b52-3c81"},
		},
		ContentLength: int64(len(payload)), Body: io.NopCloser(bytes.NewReader(payload)),
	}, nil
}
