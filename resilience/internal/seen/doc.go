// Package seen remembers what was seen before, up to a limit.
package seen
