// Package oasdiff compares the verdicts of resgen diff with those of the oasdiff project. It has
// tests only.
package oasdiff
