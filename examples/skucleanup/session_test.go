package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/resilience/auth"
)

// The status page is served until the session is closed.
func TestSession_ServeStatus(t *testing.T) {
	s := &session{times: realTimes(), log: slog.New(slog.DiscardHandler)}
	secret := auth.NewSecret("x")
	if err := s.connect(spapi.Config{
		LWA: spapi.LWA{ClientID: "x", ClientSecret: secret, RefreshToken: secret}, BaseURL: "http://127.0.0.1:1",
	}); err != nil {
		t.Fatal(err)
	}
	said := ""
	say := func(format string, args ...any) { said += fmt.Sprintf(format, args...) }
	if err := s.serveStatus("", say); err != nil || said != "" {
		t.Errorf("without an address: %q, %v", said, err)
	}
	if err := s.serveStatus("127.0.0.1:0", say); err != nil {
		t.Fatal(err)
	}
	url, ok := strings.CutPrefix(said, "status page: ")
	if !ok {
		t.Fatalf("said %q", said)
	}
	for _, path := range []string{"/", "/health/live", "/status.json"} {
		r, err := http.Get(url + path)
		if err != nil || r.StatusCode != 200 {
			t.Fatalf("%s: %v, %v", path, r, err)
		}
		r.Body.Close()
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if r, err := http.Get(url); err == nil {
		r.Body.Close()
		t.Error("the page is still served")
	}
}

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

// The user's configuration counts, and otherwise that of a fake, unless the server is Amazon's.
func TestConfigOf(t *testing.T) {
	path := write(t, "apis: {fbainventory: {defaults: {retry: {attempts: 7}}}}")
	for name, c := range map[string]struct {
		flags flags
		apis  int
	}{
		"Amazon":              {flags{speed: 1}, 0},
		"the user's":          {flags{speed: 1, policy: path}, 1},
		"the user's, demo":    {flags{speed: 2, demo: 1, policy: path}, 1},
		"demo":                {flags{speed: 1, demo: 1}, 3},
		"a fake":              {flags{speed: 2}, 3},
		"a demo that is fast": {flags{speed: 2, demo: 1}, 3},
	} {
		config, err := configOf(&c.flags)
		if err != nil || len(config.APIs) != c.apis {
			t.Errorf("%s: %+v, %v", name, config, err)
		}
	}
}
