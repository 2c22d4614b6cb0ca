package resilience_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

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
