// Package phrase says in words what a policy means, for doc comments, RESILIENCE.md and resgen
// explain.
package phrase
