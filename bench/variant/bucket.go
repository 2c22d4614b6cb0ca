package variant

import "sync"

// A bucket holds tokens that pay for retries, as in the AWS SDKs. It is full at first. Retries with
// a nil bucket are free.
type bucket struct {
	mu     sync.Mutex
	size   float64
	tokens float64
}

func newBucket(size float64) *bucket { return &bucket{size: size, tokens: size} }

// take takes price tokens, or none and returns false if there are too few.
func (b *bucket) take(price float64) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < price {
		return false
	}
	b.tokens -= price
	return true
}

// put adds tokens up to the size.
func (b *bucket) put(tokens float64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens = min(b.size, b.tokens+tokens)
}
