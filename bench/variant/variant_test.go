package variant

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// quick returns the settings of the storms with delays of a millisecond and a breaker that does not
// open.
func quick() Settings {
	s := Storm()
	s.Backoff, s.AttemptTimeout, s.MinCalls = time.Millisecond, time.Minute, 1000
	return s
}

// service responds with 503 to the first requests and then with success. It returns its URL and the
// request count.
func service(t *testing.T, bad int64) (string, *atomic.Int64) {
	t.Helper()
	count := new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if count.Add(1) <= bad {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"name":"umbrella","price":19.5,"tags":["rain"]}`))
	}))
	t.Cleanup(s.Close)
	return s.URL, count
}

// start returns a client of a variant.
func start(t *testing.T, name, url string, s Settings) *Client {
	t.Helper()
	for _, v := range All() {
		if v.Name == name {
			c, err := v.New(url, s)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.Close)
			return c
		}
	}
	t.Fatalf("no variant %q", name)
	return nil
}

func TestVariants_Attempts(t *testing.T) {
	for _, v := range All() {
		repeats := v.Name != "no retry"
		for _, c := range []struct {
			name string
			bad  int64
			sent int64
			ok   bool
		}{
			{"well", 0, 1, true},
			{"three failures", 3, 4, true},
			{"four failures", 4, 4, false},
		} {
			if !repeats && c.bad > 0 {
				c.sent, c.ok = 1, false
			}
			t.Run(v.Name+"/"+c.name, func(t *testing.T) {
				url, count := service(t, c.bad)
				err := start(t, v.Name, url, quick()).Call(context.Background())
				if (err == nil) != c.ok || count.Load() != c.sent {
					t.Errorf("got %v after %d requests, want success %v after %d", err, count.Load(), c.ok, c.sent)
				}
			})
		}
	}
}

// With a breaker that opens after 2 failures, at most 2 requests of 20 calls reach the server.
func TestVariants_OpenCircuit(t *testing.T) {
	for _, name := range []string{"retry 3 outside breaker", "failsafe-go stack", Bucket, Ours} {
		t.Run(name, func(t *testing.T) {
			s := quick()
			s.MinCalls, s.CoolDown, s.Window = 2, time.Hour, time.Hour
			url, count := service(t, 1000)
			c := start(t, name, url, s)
			for range 20 {
				if c.Call(context.Background()) == nil {
					t.Fatal("a call succeeded")
				}
			}
			if count.Load() != 2 {
				t.Errorf("%d requests reached the server, want 2", count.Load())
			}
		})
	}
}

// A bucket of 12 tokens pays for two retries at 5.
func TestVariants_Bucket(t *testing.T) {
	for _, name := range []string{Bucket, Ours} {
		t.Run(name, func(t *testing.T) {
			s := quick()
			s.Tokens = 12
			url, count := service(t, 1000)
			c := start(t, name, url, s)
			for range 2 {
				if c.Call(context.Background()) == nil {
					t.Fatal("a call succeeded")
				}
			}
			if count.Load() != 4 {
				t.Errorf("%d requests reached the server, want 3 of the first call and 1 of the second", count.Load())
			}
		})
	}
}

// A successful retry is refunded: with 5 tokens, any number of calls can retry once.
func TestVariants_BucketRefund(t *testing.T) {
	for _, name := range []string{Bucket, Ours} {
		t.Run(name, func(t *testing.T) {
			count := new(atomic.Int64)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if count.Add(1)%2 == 1 {
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{}`))
			}))
			defer s.Close()
			set := quick()
			set.Tokens = 5
			c := start(t, name, s.URL, set)
			for i := range 10 {
				if err := c.Call(context.Background()); err != nil {
					t.Fatalf("call %d: %v", i+1, err)
				}
			}
		})
	}
}

func TestVariants_AttemptTimeout(t *testing.T) {
	for _, v := range All() {
		t.Run(v.Name, func(t *testing.T) {
			release := make(chan struct{})
			s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				select {
				case <-release:
				case <-r.Context().Done():
				}
			}))
			defer s.Close()
			defer close(release)
			set := quick()
			set.AttemptTimeout = 5 * time.Millisecond
			if start(t, v.Name, s.URL, set).Call(context.Background()) == nil {
				t.Error("a call without an answer succeeded")
			}
		})
	}
}

func TestVariants_GarbageIsAFailure(t *testing.T) {
	for _, v := range All() {
		t.Run(v.Name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"name":`))
			}))
			defer s.Close()
			if start(t, v.Name, s.URL, quick()).Call(context.Background()) == nil {
				t.Error("half an answer is a success")
			}
		})
	}
}

// Of 100 concurrent calls all reach the server, or 64 with the bulkhead. The server delays its
// responses until then.
func TestVariants_Bulkhead(t *testing.T) {
	for name, most := range map[string]int64{Ours: 100, Whole: 64, Plain: 100} {
		t.Run(name, func(t *testing.T) {
			var arrived, present, peak atomic.Int64
			release := make(chan struct{})
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				now := present.Add(1)
				for old := peak.Load(); now > old && !peak.CompareAndSwap(old, now); old = peak.Load() {
				}
				if arrived.Add(1) == most {
					close(release)
				}
				<-release
				present.Add(-1)
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{}`))
			}))
			defer s.Close()
			c := start(t, name, s.URL, quick())
			var all sync.WaitGroup
			for range 100 {
				all.Go(func() { _ = c.Call(context.Background()) })
			}
			all.Wait()
			if peak.Load() != most {
				t.Errorf("%d requests were there at a time, want %d", peak.Load(), most)
			}
		})
	}
}

func TestSettings_Scaled(t *testing.T) {
	s := Storm().Scaled(2)
	if s.Backoff != 200*time.Millisecond || s.AttemptTimeout != 800*time.Millisecond || s.Window != 4*time.Second ||
		s.CoolDown != 2*time.Second {
		t.Errorf("got %+v", s)
	}
	if s.Attempts != 4 || s.Tokens != 500 || s.MinCalls != 20 {
		t.Errorf("numbers that are no durations changed: %+v", s)
	}
}
