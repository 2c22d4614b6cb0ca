// Package spapitest provides a fake of Amazon's Selling Partner API, for tests and demonstrations
// of programs that call it.
//
// A [Server] is an [net/http.Handler] with a stock of SKUs. It imitates the real API: a token
// endpoint whose tokens expire, a token bucket per operation that answers 429 without Retry-After,
// the header x-amzn-RateLimit-Limit on responses that were not throttled, deletes that return 404
// the second time, and an inventory that omits unknown SKUs. Optionally a share of requests fails
// like on real servers, half of the resets and 500s after the work was done, and the server can
// have an outage. Every request is logged.
package spapitest
