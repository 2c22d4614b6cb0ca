// Package breaker implements a circuit breaker: it counts the outcomes of calls and rejects further
// calls for a while when too many fail.
//
// The state machine is the pure function step in machine.go: it takes a machine, an event and a
// policy and returns the next machine. It reads no clock and draws no random number; both are part
// of the event. The type host in crowd.go adds what the machine of a host knows about accounts.
// [Breaker] is the goroutine-safe shell around one machine of a host and those of single accounts.
// The type calm in calm.go has what closed machines reply, so that calls need not take the lock for
// it.
//
// A breaker can be a member of a fleet ([Breaker.Join]). Its host then has a second machine, which
// all processes share: they read and replace its text in a store. Package quorum connects the two.
package breaker
