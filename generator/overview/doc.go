// Package overview prints an api.API as RESILIENCE.md, the page that shows reviewers what the
// policies of a client amount to.
package overview
