// Package crossmarktest is a stand-in for Crossmark's MVRetail scheduling application, for tests
// and demonstrations of programs that call it.
//
// A [Server] is an [net/http.Handler] that keeps sessions, work items and bookings and behaves as
// the application has been seen to: five ways to answer a sign-in, sessions that end and then lead
// to a login page under 200, calls that break with two session cookies, rows under either of two
// names, a cap of 500 rows on the scheduling side, 500 for a search that the web pages would not
// send, pages where data is due. It refuses what no working client sends: JSON where parts are due,
// ISO dates where US dates are due, an employee code for a representative. It books twice if it is
// asked twice. What it did with every request stands in its log.
package crossmarktest
