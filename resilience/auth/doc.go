// Package auth provides the credentials with which clients sign their requests.
//
// [Key] and [Basic] never change. All other credentials are a [Mechanism]: how to fetch a secret,
// how to put it on a request, which responses mean that it has expired, and what may be sent again
// then. A [Credential] fetches the secret once for all waiting callers, replaces it before it
// expires, and after a rejection fetches at most one new secret, however many requests were
// rejected with the old one. [TokenSource] wraps a function; [RefreshToken] and [ClientCredentials]
// use token endpoints as described in RFC 6749.
//
// The processes of a fleet share secrets through a [SecretStore]; see [Sharing].
//
// Secrets appear on requests only, and encrypted by [Sealed] in a store; never in errors, fmt
// output or JSON.
package auth
