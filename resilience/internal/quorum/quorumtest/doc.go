// Package quorumtest has the table of cases that every store of package quorum must pass. It runs
// the circuits of a fleet over a store, with a clock that the cases move.
package quorumtest
