package clienttest

import (
	"context"
	"sync"
	"time"
)

// Callers starts n goroutines that call until done is closed. After each call, caller i sleeps for
// pause(i). The returned function waits for all of them and returns the number of calls and the
// first error.
func Callers(
	ctx context.Context,
	n int,
	pause func(i int) time.Duration,
	call func(context.Context) error,
	done <-chan struct{},
) func() (calls int, err error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var calls int
	var first error
	for i := range n {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				err := call(ctx)
				mu.Lock()
				calls++
				if first == nil {
					first = err
				}
				mu.Unlock()
				time.Sleep(pause(i))
			}
		})
	}
	return func() (int, error) { wg.Wait(); return calls, first }
}

// Every returns a pause of d for each caller.
func Every(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }
