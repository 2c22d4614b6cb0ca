// Package gate holds what calls to one host of an API share: circuits, bulkheads and retry budgets
// of all accounts, rate limits of one. A [Site] holds what an operator has decided about all calls
// of the API. An [Admission] admits an attempt: it takes all that a policy requires and gives it
// back.
package gate
