// Package auth has the credentials that clients sign their requests with.
//
// [Key] and [Basic] never change. Everything else is one [Mechanism]: how to get a secret, how to
// put it on a request, which answers say that it went stale, and what may be sent again then. A
// [Credential] made of it fetches once for all callers that wait, replaces a secret before it
// expires, and after a rejection fetches a new one at most once, however many requests were
// rejected with the old one. [TokenSource] is the mechanism around a function, [RefreshToken] and
// [ClientCredentials] are those for token endpoints of RFC 6749.
//
// Secrets come out of this package on requests and nowhere else: not in errors, not through fmt,
// not as JSON.
package auth
