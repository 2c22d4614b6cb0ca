// Package limit bounds how often calls are sent ([Bucket]), how many are in flight at a time
// ([Bulkhead]) and how many retries they may add ([Budget]).
//
// The arithmetic of a bucket is the pure type meter; Bucket is the goroutine-safe shell around it.
// All types are safe for concurrent use, and each has an Update method that applies a changed
// policy without losing state, and a Snapshot method for monitoring.
package limit
