// Package faults provides a server that fails on script, for tests of any HTTP client.
//
// Each request is answered by the next [Step] of a script or by a function of the request. A step
// is a status, headers and a body, optionally delayed, or a [Fault]: a connection that breaks
// before, during or after the response, a response that hangs, trickles, has a wrong length or is
// not HTTP. The server speaks HTTP/1.1 and HTTP/2, with or without TLS, on the loopback interface
// or in memory ([Config].Pipe), where it also works within a testing/synctest bubble. It records
// every request ([Server.Records]), whether its work was done, and how many connections were made.
//
// A [Config] starts a [Server], which runs until Close. No *testing.T is needed.
package faults
