// Package rule matches the rules of a policy against failures.
//
// A [Failure] is a response or an item of one, with its status, its kind and its body, which is
// decoded when a rule first needs it. [Error] finds the code and the message of an error that an
// API has written in its own way. All functions are pure.
package rule
