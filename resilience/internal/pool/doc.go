// Package pool provides connection pools: net/http transports with the settings of a policy, whose
// connections are counted, age, and can all be closed. Of several requests to a host whose protocol
// is not known, one opens a connection while the others wait.
package pool
