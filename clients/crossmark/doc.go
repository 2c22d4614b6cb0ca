// Package crossmark adds to the generated client of Crossmark's MVRetail scheduling application: a
// session that opens and renews itself, work items read in windows without gaps and duplicates,
// bookings that never happen twice, and types for the application's dates and times.
//
// [New] returns a [Client]; [Client.API] has all operations of the application. The vendor
// publishes no contract, so assumptions that are not proven are marked. Package crossmarktest
// provides a fake of the application for tests.
package crossmark
