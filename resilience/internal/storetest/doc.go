// Package storetest has the tests that every store of a fleet must pass, in this process or on a
// server. Each takes a function that returns an empty store.
package storetest
