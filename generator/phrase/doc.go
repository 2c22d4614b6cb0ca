// Package phrase says in words what a policy means, for doc comments, RESILIENCE.md and resgen
// explain. It also counts and lists words for other texts.
package phrase
