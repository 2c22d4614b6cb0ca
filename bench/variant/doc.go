// Package variant has the ways to call a service that the benchmarks compare: no retry, plain
// retry, retry around a circuit breaker, the stock failsafe-go stack, circuit breaker with a token
// bucket for retries, and package resilience.
//
// In: the URL of a server and [Settings], the same for all. Out: a [Client] that makes calls. Each
// call is a GET whose answer is JSON; a transport error, a status of 500 or more and an answer that
// is not JSON are failures.
package variant
