// Package resilience is the runtime beneath generated API clients: it sends their calls so that a bad server, a bad network or a busy quota
// costs as little as possible, and nothing is done twice that must not be.
//
// In goes an [API], which is data that generated code carries: operations, answers, security, and the policy of each. [NewCaller] makes a
// [Caller] of it; [Call], [Do] and [CallResult] make one call and return a decoded value or an [*Error]; [Items] and [Pages] make one for each
// page of a listing. Each call passes, outermost first:
//
//	fallback           answers when the service does not ([WithFallback])
//	deadline           the policy's, the option's or the context's, over everything below
//	retry              repeats what may be repeated, as long as the retry budget pays
//	circuit            refuses at once while the service is down
//	rate limit         waits for a permit, by the policy or as the server states
//	bulkhead           bounds the calls in flight
//	attempt timeout    over sending, reading and decoding
//	middleware         sees each attempt ([WithMiddleware])
//	credentials        sign it ([Credential])
//	connection pool    sends it
//
// A request is sent again only if its operation is marked as repeatable or if it provably was not run. A [Runtime] owns what clients share and
// has to be closed. There are no package variables with state and no hidden defaults: what no policy says does not happen.
package resilience
