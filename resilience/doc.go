// Package resilience is the runtime of generated API clients. It sends their requests with retries,
// circuit breakers, rate limits and timeouts, each by the policy of the operation.
//
// Most programs need a generated client and these names:
//
//   - [Runtime] and [NewRuntime] for sharing between clients
//   - [WithRuntime], [WithCredential] and [WithBaseURL] for the New function of a client
//   - [WithTimeout] and [WithIdempotencyKey] for single calls
//   - [Error], its [Kind] and [HTTPStatus] for failures
//   - [Runtime.Snapshot] and [Runtime.Observe] for monitoring
//
// # Calls
//
// Generated code holds an [API]: operations, responses, security and policies as data. [NewCaller]
// returns a [Caller] for it. [Call], [Do] and [CallResult] make one call; [Items] and [Pages]
// iterate over a listing, [ServerEvents] and [Values] over a stream. A call passes these layers,
// outermost first:
//
//	fallback           makes a result if the service fails ([WithFallback], or by the policy)
//	deadline           of the policy, the option or the context
//	validation         checks the arguments, if the client was generated so ([WithValidation])
//	retry              repeats what may be repeated while the retry budget allows it
//	circuit            denies calls while the service is down
//	rate limit         waits for a permit
//	bulkhead           limits the calls in flight
//	attempt timeout    covers sending, reading and decoding
//	middleware         sees each attempt ([WithRuntimeMiddleware], [WithMiddleware])
//	credentials        sign it ([Credential])
//	connection pool    sends it
//
// A request is sent again only if its operation is marked as repeatable, or if the server provably
// did not run it.
//
// # Errors
//
// Every failure is an [*Error] with the operation, the kind, the attempts and whether the server
// may have run the request. Each [Kind] has a sentinel error for errors.Is, for example
// [ErrTimeout]. [Detail] returns the decoded error body. [HTTPStatus] and [WriteError] help HTTP
// handlers that fail because a call failed.
//
// # Sharing and Close
//
// A [Runtime] owns what clients share: connections, circuits, rate limits, budgets and cookies.
// Clients of one runtime share each of these if API, host and account are the same. A runtime must
// be closed. A client that was made without one has its own, which [Caller.Close] closes. With
// [WithStore], several processes share quotas and circuits.
//
// # Configuration
//
// Policies are part of the generated code. [WithConfig] and [Runtime.Apply] override them at run
// time, and call options override them for one call; neither can make an operation repeatable. The
// runtime adds no defaults.
//
// # Monitoring and operation
//
// [Runtime.Snapshot] returns the state of circuits, limits and sign-ins. [Runtime.Observe] reports
// events of all calls, [WithCallObserver] those of each call with its context, and a [Scope] the
// attempts of the calls made with a context. [Runtime.Isolate], [Runtime.Pause] and [Runtime.Reset]
// act on all calls of an API. Package admin shows the state on a page and makes these actions
// available to operators.
//
// # Testing
//
// Package faults has a server that fails by a script. [WithTransport] replaces the connection pool
// by any round tripper, [WithDial] only how connections are opened.
package resilience
