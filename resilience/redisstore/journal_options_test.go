package redisstore

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
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
