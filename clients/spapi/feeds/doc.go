// Package feeds submits feeds to the Selling Partner API, each in one call: the document is
// uploaded, the feed made, its end awaited and its result fetched. [Service.DeleteListings]
// withdraws thousands of listings in one feed.
package feeds
