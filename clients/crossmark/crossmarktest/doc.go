// Package crossmarktest provides a fake of Crossmark's MVRetail scheduling application, for tests
// and demonstrations of programs that call it.
//
// A [Server] is an [net/http.Handler] with sessions, work items and bookings. It imitates observed
// behavior of the application: five responses to a sign-in, expired sessions that lead to a login
// page with status 200, calls that fail with two session cookies, rows under either of two names,
// at most 500 rows for scheduling lists, 500 for searches that the web pages would not send, and
// pages in place of data. It refuses requests that no working client sends: JSON instead of
// multipart forms, ISO dates instead of US dates, an employee code instead of a representative id.
// It books twice if it receives two bookings. Every request is logged.
package crossmarktest
