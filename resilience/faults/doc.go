// Package faults is a server that fails on script, for tests of any HTTP client.
//
// Each request is answered by the next [Step] of a script, or by what a function of the request
// says: a status, headers and a body, after a delay, or a [Fault]: a connection that breaks before,
// within or after the answer, an answer that hangs, trickles, lies about its length or is no HTTP
// at all. The server speaks HTTP/1.1 and HTTP/2, with or without TLS, over sockets of the loopback
// interface or in memory ([Config].Pipe), where it also works within a testing/synctest bubble. It
// remembers every request ([Server.Records]), whether its work was done, and how many connections
// were made.
//
// In goes a [Config]; out comes a running [Server] that Close ends. Nothing needs a *testing.T.
package faults
