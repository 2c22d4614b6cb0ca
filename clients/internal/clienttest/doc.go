// Package clienttest holds what the tests of the clients share: servers in memory and load.
package clienttest
