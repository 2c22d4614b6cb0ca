package faults

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// result is what a client received.
type result struct {
	status  int
	header  http.Header
	body    string
	err     error // of the request
	bodyErr error // of reading the body
}

func fetch(t *testing.T, c *http.Client, method, url, body string) result {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(r)
	if err != nil {
		return result{err: err}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return result{status: res.StatusCode, header: res.Header, body: string(data), bodyErr: err}
}

// kinds are the ways to reach a server.
var kinds = map[string]Config{
	"socket":         {},
	"pipe":           {Pipe: true},
	"tls":            {TLS: true},
	"tls pipe":       {TLS: true, Pipe: true},
	"http2":          {HTTP2: true, TLS: true},
	"http2 pipe":     {HTTP2: true, Pipe: true},
	"http2 tls pipe": {HTTP2: true, TLS: true, Pipe: true},
}

func start(t *testing.T, c Config, script ...Step) (*Server, *http.Client) {
	t.Helper()
	c.Script = script
	s, err := c.Start()
	if err != nil {
		t.Fatal(err)
	}
	transport := s.Transport()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func TestServer_AnswersByScriptOnEveryKind(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, kind, Status(503).With("Retry-After", "7"), OK(`{"a":1}`), Status(204))
			first := fetch(t, c, "GET", s.URL+"/a%2Fb?key=1", "")
			if first.status != 503 || first.header.Get("Retry-After") != "7" || first.header.Get("Date") == "" ||
				first.body != "" {
				t.Errorf("first = %+v", first)
			}
			second := fetch(t, c, "POST", s.URL+"/a", "hello")
			if second.status != 200 || second.body != `{"a":1}` ||
				second.header.Get("Content-Type") != "application/json" ||
				second.header.Get("Content-Length") != "7" {
				t.Errorf("second = %+v", second)
			}
			for range 2 {
				if r := fetch(t, c, "DELETE", s.URL+"/a", ""); r.status != 204 || r.err != nil || r.bodyErr != nil {
					t.Errorf("the last step is repeated: %+v", r)
				}
			}
			records := s.Records()
			if len(records) != 4 || s.Count() != 4 {
				t.Fatalf("%d records, Count %d, want 4", len(records), s.Count())
			}
			if made, open := s.Connections(); made != 1 || open != 1 {
				t.Errorf("connections made %d, open %d, want 1 and 1", made, open)
			}
			r := records[0]
			if r.Number != 1 || r.Conn != 1 || r.Reused || r.Method != "GET" || r.Path != "/a%2Fb" ||
				r.Query != "key=1" ||
				r.Status != 503 ||
				r.Applied ||
				r.Fault != None {
				t.Errorf("record = %+v", r)
			}
			r = records[1]
			if r.Number != 2 || !r.Reused || !r.Applied || string(r.Body) != "hello" ||
				r.BodyHash != "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" {
				t.Errorf("record = %+v", r)
			}
		})
	}
}

func TestServer_Faults(t *testing.T) {
	const whole = `{"id":"4711","name":"an answer that is long enough to be cut"}`
	half := whole[:len(whole)/2]
	tests := []struct {
		step    Step
		status  int
		body    string
		err     error  // errors.Is of the request's error
		text    string // or a part of its text
		bodyErr error
		bodyTxt string
		applied bool
	}{
		{step: Fail(Reset), err: syscall.ECONNRESET},
		{step: Fail(Reset).AfterWork(), err: syscall.ECONNRESET, applied: true},
		{step: Fail(Close), err: io.EOF},
		{step: Fail(GoAway), err: io.EOF},
		{step: Fail(Refuse), err: io.EOF},
		{step: Fail(ResetHeaders), text: "broken: "}, // a socket may report the end of the stream before the reset
		{step: Fail(ResetBody), status: 200, body: half, bodyErr: syscall.ECONNRESET, applied: true},
		{step: Fail(ResetBody).Cut(3), status: 200, body: whole[:3], bodyErr: syscall.ECONNRESET, applied: true},
		{step: Fail(CutLength), status: 200, body: half, bodyErr: io.ErrUnexpectedEOF, applied: true},
		{step: Fail(CutChunked), status: 200, body: half, bodyErr: io.ErrUnexpectedEOF, applied: true},
		{step: Fail(CutClose), status: 200, body: half, applied: true},
		{step: Fail(CutClose).Cut(1000), status: 200, body: whole, applied: true},
		{step: Fail(ExtraBody), status: 200, body: whole, applied: true},
		{step: Fail(Garbage), text: "malformed HTTP"},
		{step: Fail(TwoLengths), text: "Content-Length", applied: true},
		{step: Fail(HugeHeaders), text: "headers exceeded", applied: true},
		{step: Fail(Flood), text: "headers exceeded"},
		{step: Fail(BadGzip), status: 200, body: whole, bodyTxt: "invalid checksum", applied: true},
		{step: Fail(PlainGzip), status: 200, bodyTxt: "invalid header", applied: true},
		{step: Bomb(1 << 20), status: 200, body: `"` + strings.Repeat("0", 1<<20-2) + `"`, applied: true},
		{step: func() Step { s := OK("{}"); s.Hints = 3; return s }(), status: 200, body: "{}", applied: true},
		{step: func() Step { s := OK("{}"); s.Chunked = true; return s }(), status: 200, body: "{}", applied: true},
		{step: HTML(200), status: 200, body: string(HTML(200).Body)},
		{step: OK("{}").Without("Date").Trickle(1, time.Millisecond), status: 200, body: "{}", applied: true},
		{step: Status(408).Without("Date"), status: 408},
		{step: Redirect(307, "/elsewhere"), status: 307},
		{step: Status(418).AfterWork(), status: 418, applied: true},
		{step: OK("{}").BeforeWork(), status: 200, body: "{}"},
	}
	for _, kind := range []string{"socket", "pipe"} {
		for _, tt := range tests {
			t.Run(kind+" "+string(tt.step.Fault), func(t *testing.T) {
				s, c := start(t, kinds[kind], tt.step)
				got := fetch(t, c, "POST", s.URL, "x") // POST: net/http does not retry
				if got.status != tt.status || got.body != tt.body {
					t.Errorf("status %d, body %q, want %d, %q", got.status, got.body, tt.status, tt.body)
				}
				if !matches(got.err, tt.err, tt.text) {
					t.Errorf("error %v, want %v %s", got.err, tt.err, tt.text)
				}
				if !matches(got.bodyErr, tt.bodyErr, tt.bodyTxt) {
					t.Errorf("body error %v, want %v %s", got.bodyErr, tt.bodyErr, tt.bodyTxt)
				}
				if r := s.Records(); len(r) != 1 || r[0].Applied != tt.applied || r[0].Fault != tt.step.Fault {
					t.Errorf("records = %+v", r)
				}
			})
		}
	}
}

// matches reports whether an error is the wanted one, by identity or by a part of its text. It
// matches nil if nothing is wanted.
func matches(got, want error, text string) bool {
	switch {
	case want != nil:
		return errors.Is(got, want)
	case text != "":
		return got != nil && strings.Contains(got.Error(), text)
	}
	return got == nil
}

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

func TestServer_HangsUntilTheClientGivesUp(t *testing.T) {
	for name, kind := range map[string]Config{"1": {Pipe: true}, "2": {Pipe: true, HTTP2: true}} {
		for _, f := range []Fault{Hang, HangBody, BlackHole} {
			t.Run(name+" "+string(f), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, c := start(t, kind, Fail(f))
					c.Timeout = time.Hour
					begin := time.Now()
					got := fetch(t, c, "POST", s.URL, "x")
					if errors.Join(got.err, got.bodyErr) == nil || time.Since(begin) != time.Hour {
						t.Errorf("%v after %v, want an error after 1h", got, time.Since(begin))
					}
					if (f == HangBody) != (got.status == 200) {
						t.Errorf("status %d", got.status)
					}
				})
			})
		}
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
		if got := fetch(t, c, "POST", s.URL, "x"); got.err == nil {
			t.Fatalf("%+v, want the ping to fail", got)
		}
		if got := fetch(t, c, "GET", s.URL, ""); got.body != "3" {
			t.Fatalf("%+v, want an answer on another connection", got)
		}
		if made, _ := s.Connections(); made != 2 {
			t.Errorf("%d connections, want 2", made)
		}
	})
}

func TestServer_Delay(t *testing.T) {
	for name, kind := range map[string]Config{"1": {Pipe: true}, "2": {Pipe: true, HTTP2: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := start(t, kind, OK("abcde").In(time.Second).Trickle(2, time.Minute))
				begin := time.Now()
				if got := fetch(t, c, "GET", s.URL, ""); got.body != "abcde" ||
					time.Since(begin) != time.Second+2*time.Minute {
					t.Errorf("%+v after %v, want abcde after 2m1s", got, time.Since(begin))
				}
			})
		})
	}
}

func TestServer_CloseEndsDelaysAndHangs(t *testing.T) {
	for name, kind := range map[string]Config{"1": {Pipe: true}, "2": {Pipe: true, HTTP2: true}} {
		for step, answer := range map[string]Step{
			"delay": OK("").In(time.Hour), "hang": Fail(Hang), "hole": Fail(BlackHole),
			"trickle": OK("ab").Trickle(1, time.Hour),
		} {
			t.Run(name+" "+step, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, c := start(t, kind, answer)
					done := make(chan result)
					go func() { done <- fetch(t, c, "POST", s.URL, "x") }()
					synctest.Wait()
					begin := time.Now()
					if err := s.Close(); err != nil {
						t.Error(err)
					}
					if got := <-done; errors.Join(got.err, got.bodyErr) == nil || time.Since(begin) > time.Minute {
						t.Errorf("%+v after %v, want an error at once", got, time.Since(begin))
					}
					if _, open := s.Connections(); open != 0 {
						t.Errorf("%d connections open after Close", open)
					}
				})
			})
		}
	}
}

func TestServer_Handle(t *testing.T) {
	s, c := start(t, Config{Handle: func(r *Request) Step {
		data, _ := io.ReadAll(r.Body)
		return OK(r.Method+" "+string(data)+" "+string(r.Data)).WithNote("sku", "A1").
			WithNote("sku", "B2").
			WithNote("op", "x")
	}, HTTP2: true, TLS: true})
	if got := fetch(t, c, "PUT", s.URL, "data"); got.body != "PUT data data" {
		t.Errorf("%+v", got)
	}
	if r := s.Records()[0]; len(r.Note) != 2 || r.Note["sku"] != "B2" || r.Note["op"] != "x" {
		t.Errorf("%+v", r)
	}
}

func TestServer_LogHoldsNoCredential(t *testing.T) {
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

func TestServer_CloseTellsThatTheLogIsBroken(t *testing.T) {
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

func TestServer_KeepAliveRace(t *testing.T) {
	s, c := start(t, Config{}, OK("1"), Fail(Close), OK("3"))
	fetch(t, c, "GET", s.URL, "")
	if got := fetch(t, c, "POST", s.URL, "x"); !errors.Is(got.err, io.EOF) {
		t.Errorf("%+v, want io.EOF", got)
	}
	if got := fetch(t, c, "POST", s.URL, "x"); got.body != "3" {
		t.Errorf("%+v", got)
	}
	if made, _ := s.Connections(); made != 2 || !s.Records()[1].Reused || s.Records()[2].Reused {
		t.Errorf("%d connections, records %+v", made, s.Records())
	}
}

func TestServer_CloseIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, Config{Pipe: true}, OK("1"), OK("2").In(time.Second))
		fetch(t, c, "GET", s.URL, "")
		done := make(chan result)
		go func() { done <- fetch(t, c, "GET", s.URL, "") }()
		synctest.Wait()
		s.CloseIdle() // the only connection is busy
		if got := <-done; got.body != "2" {
			t.Errorf("%+v", got)
		}
		synctest.Wait()
		s.CloseIdle()
		synctest.Wait()
		if made, open := s.Connections(); made != 1 || open != 0 {
			t.Errorf("made %d, open %d, want 1 and 0", made, open)
		}
	})
}

func TestServer_LastClosesTheConnection(t *testing.T) {
	last := OK("{}")
	last.Last = true
	s, c := start(t, Config{}, last)
	for range 2 {
		if got := fetch(t, c, "GET", s.URL, ""); got.body != "{}" {
			t.Errorf("%+v", got)
		}
	}
	if made, _ := s.Connections(); made != 2 {
		t.Errorf("%d connections, want 2", made)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.AwaitConnections(ctx, 0); err != nil {
		t.Error(err)
	}
}

func TestServer_AwaitConnectionsGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, Config{Pipe: true}, OK("{}"))
		fetch(t, c, "GET", s.URL, "")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.AwaitConnections(ctx, 1); err != nil {
			t.Error(err)
		}
		if err := s.AwaitConnections(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want the context's error", err)
		}
	})
}

func TestServer_HeadHasLengthAndNoBody(t *testing.T) {
	for name, kind := range kinds {
		s, c := start(t, kind, OK("12345"))
		for range 2 {
			if got := fetch(t, c, "HEAD", s.URL, ""); got.header.Get("Content-Length") != "5" || got.body != "" ||
				got.err != nil ||
				got.bodyErr != nil {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if made, _ := s.Connections(); made != 1 {
			t.Errorf("%s: %d connections", name, made)
		}
	}
}

func TestServer_ExpectContinue(t *testing.T) {
	s, c := start(t, Config{}, OK("{}"))
	c.Transport.(*http.Transport).ExpectContinueTimeout = time.Hour
	r, _ := http.NewRequest("POST", s.URL, strings.NewReader("body"))
	r.Header.Set("Expect", "100-continue")
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := string(s.Records()[0].Body); got != "body" {
		t.Errorf("body %q", got)
	}
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

func TestServer_TLS(t *testing.T) {
	s, _ := start(t, Config{TLS: true}, OK("{}"))
	var unknown *tls.CertificateVerificationError
	if got := fetch(t, &http.Client{Transport: &http.Transport{}}, "GET", s.URL, ""); !errors.As(got.err, &unknown) {
		t.Errorf("%v, want an unknown authority", got.err)
	}
	plain := strings.Replace(s.URL, "https", "http", 1)
	if got := fetch(t, &http.Client{Transport: &http.Transport{}}, "GET", plain, ""); got.status != 400 ||
		!strings.Contains(got.body, "HTTPS server") {
		t.Errorf("%+v, want 400", got)
	}
	if s.Count() != 0 {
		t.Errorf("%d requests", s.Count())
	}
	p := New(OK("{}"))
	defer p.Close()
	secure := strings.Replace(p.URL, "http", "https", 1)
	if got := fetch(t, &http.Client{Transport: &http.Transport{}}, "GET", secure, ""); got.err == nil ||
		p.Count() != 0 {
		t.Errorf("%+v, %d requests", got, p.Count())
	}
	if p.CertPool() != nil || s.CertPool() == nil {
		t.Error("only a server with TLS has a pool")
	}
}

func TestServer_Dials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, Config{Pipe: true}, OK("{}"))
		c.Timeout = time.Minute
		s.FailDials(DialRefused, DialHang, DialNoHost, DialDNS)
		if got := fetch(t, c, "GET", s.URL, ""); !errors.Is(got.err, syscall.ECONNREFUSED) {
			t.Errorf("%v", got.err)
		}
		begin := time.Now()
		var timeout net.Error
		if got := fetch(t, c, "GET", s.URL, ""); !errors.As(got.err, &timeout) || !timeout.Timeout() ||
			time.Since(begin) != time.Minute {
			t.Errorf("%v after %v", got.err, time.Since(begin))
		}
		var dns *net.DNSError
		if got := fetch(t, c, "GET", s.URL, ""); !errors.As(got.err, &dns) || !dns.IsNotFound ||
			dns.Name != "faults.test" {
			t.Errorf("%v", got.err)
		}
		if got := fetch(t, c, "GET", s.URL, ""); !errors.As(got.err, &dns) || !dns.IsTemporary {
			t.Errorf("%v", got.err)
		}
		if got := fetch(t, c, "GET", s.URL, ""); got.body != "{}" || s.Count() != 1 || s.Dials() != 5 {
			t.Errorf("%+v, %d requests, %d dials", got, s.Count(), s.Dials())
		}
	})
}

func TestServer_RefusesAfterClose(t *testing.T) {
	for name, s := range map[string]*Server{"socket": New(), "pipe": InMemory()} {
		transport := s.Transport()
		if got := fetch(t, &http.Client{Transport: transport}, "GET", s.URL, ""); got.status != 200 {
			t.Errorf("%s: %+v", name, got)
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		transport.CloseIdleConnections()
		if got := fetch(t, &http.Client{Transport: transport}, "GET", s.URL, ""); !errors.Is(
			got.err,
			syscall.ECONNREFUSED,
		) {
			t.Errorf("%s: %v", name, got.err)
		}
	}
}

func TestConfig_AddressInUse(t *testing.T) {
	s := New()
	defer s.Close()
	_, err := Config{Address: strings.TrimPrefix(s.URL, "http://")}.Start()
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("%v", err)
	}
}

func TestRepeat(t *testing.T) {
	script := Repeat(3, Status(503))
	if len(script) != 3 || script[2].Status != 503 {
		t.Errorf("%+v", script)
	}
}

func TestStep_IsNotChangedByItsMethods(t *testing.T) {
	a := Status(200).With("A", "1")
	b := a.With("A", "2").Without("date").WithNote("n", "1")
	if got := a.Headers["A"]; len(got) != 1 || len(b.Headers["A"]) != 2 || a.Note != nil {
		t.Errorf("a %v, b %v", a, b)
	}
	if v, ok := b.Headers["Date"]; !ok || v != nil {
		t.Errorf("Date %v %v", v, ok)
	}
}
