// Package standin holds what the fake servers of the three APIs share: a journal of requests,
// random delays and broken connections.
package standin
