package variant

import "sync"

// A bucket holds tokens that pay for repeats, as the AWS SDKs have it. It starts full. A nil bucket
// costs nothing.
type bucket struct {
	mu     sync.Mutex
	size   float64
	tokens float64
}

func newBucket(size float64) *bucket { return &bucket{size: size, tokens: size} }

// take pays, or takes nothing and returns false if there is too little.
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
