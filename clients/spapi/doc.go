// Package spapi adds to the generated clients of Amazon's Selling Partner API: sign-in with Login
// with Amazon, restricted data tokens, regions and marketplaces, and the User-Agent that Amazon
// requires.
//
// [New] returns the account of one selling partner. Pass [Account.Options] to New of each generated
// client; the clients then share one sign-in, one connection pool and one set of quotas.
package spapi
