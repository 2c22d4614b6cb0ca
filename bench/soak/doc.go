// Command soak makes calls through package resilience to a server with many kinds of faults for
// some time, and reports what remains: the heap after garbage collection, goroutines and
// connections. The server is a separate process, so that the heap belongs to the client alone.
//
// Usage:
//
//	go run ./soak [-for 120s] [-workers 32]
//
// The exit code is 1 if the final heap is more than 1.1 times that after a quarter of the time, or
// if goroutines or connections outlive Close.
package main
