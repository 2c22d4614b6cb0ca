// Package edrtest provides a fake of Walmart's Event Detail Report API, for tests and
// demonstrations of programs that call it.
//
// A [Server] is an [net/http.Handler] for all three hosts: their paths do not overlap, so it can
// serve them on one listener or on three. It imitates observed behavior: a sign-in of four requests
// with a code that limits attempts and replaces earlier codes, cookies shared by the hosts, a
// bearer token in a cookie of percent-encoded JSON, expired sessions that show as 401, as a page
// with status 200, as a redirect or as 404, null in place of lists, several rows for one event, and
// numbers as strings. It can also block like a bot protection, or send a configured [Answer].
//
// It refuses with 400 what no client is known to send: other members or types in a body, other date
// formats, missing parameters, repeated session cookies. Every request is logged.
package edrtest
