// Package edr adds to the generated client of Walmart's Event Detail Report API: a sign-in with an
// SMS code in two steps, a session that outlives the process, and results whose fields have one
// type each.
//
// [New] returns a client. [Client.RequestCode] sends a code to the user's phone and
// [Client.Complete] submits it; they can run in different processes, and neither sends a request
// twice. After that, calls renew their bearer token until the server ends the session; then they
// fail with [ErrSignInNeeded]. A block by the bot protection is [ErrBlocked]: nothing more is sent
// until a person has resolved it and calls [Client.ClearBlock]. [Client.ImportSession] opens a
// session with the cookies of a browser instead.
//
// The calls are [Client.Report], [Client.Browse], [Client.DailySchedule] and [Client.UpdateEvent].
// The session is kept in a [Store], by default an encrypted file that only its owner can read. With
// [Shared], several processes use the same session.
package edr
