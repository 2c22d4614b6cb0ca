// Package advice reads what servers say in response headers: how long to wait ([RetryAfter]), how
// often they may be called ([ReadQuota]) and which id a request has ([RequestID]).
//
// Its functions keep no state and accept any input; values that make no sense are ignored.
package advice
