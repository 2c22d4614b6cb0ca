package clienttest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
)

// An Outage is what callers saw while a service was down.
type Outage struct {
	Calls, Failed int
	Wrong         error         // the first failure that is not a 503 with a time to wait
	Slowest       time.Duration // the longest call
}

// Endure calls from n goroutines, each once a second, until done is closed. Each call has a
// deadline of ten seconds. The returned function waits for all of them.
func Endure(n int, call func(context.Context) error, done <-chan struct{}) func() Outage {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var seen Outage
	one := func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		begun := time.Now()
		err := call(ctx)
		mu.Lock()
		defer mu.Unlock()
		seen.add(err, time.Since(begun))
	}
	for i := range n {
		wait.Go(func() {
			time.Sleep(time.Duration(i) * time.Second / time.Duration(n))
			for {
				select {
				case <-done:
					return
				default:
				}
				one()
				time.Sleep(time.Second)
			}
		})
	}
	return func() Outage { wait.Wait(); return seen }
}

func (o *Outage) add(err error, took time.Duration) {
	o.Calls++
	o.Slowest = max(o.Slowest, took)
	if err == nil {
		return
	}
	o.Failed++
	var e *resilience.Error
	if o.Wrong == nil && (resilience.HTTPStatus(err) != 503 || !errors.As(err, &e) || e.RetryAfter <= 0) {
		o.Wrong = err
	}
}

// Recover waits until call succeeds three times in a row, with five seconds between calls, and for
// most at the longest. It returns the last error.
func Recover(ctx context.Context, call func(context.Context) error, most time.Duration) error {
	var err error
	for good, end := 0, time.Now().Add(most); good < 3 && time.Now().Before(end); {
		time.Sleep(5 * time.Second)
		if err = call(ctx); err == nil {
			good++
		} else {
			good = 0
		}
	}
	return err
}
