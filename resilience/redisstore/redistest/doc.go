// Package redistest starts real servers for tests of what programs keep on Redis: single ones,
// clusters, and primaries with replicas that sentinels watch. Servers listen on free ports of the
// loopback interface, keep nothing on disk and end with the test.
//
// It needs the programs redis-server and redis-sentinel, which Debian has in packages of the same
// names. Tests fail without them.
package redistest
