// Package gate holds what calls to one host of an API share: circuits, bulkheads and retry budgets
// of all accounts, rate limits of one. It admits attempts: an [Admission] takes all that a policy
// requires and gives it back.
package gate
