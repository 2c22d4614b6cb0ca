// Package limit bounds how often calls are sent ([Bucket]), how many are in flight at a time
// ([Bulkhead]) and how many retries they may add ([Budget]).
//
// The arithmetic of a bucket is the pure type meter; Bucket is the goroutine-safe shell around it.
// All types are safe for concurrent use. Those three have an Update method that applies a changed
// policy without losing state, and a Snapshot method for monitoring.
//
// Processes can share a bucket ([NewSharedBucket]). They draw its permits from a store over a
// [Link], and while that cannot be used, each takes its part. [Memory] is such a store in this
// process.
package limit
