// Package advice reads what servers say in response headers about their load: how long to stay away
// ([RetryAfter]) and how often they may be called ([ReadQuota]).
//
// Its functions keep no state and accept any input; values that make no sense are ignored.
package advice
