package faults

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestServer_HTTP2Faults(t *testing.T) {
	tests := []struct {
		script   []Step
		requests int    // that reach the server
		status   int    // 0: an error
		text     string // of the error of the request or of the body
	}{
		{script: []Step{Fail(Refuse), OK("{}")}, requests: 2, status: 200},
		{script: []Step{Fail(GoAway), OK("{}")}, requests: 2, status: 200},
		{script: []Step{Fail(ResetStream)}, requests: 1, text: "INTERNAL_ERROR"},
		{script: []Step{Fail(ResetBody)}, requests: 1, status: 200, text: "reset by peer"},
		{script: []Step{Fail(CutLength)}, requests: 1, status: 200, text: "unexpected EOF"},
		{script: []Step{Fail(Reset)}, requests: 1, text: "reset by peer"},
		{script: []Step{Fail(Close)}, requests: 1, text: "EOF"},
		{script: []Step{Fail(HugeHeaders)}, requests: 1, text: "COMPRESSION_ERROR"},
		{script: []Step{Fail(Flood)}, requests: 1, text: "header list too large"},
		{script: []Step{Fail(Garbage)}, requests: 1, text: "frame too large"},
		{script: []Step{Fail(BadGzip)}, requests: 1, status: 200, text: "checksum"},
		{script: []Step{OK(strings.Repeat("x", 5<<20))}, requests: 1, status: 200},
		{script: []Step{OK("{}").Trickle(1, time.Millisecond)}, requests: 1, status: 200},
	}
	for _, tt := range tests {
		t.Run(string(tt.script[0].Fault), func(t *testing.T) {
			s, c := start(t, Config{HTTP2: true, Pipe: true}, tt.script...)
			got := fetch(t, c, "POST", s.URL, "x")
			err := errors.Join(got.err, got.bodyErr)
			if got.status != tt.status || (err == nil) != (tt.text == "") ||
				err != nil && !strings.Contains(err.Error(), tt.text) {
				t.Errorf("status %d, error %v, want %d, %q", got.status, err, tt.status, tt.text)
			}
			if tt.text == "" && got.body != string(tt.script[len(tt.script)-1].Body) {
				t.Errorf("%d bytes of body", len(got.body))
			}
			if s.Count() != tt.requests {
				t.Errorf("%d requests, want %d", s.Count(), tt.requests)
			}
			if r := s.Records()[0]; r.Proto != "HTTP/2.0" || r.Fault != tt.script[0].Fault {
				t.Errorf("record = %+v", r)
			}
		})
	}
}

func TestServer_BlackHoleAnswersNothingOnItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, Config{Pipe: true, HTTP2: true}, OK("1"), Fail(BlackHole), OK("3"))
		transport := c.Transport.(*http.Transport)
		transport.HTTP2 = &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 5 * time.Second}
		if got := fetch(t, c, "GET", s.URL, ""); got.body != "1" {
			t.Fatalf("%+v", got)
		}
		synctest.Wait() // until the transport knows that the connection is free
		if got := fetch(t, c, "POST", s.URL, "x"); got.err == nil {
			t.Fatalf("%+v, want the ping to fail", got)
		}
		synctest.Wait() // until the transport has removed the connection
		if got := fetch(t, c, "GET", s.URL, ""); got.body != "3" {
			t.Fatalf("%+v, want an answer on another connection", got)
		}
		if made, _ := s.Connections(); made != 2 {
			t.Errorf("%d connections, want 2", made)
		}
	})
}

func TestServer_LargeRequestOverHTTP2(t *testing.T) {
	s, c := start(t, Config{HTTP2: true, Pipe: true}, OK("{}"))
	body := strings.Repeat("0123456789", 100_000)
	if got := fetch(t, c, "POST", s.URL, body); got.body != "{}" {
		t.Errorf("%+v", got)
	}
	if got := string(s.Records()[0].Body); got != body {
		t.Errorf("%d bytes arrived", len(got))
	}
}
