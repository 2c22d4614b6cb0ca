package redisstore

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/redisstore/redistest"
)

// Options with which a process that lives could not keep its items are errors, and nothing is sent.
func TestJournalOptions_Invalid(t *testing.T) {
	refused := errors.New("refused")
	unused := redis.NewClient(&redis.Options{
		MaxRetries: -1, DialerRetries: 1,
		Dialer: func(context.Context, string, string) (net.Conn, error) { return nil, refused },
	})
	defer unused.Close()
	for name, c := range map[string]struct {
		options JournalOptions
		want    string
	}{
		"1 ns": {JournalOptions{Lease: 1}, "the option Lease is 1ns, want at least 100ms"},
		"3 ns": {JournalOptions{Lease: 3}, "the option Lease is 3ns, want at least 100ms"},
		"a bit less": {
			JournalOptions{Lease: 100*time.Millisecond - 1}, "the option Lease is 99.999999ms, want at least 100ms",
		},
		"keep": {
			JournalOptions{Keep: time.Minute - 1},
			"the option Keep is 59.999999999s, want at least the lease, which is 1m0s",
		},
	} {
		_, err := New(unused).Journal("orders", c.options).Open(t.Context(), orders)
		if err == nil || err.Error() != "redisstore: journal orders: "+c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, o := range []JournalOptions{
		{}, {Lease: -1, Keep: -1}, {Lease: 100 * time.Millisecond, Keep: 100 * time.Millisecond},
	} {
		o.Patience = 200 * time.Millisecond
		if _, err := New(unused).Journal("orders", o).Open(t.Context(), orders); !errors.Is(err, refused) {
			t.Errorf("%+v: %v, want the error of the server", o, err)
		}
	}
}

// A journal that was closed can be closed and opened again, and has no more beats.
func TestJournal_ClosedTwice(t *testing.T) {
	client := redistest.Start(t).Client()
	defer client.Close()
	j := worker(t, client, JournalOptions{})
	j.offer(t, "1")
	if _, err := j.Open(t.Context(), orders); err == nil || !strings.Contains(err.Error(), "is open already") {
		t.Errorf("opened twice: %v", err)
	}
	for range 2 {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := j.Open(t.Context(), orders); err != nil {
		t.Fatal(err)
	}
	if got := j.claim(t); got != "1" {
		t.Errorf("opened again: granted %q", got)
	}
}
