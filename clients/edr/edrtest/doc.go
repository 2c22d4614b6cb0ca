// Package edrtest is a stand-in for Walmart's Event Detail Report API, for tests and demonstrations
// of programs that call it.
//
// A [Server] is an [net/http.Handler] for the three hosts at once: their paths do not overlap, so
// one listener serves them all, or each of three. It behaves as the real hosts have been seen to
// where it matters to a client: a sign-in of four requests with a code that counts attempts and
// replaces the one before, cookies that cross the hosts, a bearer token in a cookie of
// percent-encoded JSON, sessions whose end shows as 401, as a page under 200, as a redirect or as
// 404, null where a list is due, the same event in several rows, numbers as texts. On demand it
// blocks as a bot protection does, or answers single requests with an [Answer] of one's own.
//
// What no client has been seen to send it refuses with 400: other members or types in a body, dates
// in another form, a missing parameter, a cookie of the session twice. What it did with every
// request stands in its log.
package edrtest
