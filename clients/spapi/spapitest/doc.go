// Package spapitest is a stand-in for Amazon's Selling Partner API, for tests and demonstrations of
// programs that call it.
//
// A [Server] is an [net/http.Handler] that knows a stock of SKUs and behaves as the real API does
// where it matters to a client: a token endpoint whose tokens expire, a token bucket per operation
// that answers 429 without Retry-After, the header x-amzn-RateLimit-Limit on answers that passed
// the gate, deletes that meet 404 the second time, an inventory that leaves out SKUs it does not
// know. On demand a share of its requests fails in the ways of real servers, half of the resets and
// 500s after the work was done, and it can go away altogether for a while. What it did with every
// request stands in its log.
package spapitest
