package variant

import "context"

// A Variant is one way to call a service.
type Variant struct {
	Name string
	New  func(url string, s Settings) (*Client, error)
}

// Names of the reference variants.
const (
	Plain  = "retry 3"
	Bucket = "breaker + AWS bucket"
	Ours   = "resilience"
	Whole  = "resilience + bulkhead 64"
)

// All returns the variants in the order of the tables.
func All() []Variant {
	return []Variant{
		{"no retry", newOnce},
		{Plain, newPlain},
		{"retry 3 outside breaker", newAround},
		{"failsafe-go stack", newStock},
		{Bucket, newBucketed},
		{Ours, newOurs},
		{Whole, newWhole},
	}
}

// A Client makes calls. It is safe for concurrent use.
type Client struct {
	Call  func(ctx context.Context) error // nil: the response was received and could be decoded
	Close func()                          // closes the connections
}
