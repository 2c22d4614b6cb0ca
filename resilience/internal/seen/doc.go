// Package seen remembers what was reported and when, up to a limit, so that nothing is reported
// again too soon.
package seen
