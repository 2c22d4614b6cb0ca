// Package cookies keeps the cookies of credentials: one jar for each, for as long as a client uses
// it or it has cookies.
package cookies
