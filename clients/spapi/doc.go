// Package spapi has what Amazon's Selling Partner API needs beside its generated clients: sign-in
// by Login with Amazon, restricted data tokens, regions and marketplaces, the User-Agent that
// Amazon prescribes.
//
// [New] opens the account of one selling partner; its [Account.Options] are passed to New of each
// generated client, which then share one sign-in, one connection pool and one set of quotas.
package spapi
