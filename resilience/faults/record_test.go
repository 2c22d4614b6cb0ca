package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestServer_LogContainsNoCredentials(t *testing.T) {
	var log bytes.Buffer
	s, c := start(t, Config{Pipe: true, Log: &log}, OK("{}").WithNote("operation", "get"), Fail(Reset).AfterWork())
	fetch(t, c, "POST", s.URL+"/items/1?access_token=secret", "secret")
	r, _ := http.NewRequest("POST", s.URL, nil)
	r.Header.Set("Authorization", "secret")
	if res, err := c.Do(r); err == nil {
		res.Body.Close()
		t.Error("no error of the second request")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the log holds a secret: %s", &log)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), &log)
	}
	var first, second Record
	if err := errors.Join(
		json.Unmarshal([]byte(lines[0]), &first), json.Unmarshal([]byte(lines[1]), &second),
	); err != nil {
		t.Fatal(err)
	}
	if first.Path != "/items/1" || first.Note["operation"] != "get" || !first.Applied || first.Status != 200 ||
		first.Number != 1 {
		t.Errorf("%+v", first)
	}
	if second.Fault != Reset || !second.Applied || second.Status != 0 || second.Number != 2 {
		t.Errorf("%+v", second)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestServer_CloseReturnsLogError(t *testing.T) {
	s, err := Config{Pipe: true, Log: brokenWriter{}}.Start()
	if err != nil {
		t.Fatal(err)
	}
	transport := s.Transport()
	fetch(t, &http.Client{Transport: transport}, "GET", s.URL, "")
	transport.CloseIdleConnections()
	if err := s.Close(); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
}
