package demo

import (
	"net/http"
	"sync/atomic"
	"testing"
)

// When stop returns, no handler runs any more, and none begins.
func TestServe_StopWaitsForHandlers(t *testing.T) {
	began, running := make(chan struct{}), atomic.Int32{}
	url, stop, err := Serve("127.0.0.1:0", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Add(-1)
		close(began)
		<-r.Context().Done()
		for range 1000 { // it takes a while to end
			running.Add(1)
			running.Add(-1)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		resp, err := http.Get(url)
		if err == nil {
			_ = resp.Body.Close()
		}
		ended <- err
	}()
	<-began
	if err := stop(); err != nil {
		t.Error(err)
	}
	if n := running.Load(); n != 0 {
		t.Errorf("%d handlers run", n)
	}
	if err := <-ended; err == nil {
		t.Error("the request succeeded")
	}
}

func TestGate_Closed(t *testing.T) {
	g := &gate{next: http.NotFoundHandler()}
	g.close()
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("got %v", p)
		}
	}()
	g.ServeHTTP(nil, nil)
}
