// Package feeds submits feeds to the Selling Partner API in a single call, which uploads the
// document, creates the feed, waits for its end and fetches its result. [Service.DeleteListings]
// deletes thousands of listings with one feed.
package feeds
