// Package bound limits the time of an attempt by a context that is made when something first waits
// for it.
package bound
