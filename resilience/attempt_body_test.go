package resilience_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// seeker hides all methods but those of io.ReadSeeker.
type seeker struct{ io.ReadSeeker }

// sendBody returns an operation with a body of bytes.
func sendBody() *resilience.Operation {
	op := operation("PUT", policy.Idempotent)
	op.Body = &wire.Body{Media: "application/octet-stream", Format: wire.Binary}
	return op
}

// A server that refuses an upload early leaves net/http reading the body while the next attempt
// starts.
func TestRequestBody_AttemptsOverlap(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 1<<16)
	var whole atomic.Int64
	url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n%2 == 1 {
			_, _ = io.CopyN(io.Discard, r.Body, 4096)
			reply(w, 503, "")
			return
		}
		if got, err := io.ReadAll(r.Body); err == nil && string(got) == text {
			whole.Add(1)
		}
		reply(w, 200, good)
	})
	p := quick()
	p.Breaker.Enabled = policy.Off
	op := sendBody()
	c := client(t, url, p, op)
	source := strings.NewReader(text)
	for range 4 { // calls that use one source in turn
		_, _ = source.Seek(0, io.SeekStart)
		if _, err := resilience.Call[*item](t.Context(), c, op, wire.Args().With(seeker{source})); err != nil {
			t.Error(err)
		}
	}
	if count.Load() != 8 || whole.Load() != 4 {
		t.Errorf("%d requests, %d arrived whole; want 8 and 4", count.Load(), whole.Load())
	}
}

// brokenAt fails when it is read the second time.
type brokenAt struct {
	io.ReadSeeker
	reads int
}

func (b *brokenAt) Read(p []byte) (int, error) {
	if b.reads++; b.reads > 1 {
		return 0, errDisk
	}
	return b.ReadSeeker.Read(p[:1])
}

// A source that fails says nothing about the server, also if it could be read again.
func TestRequestBody_SeekerFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := sendBody()
		_, err := resilience.Call[*item](t.Context(), b.client(t, policy.Default(), op), op,
			wire.Args().With(&brokenAt{ReadSeeker: strings.NewReader("text")}))
		e := failed(t, err)
		if !errors.Is(err, errDisk) || b.circuit().Failures != 0 || len(e.Attempts) != 1 ||
			e.Kind != resilience.KindTransport {
			t.Errorf("%d failures; got %+v", b.circuit().Failures, e)
		}
	})
}

// The body of a stream's request is in use until the stream is closed.
func TestRequestBody_InUseByAStream(t *testing.T) {
	url, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		_ = control.EnableFullDuplex()
		w.Header().Set("Content-Type", "application/octet-stream")
		_ = control.Flush()
		_, _ = io.Copy(w, r.Body)
	})
	op := sendBody()
	op.Success = download().Success
	c := client(t, url, quick(), op)
	reader, writer := io.Pipe()
	s, err := resilience.Call[*resilience.Stream](t.Context(), c, op, wire.Args().With(reader))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = io.WriteString(writer, "late")
		_ = writer.Close()
	}()
	if got, err := io.ReadAll(s); string(got) != "late" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	_ = s.Close()
}

// coded returns a text in a content coding.
func coded(t *testing.T, coding, text string) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		w, _ = flate.NewWriter(&b, flate.BestSpeed)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// accepting is a middleware that asks for a coding.
func accepting(coding string) resilience.Option {
	return resilience.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			r.Header.Set("Accept-Encoding", coding)
			return next.RoundTrip(r)
		})
	})
}

func TestResponseBody_Codings(t *testing.T) {
	gz, zl := coded(t, "gzip", good), coded(t, "zlib", good)
	for _, c := range []struct{ coding, sent, note string }{
		{"gzip", gz, ""},
		{"X-GZip", gz, ""},
		{"deflate", zl, ""},
		{"deflate", coded(t, "flate", good), ""},
		{"deflate, gzip", coded(t, "gzip", zl), ""},
		{"identity", good, ""},
		{"br", "\x0b\x02\x80{}\x03", `content coding "br": not supported; gzip and deflate are`},
		{"gzip, zstd", gz, `content coding "zstd": not supported; gzip and deflate are`},
	} {
		for _, http2 := range []bool{false, true} {
			for _, asked := range []string{"", "option", "middleware"} {
				synctest.Test(t, func(t *testing.T) {
					ok := faults.OK("").WithBody(c.sent).With("Content-Encoding", c.coding)
					wrong := faults.JSON(422, "").WithBody(c.sent).With("Content-Encoding", c.coding)
					b := configured(t, faults.Config{TLS: http2, HTTP2: http2, Script: []faults.Step{ok, wrong}})
					op := operation("GET", policy.Safe)
					op.Failure[0].Decode = wire.JSONAs[*item]
					var opts []resilience.Option
					var call []resilience.CallOption
					switch asked {
					case "option":
						call = append(call, resilience.WithHeader("Accept-Encoding", c.coding))
					case "middleware":
						opts = append(opts, accepting(c.coding))
					}
					var info resilience.Info
					client := b.client(t, policy.Default(), op, opts...)
					got, err := get(t, client, op, append(call, resilience.WithInfo(&info))...)
					if c.note != "" {
						e := failed(t, err)
						expect{kind: resilience.KindContract, status: 200, requests: 1}.check(t, b, e)
						if !strings.Contains(err.Error(), c.note) || b.circuit().Failures != 0 {
							t.Errorf("%s, HTTP/2 %v, asked by %s: %v", c.coding, http2, asked, err)
						}
					} else if err != nil || got.Name != "a" || c.coding != "identity" &&
						info.Header.Get("Content-Encoding")+info.Header.Get("Content-Length") != "" {
						t.Errorf("%s, HTTP/2 %v, asked by %q: %v, %v; %v", c.coding, http2, asked, got, err,
							info.Header)
					}

					_, err = get(t, client, op, call...)
					e := failed(t, err)
					detail, ok2 := resilience.Detail[item](err)
					if e.Status != 422 || ok2 != (c.note == "") || ok2 && detail.Name != "a" ||
						c.note != "" && (!strings.Contains(err.Error(), c.note) || e.Body != nil) {
						t.Errorf("%s, HTTP/2 %v, asked by %q: %v, detail %v", c.coding, http2, asked, err, detail)
					}
				})
			}
		}
	}
}

func TestResponseBody_CodingsOfStreams(t *testing.T) {
	text := strings.Repeat("some text", 1000)
	for coding, sent := range map[string]string{
		"x-gzip": coded(t, "gzip", text), "deflate": coded(t, "zlib", text), "br": "\x0b\x02\x80{}\x03",
	} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, file(sent).With("Content-Encoding", coding))
			op := download()
			s, err := open(t.Context(), b.client(t, policy.Default(), op), op)
			if coding == "br" {
				if failed(t, err).Kind != resilience.KindContract || !strings.Contains(err.Error(), `coding "br"`) ||
					b.runtime.Snapshot().InFlight != 0 {
					t.Errorf("%s: %v", coding, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if got, err := io.ReadAll(s); string(got) != text || err != nil || s.ContentLength != -1 ||
				s.Header.Get("Content-Encoding") != "" {
				t.Errorf("%s: %d bytes, %v; length %d, %v", coding, len(got), err, s.ContentLength, s.Header)
			}
		})
	}
}

// A body that is not coded as its header says is a fault of the server.
func TestResponseBody_CorruptCodings(t *testing.T) {
	whole := coded(t, "gzip", good)
	for name, want := range map[string]struct {
		sent     string
		requests int
		text     string
	}{
		"not coded": {good, 2, "content coding x-gzip: gzip: invalid header"},
		"cut":       {whole[:len(whole)-6], 4, "unexpected EOF"},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK("").WithBody(want.sent).With("Content-Encoding", "x-gzip"))
			op := operation("GET", policy.Safe)
			_, err := get(t, b.client(t, policy.Default(), op), op)
			expect{kind: resilience.KindTransport, status: 200, requests: want.requests}.check(t, b, failed(t, err))
			if !strings.Contains(err.Error(), want.text) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestResponseBody_Head(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).With("Content-Encoding", "br"))
		op := operation("HEAD", policy.Safe)
		if err := resilience.Do(t.Context(), b.client(t, policy.Default(), op), op, wire.Args()); err != nil {
			t.Error(err)
		}
	})
}

func TestResponseBody_Charsets(t *testing.T) {
	for _, c := range []struct {
		media, received, sent string
		want, drift           string
		strict                bool // strict answers accept it
	}{
		{"application/json", "application/json; charset=utf-8", `"Müller"`, "Müller", "", true},
		{"application/json", "application/json; charset=iso-8859-1", "\"M\xfcller\"", "Müller", "", true},
		{"application/json", "text/json; charset=utf-16le", "\"\x00M\x00\"\x00", "M", "", true},
		{"application/json", "application/json", "\"M\xfcller\"", "M\ufffdller", "text that is not UTF-8", false},
		{"application/json", "application/json; charset=x-own", `"a"`, "a",
			`text in the charset "x-own", which is not supported`, false},
		{"text/plain", "text/plain; charset=ISO-8859-1", "M\xfcller", "Müller", "", true},
		{"text/plain", "text/plain", "M\xfcller", "M\xfcller", "text that is not UTF-8", false},
		{"text/*", "text/csv; charset=windows-1252", "\x80", "€", "", true},
		{"*/*", "application/json; charset=latin1", "\"M\xfcller\"", "Müller", "", true},
		{"*/*", "image/png", "\xfc", "\xfc", "", true},
		{"application/xml", "application/xml; charset=latin1", "\xfc", "\xfc", "", true}, // it has its own declaration
	} {
		for _, strict := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				var drifts []string
				step := faults.Status(200).With("Content-Type", c.received).WithBody(c.sent)
				b := configured(t, faults.Config{Script: []faults.Step{step}},
					resilience.WithObserver(func(e resilience.Event) {
						for _, d := range e.Drifts {
							drifts = append(drifts, d.Text())
						}
					}))
				op := operation("GET", policy.Safe)
				op.Success[0].Media, op.Success[0].Decode = c.media, wire.TextAs
				if strings.HasPrefix(c.sent, `"`) {
					op.Success[0].Decode = wire.JSONAs[string]
				}
				var opts []resilience.Option
				if strict {
					opts = append(opts, resilience.WithStrictAnswers())
				}
				client := b.client(t, policy.Default(), op, opts...)
				got, err := resilience.Call[string](t.Context(), client, op, wire.Args())
				if strict && !c.strict {
					if failed(t, err).Kind != resilience.KindContract || !strings.Contains(err.Error(), c.drift) {
						t.Errorf("%s, strict: %v", c.received, err)
					}
					return
				}
				if got != c.want || err != nil || (c.drift != "") != (len(drifts) == 1) || len(drifts) > 1 ||
					len(drifts) == 1 && !strings.Contains(drifts[0], c.drift) {
					t.Errorf("%s: %q, %v; drifts %q", c.received, got, err, drifts)
				}
			})
		}
	}
}

func TestResponseBody_UnknownCharset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := "{\"code\":\"M\xfcller\"}"
		typed := func(status int, charset string) faults.Step {
			return faults.Status(status).With("Content-Type", "application/json; charset="+charset).WithBody(sent)
		}
		b := memory(t, typed(200, "x-own"), typed(422, "x-own"), typed(422, "latin1"))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		_, err := get(t, c, op)
		expect{kind: resilience.KindContract, status: 200, requests: 1}.check(t, b, failed(t, err))
		if !strings.Contains(err.Error(), `charset "x-own": not supported`) || string(failed(t, err).Body) != sent {
			t.Errorf("got %v", err)
		}
		_, err = get(t, c, op)
		if _, ok := resilience.Detail[problem](err); ok || string(failed(t, err).Body) != sent {
			t.Errorf("a failure: %v", err)
		}
		_, err = get(t, c, op)
		if d, ok := resilience.Detail[problem](err); !ok || d.Code != "Müller" {
			t.Errorf("a failure in latin1: %+v, %v", d, err)
		}
	})
}

// A known outcome does not wait for the rest of a body.
func TestResponseBody_RestsThatDoNotEnd(t *testing.T) {
	long := strings.Repeat("x", 70<<10)
	for _, c := range []struct {
		name   string
		step   faults.Step
		change func(*policy.Policy, *resilience.Operation)
		status int
		kind   resilience.Kind // 0: success
		takes  time.Duration
		detail bool
	}{
		{"refusal, long", hanging(404, `"`+long+`"`), nil, 404, resilience.KindAPI, 50 * time.Millisecond, false},
		{"refusal, short", hanging(404, `{"code":"x"}`), nil, 404, resilience.KindAPI, 250 * time.Millisecond, true},
		{"refusal, nothing", hanging(404, ``), nil, 404, resilience.KindAPI, 250 * time.Millisecond, false},
		{"failure, slow", faults.JSON(422, `{"code":"x"}`).Trickle(1, 200*time.Millisecond), nil, 422,
			resilience.KindAPI, time.Second, false},
		{"too large", hanging(200, `"`+long[:2000]+`"`), func(p *policy.Policy, _ *resilience.Operation) {
			p.Response.MaxBytes = 1000
		}, 200, resilience.KindTooLarge, 50 * time.Millisecond, false},
		{"success without a body", hanging(200, good), func(_ *policy.Policy, op *resilience.Operation) {
			op.Success[0].Decode = nil
		}, 200, 0, 50 * time.Millisecond, false},
	} {
		for _, http2 := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				b := configured(t, faults.Config{TLS: http2, HTTP2: http2, Script: []faults.Step{c.step}})
				p := policy.Default()
				op := operation("GET", policy.Safe)
				if c.change != nil {
					c.change(&p, op)
				}
				var info resilience.Info
				begin := time.Now()
				err := resilience.Do(t.Context(), b.client(t, p, op), op, wire.Args(), resilience.WithInfo(&info))
				took := time.Since(begin)
				if info.Status != c.status || took != c.takes || b.Count() != 1 {
					t.Errorf("%s, HTTP/2 %v: status %d after %s and %d requests; %v", c.name, http2, info.Status, took,
						b.Count(), err)
				}
				if c.kind == 0 {
					if err != nil {
						t.Errorf("%s: %v", c.name, err)
					}
					return
				}
				if _, ok := resilience.Detail[problem](err); failed(t, err).Kind != c.kind || ok != c.detail {
					t.Errorf("%s, HTTP/2 %v: detail %v; %v", c.name, http2, ok, err)
				}
				if g := b.runtime.Snapshot().Gates[0]; g.Bulkhead.InUse != 0 {
					t.Errorf("%s: %d places in use", c.name, g.Bulkhead.InUse)
				}
			})
		}
	}
}

// hanging responds with a body that does not end.
func hanging(status int, body string) faults.Step {
	s := faults.JSON(status, body+strings.Repeat(" ", 100))
	s.Fault, s.At = faults.HangBody, len(body)
	return s
}

// endless is a body that heeds nothing but its Close.
type endless struct{ closed chan struct{} }

func (e endless) Read([]byte) (int, error) { <-e.closed; return 0, io.ErrClosedPipe }
func (e endless) Close() error             { close(e.closed); return nil }

// Bodies that middleware or a transport of the caller made end with the context, too.
func TestResponseBody_ForeignBodies(t *testing.T) {
	answer := func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}},
			Body: endless{make(chan struct{})}, ContentLength: -1}, nil
	}
	option := map[string]resilience.Option{
		"middleware": resilience.WithMiddleware(func(http.RoundTripper) http.RoundTripper {
			return resilience.RoundTripperFunc(answer)
		}),
		"transport": resilience.WithTransport(resilience.RoundTripperFunc(answer)),
	}
	for name, o := range option {
		for _, stream := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t)
				p := policy.Default()
				p.Retry.Attempts, p.Timeout.Attempt, p.Timeout.Idle = 2, 3*time.Second, 5*time.Second
				op := operation("GET", policy.Safe)
				if stream {
					op = download()
					op.Success[0].Media = "application/json"
				}
				c := b.client(t, p, op, o)
				begin := time.Now()
				if stream {
					s, err := open(t.Context(), c, op)
					if err != nil {
						t.Fatal(err)
					}
					_, err = io.ReadAll(s)
					if e := failed(t, err); e.Kind != resilience.KindTimeout || time.Since(begin) != 5*time.Second {
						t.Errorf("%s, stream: %v after %s", name, err, time.Since(begin))
					}
					_ = s.Close()
				} else {
					_, err := get(t, c, op)
					if e := failed(t, err); e.Kind != resilience.KindTimeout || len(e.Attempts) != 2 ||
						e.Attempts[1].Latency < 3*time.Second || e.Attempts[1].Latency > 4*time.Second {
						t.Errorf("%s: %v after %s", name, err, time.Since(begin))
					}
				}
				time.Sleep(time.Second) // the bodies are closed
				if n := b.runtime.Snapshot().InFlight; n != 0 {
					t.Errorf("%s, stream %v: %d in flight", name, stream, n)
				}
			})
		}
	}
}
