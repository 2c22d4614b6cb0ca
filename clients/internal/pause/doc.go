// Package pause sleeps under a context. It is the one place for it in the clients and their fakes.
package pause
