package main

import (
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// An amazon responds to the nth deletion with the status that respond returns, in virtual time.
type amazon struct {
	*testing.T
	client *listingsitems.Client

	mu      sync.Mutex // guards what follows
	respond func(n int) int
	times   []time.Duration // of the deletions that arrived, from the first one
	begin   time.Time
}

// inBubble runs f with a client that has the checked-in policy, without jitter, in virtual time.
func inBubble(t *testing.T, f func(a *amazon)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := &amazon{T: t, respond: func(int) int { return 200 }}
		pipe := faults.NewPipe()
		server := &http.Server{Handler: a}
		go func() { _ = server.Serve(pipe) }()
		transport := &http.Transport{DialContext: pipe.DialContext, MaxIdleConnsPerHost: 10}
		account, err := spapi.New(spapi.Config{
			LWA: spapi.LWA{ClientID: "id", ClientSecret: auth.NewSecret("s"), RefreshToken: auth.NewSecret("r"),
				Endpoint: "http://lwa.test/auth/o2/token"},
			BaseURL: "http://api.test", Transport: transport, Application: "story", Version: "1",
		})
		if err != nil {
			t.Fatal(err)
		}
		plain := policy.Policy{Retry: policy.Retry{Jitter: policy.NoJitter}, Breaker: policy.Breaker{Jitter: -1}}
		quiet := slog.New(slog.DiscardHandler)
		a.client, err = listingsitems.New(append(account.Options(), resilience.WithLogger(quiet),
			resilience.WithConfig(&policy.Config{APIs: []policy.APIConfig{
				{Name: "*", Defaults: policy.Of(plain, policy.Source{})},
			}}))...)
		if err != nil {
			t.Fatal(err)
		}
		f(a)
		transport.CloseIdleConnections()
		_ = server.Close()
		_ = a.client.Close()
		_ = account.Close()
	})
}

// ServeHTTP implements [http.Handler].
func (a *amazon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.Method != http.MethodDelete {
		_, _ = w.Write([]byte(`{"access_token":"t","token_type":"bearer","expires_in":36000}`))
		return
	}
	a.mu.Lock()
	if len(a.times) == 0 {
		a.begin = time.Now()
	}
	a.times = append(a.times, time.Since(a.begin))
	status := a.respond(len(a.times))
	a.mu.Unlock()
	w.WriteHeader(status)
	if status == 200 {
		_, _ = w.Write([]byte(`{"sku":"a","status":"ACCEPTED","submissionId":"1","issues":[]}`))
		return
	}
	_, _ = w.Write([]byte(`{"errors":[{"code":"Broken","message":"it does not work"}]}`))
}

// remove deletes a listing.
func (a *amazon) remove(opts ...resilience.CallOption) error {
	_, err := a.client.DeleteListingsItem(a.Context(), "S", "a",
		listingsitems.DeleteListingsItemParams{MarketplaceIDs: []string{"M"}}, opts...)
	return err
}

// waits returns the times between the deletions that arrived.
func (a *amazon) waits() (list []time.Duration) {
	for i := 1; i < len(a.times); i++ {
		list = append(list, a.times[i]-a.times[i-1])
	}
	return list
}

// Acceptance: the delay between attempts grows exponentially from 1 s to 60 s.
func TestStory_ExponentialBackoff(t *testing.T) {
	inBubble(t, func(a *amazon) {
		a.respond = func(n int) int {
			if n < 10 {
				return http.StatusTooManyRequests
			}
			return 200
		}
		if err := a.remove(resilience.WithAttempts(10), resilience.WithTimeout(time.Hour)); err != nil {
			t.Fatal(err)
		}
		for i, got := range a.waits() {
			want := min(time.Second<<i, time.Minute)
			if got != want {
				t.Errorf("wait %d: %s, want %s", i+1, got, want)
			}
		}
		if len(a.times) != 10 {
			t.Errorf("%d requests", len(a.times))
		}
	})
}

// Acceptance: 429 and 5xx are handled differently: throttling waits longer and does not open the
// circuit; server errors do.
func TestStory_ThrottlingAndServerErrors(t *testing.T) {
	for status, want := range map[int]struct {
		wait time.Duration
		open bool
	}{429: {time.Second, false}, 500: {500 * time.Millisecond, true}, 503: {500 * time.Millisecond, true}} {
		inBubble(t, func(a *amazon) {
			a.respond = func(int) int { return status }
			err := a.remove(resilience.WithAttempts(2))
			if errors.Is(err, resilience.ErrThrottled) != (status == 429) || err == nil {
				t.Errorf("%d: %v", status, err)
			}
			if got := a.waits(); len(got) != 1 || got[0] != want.wait {
				t.Errorf("%d: waits %v, want %s", status, got, want.wait)
			}
			for range 30 {
				err = a.remove(resilience.WithAttempts(1))
			}
			if open := errors.Is(err, resilience.ErrCircuitOpen); open != want.open {
				t.Errorf("%d: after 32 failures: %v", status, err)
			}
		})
	}
}

// Acceptance: the circuit opens once half of the requests fail, calls then fail at once and send
// nothing, and it recovers by itself.
func TestStory_SKUCircuit(t *testing.T) {
	inBubble(t, func(a *amazon) {
		a.respond = func(n int) int { return 200 + 300*(n%2) } // every second one fails
		for a.remove(resilience.WithAttempts(1)) == nil || len(a.times) < 20 {
		}
		sent, begin := len(a.times), time.Now()
		err := a.remove()
		var failure *resilience.Error
		if !errors.As(err, &failure) || failure.Kind != resilience.KindCircuitOpen || failure.MayHaveApplied ||
			len(a.times) != sent || time.Since(begin) != 0 {
			t.Errorf("after %d requests: %v, %d more, after %s", sent, err, len(a.times)-sent, time.Since(begin))
		}
		if sent != 20 && sent != 21 {
			t.Errorf("the circuit opened after %d requests", sent)
		}
		if failure != nil && failure.RetryAfter != 30*time.Second {
			t.Errorf("try again in %s, want 30s", failure.RetryAfter)
		}
		a.respond = func(int) int { return 200 }
		time.Sleep(30 * time.Second)
		for range 3 {
			if err := a.remove(); err != nil {
				t.Errorf("after the cool-down: %v", err)
			}
		}
	})
}

// Acceptance: the resilience of the calls does not slow the work down: it takes as long as the
// quota of the API demands, 5 deletions per second, and not 2 % longer.
func TestStory_NoSlowDown(t *testing.T) {
	inBubble(t, func(a *amazon) {
		const count = 500
		var calls sync.WaitGroup
		work := make(chan int)
		for range 8 {
			calls.Go(func() {
				for range work {
					if err := a.remove(); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for n := range count {
			work <- n
		}
		close(work)
		calls.Wait()
		least := (count - 5) * time.Second / 5
		if took := a.times[count-1]; took > least*102/100 || len(a.times) != count {
			t.Errorf("%d requests in %s, want %s", len(a.times), took, least)
		}
	})
}
