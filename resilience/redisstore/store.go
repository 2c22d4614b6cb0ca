package redisstore

import (
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/fleet"
)

var _ fleet.Store = (*Store)(nil)

// A Store keeps what the processes of a fleet share. It is safe for concurrent use. It does not
// close its client.
type Store struct {
	client redis.UniversalClient
	prefix string
	clock  func() time.Duration // of tests; nil: the clock of the server
}

// An Option configures a [Store].
type Option func(*Store)

// WithPrefix sets what all keys begin with. The default is "resgen:". Stores with different
// prefixes share nothing, so that each tenant can have one.
func WithPrefix(prefix string) Option { return func(s *Store) { s.prefix = prefix } }

// New returns a store on a client.
func New(client redis.UniversalClient, opts ...Option) *Store {
	s := &Store{client: client, prefix: "resgen:"}
	for _, o := range opts {
		o(s)
	}
	return s
}
