package faults

import (
	"context"
	"errors"
	"io"
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

func TestServer_ScriptOnEveryTransport(t *testing.T) {
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
		{step: Fail(CutStatus), text: "malformed HTTP"},
		{step: Fail(CutHeader), text: "malformed MIME header"},
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

func TestServer_HangsUntilTheClientCancels(t *testing.T) {
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

func TestServer_AwaitConnectionsCanceled(t *testing.T) {
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
