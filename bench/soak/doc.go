// Command soak makes calls through package resilience to a server with most of the faults there
// are, for a while, and tells what stays behind: the heap after garbage collection, goroutines,
// connections. The server is a process of its own, so that the heap is the client's alone.
//
// Usage:
//
//	go run ./soak [-for 120s] [-workers 32]
//
// It exits with 1 if the heap at the end is more than 1.1 times that at a quarter of the time, or
// if goroutines or connections outlive Close.
package main
