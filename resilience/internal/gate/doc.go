// Package gate holds what the calls of one account to one host of an API share: circuits, rate
// limits, a bulkhead and a retry budget. It admits attempts: an [Admission] takes all that a policy
// requires and gives it back.
package gate
