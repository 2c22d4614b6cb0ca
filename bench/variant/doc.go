// Package variant implements the clients that the benchmarks compare: no retry, plain retry, retry
// with a circuit breaker, the usual failsafe-go policies, a circuit breaker with a token bucket for
// retries, and package resilience.
//
// All variants have the same [Settings] and return a [Client] for a URL. Each call is a GET with a
// JSON response; transport errors, statuses of 500 or more and responses that are not JSON are
// failures.
package variant
