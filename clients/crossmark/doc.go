// Package crossmark has what Crossmark's MVRetail scheduling application needs beside its generated
// client: a session that opens and renews itself, work items read window by window without gaps and
// without duplicates, bookings that never happen twice, and the application's dates and times as
// types.
//
// [New] gives a [Client]; its [Client.API] has all operations of the application. There is no
// contract of the vendor: what is not proven says so. Package crossmarktest stands in for the
// application in tests.
package crossmark
