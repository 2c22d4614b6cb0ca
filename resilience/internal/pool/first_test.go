package pool

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// joined calls Join on a goroutine and returns a function that reports whether it has returned.
func joined(ctx context.Context, p *Pool, host string) (returned func() bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if p.Join(ctx, host) != nil {
			panic("two requests are first")
		}
	}()
	return func() bool {
		synctest.Wait()
		select {
		case <-done:
			return true
		default:
			return false
		}
	}
}

func TestPool_Join(t *testing.T) {
	for name, known := range map[string]bool{"the protocol is known": true, "there is no connection": false} {
		synctest.Test(t, func(t *testing.T) {
			p := New(policy.Transport{}, Dialing{}, nil)
			defer p.Close()
			first := p.Join(t.Context(), "a:443")
			if first == nil {
				t.Fatal("the first request opens no connection")
			}
			if other := p.Join(t.Context(), "b:443"); other == nil {
				t.Error("the first request to another host opens no connection")
			}
			returned := joined(t.Context(), p, "a:443")
			if returned() {
				t.Error("the second request does not wait for the first")
			}
			first.End(known)
			first.End(!known)
			if !returned() {
				t.Errorf("%s: the second request still waits", name)
			}
			if p.Knows("a:443") != known {
				t.Errorf("%s: Knows returns %v", name, !known)
			}
			if !known && p.Join(t.Context(), "a:443") == nil {
				t.Errorf("%s: the next request opens none either", name)
			}
		})
	}
}

func TestPool_JoinEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(policy.Transport{}, Dialing{}, nil)
		defer p.Close()
		p.Join(t.Context(), "a:443")
		ctx, cancel := context.WithCancel(t.Context())
		canceled, patient := joined(ctx, p, "a:443"), joined(t.Context(), p, "a:443")
		cancel()
		if !canceled() || patient() {
			t.Error("a request waits longer than its context, or another one not at all")
		}
		time.Sleep(firstWait - 1)
		if patient() {
			t.Error("a request waits too short a time")
		}
		time.Sleep(time.Nanosecond)
		if !patient() {
			t.Errorf("a request waits longer than %v", firstWait)
		}
	})
}

// The hosts that are remembered are bounded.
func TestPool_JoinManyHosts(t *testing.T) {
	p := New(policy.Transport{}, Dialing{}, nil)
	defer p.Close()
	for i := range mostKnown {
		p.Join(t.Context(), fmt.Sprint(i)).End(true)
	}
	if !p.Knows("0") || !p.Knows("999") {
		t.Error("a host is forgotten too early")
	}
	p.Join(t.Context(), "one more").End(true)
	if p.Knows("0") || p.Knows("999") || !p.Knows("one more") {
		t.Error("the hosts that are remembered are not bounded")
	}
	(*First)(nil).End(true)
}
