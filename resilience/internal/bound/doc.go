// Package bound limits the time of an attempt.
package bound
