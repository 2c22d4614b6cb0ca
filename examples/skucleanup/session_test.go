package main

import (
	"strings"
	"testing"
)

func TestReadPolicy(t *testing.T) {
	for text, want := range map[string]string{
		"apis: {fbainventory: {defaults: {retry: {attempts: 0}}}}": "attempts", "apis: {x: {rates: 1}}": "rates",
	} {
		path := write(t, text)
		if _, err := readPolicy(path); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.HasPrefix(err.Error(), path+":1:") {
			t.Errorf("%s: %v", text, err)
		}
	}
	_, err := readPolicy("/no/file")
	if err == nil || err.Error() != "policy file /no/file: no such file or directory" {
		t.Error(err)
	}
}

func TestIsLoopback(t *testing.T) {
	for base, want := range map[string]bool{
		"http://127.0.0.1:80": true, "http://[::1]:80": true, "http://localhost/x": true, "https://example.com": false,
		"http://10.0.0.1": false, "http://127.0.0.1.example.com": false, ":": false, "": false,
	} {
		if got := isLoopback(base); got != want {
			t.Errorf("%q: %t", base, got)
		}
	}
}
