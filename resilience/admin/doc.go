// Package admin serves the state of a [resilience.Runtime] over HTTP: health checks, a status page
// and the same as JSON.
//
//	GET  /health/live    200 as long as the program serves requests
//	GET  /health/ready   200, or 503 if an API that is marked critical does not work
//	GET  /               the status page
//	GET  /status.json    the same as JSON; docs/schema/status.json describes it
//	GET  /events         server-sent events: one for each change, and otherwise one a second
//	POST /actions/NAME   actions of operators, only with [WithAuthorizer]
//
// [Handler] returns the handler for all of them. Paths are relative, so that it can be mounted
// below any prefix with [net/http.StripPrefix].
//
// Latencies, the last errors and the history of 15 minutes are recorded from the call of Handler
// on, which takes about 0.1 µs of each call of a client. They need less than 4 KB for each
// operation that was called, and 0.1 KB for each account. Percentiles are those of the last 7.5 to
// 15 minutes, with a relative error of at most 5 %; other counts begin with the call of Handler.
//
// No response contains secrets, tokens, bodies or URLs. Only the actions are protected; everything
// else must be protected by the program if not all who can reach it may see it.
package admin
