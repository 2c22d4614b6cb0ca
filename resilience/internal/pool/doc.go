// Package pool provides connection pools: net/http transports with the settings of a policy, whose
// connections are counted, age, and can all be closed.
package pool
