// Package edr has what Walmart's Event Detail Report API needs beside its generated client: a
// sign-in with a code by SMS in two steps, a session that outlives the process, and answers whose
// fields have one type each.
//
// [New] opens an account. [Client.RequestCode] has a code sent to the user's phone,
// [Client.Complete] gives it back; they may run in different processes, and neither sends any
// request twice. After that calls renew their bearer token by themselves until the server ends the
// session; then they fail with [ErrSignInNeeded]. A block by the bot protection is [ErrBlocked]:
// nothing is sent any more until a person has dealt with it and says so with [Client.ClearBlock].
//
// [Client.Report], [Client.Browse], [Client.DailySchedule] and [Client.UpdateEvent] are the calls.
// The session is kept in a [Store]: by default an encrypted file that nobody but its owner can
// read.
package edr
