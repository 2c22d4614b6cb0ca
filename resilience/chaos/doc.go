// Package chaos injects faults into a running program, so that a team sees its fallbacks work
// before it needs them. It takes a file with faults by operation and percentage, and returns a
// middleware:
//
//	config, found := chaos.Decode(path, data)
//	injector := chaos.New()
//	runtime := resilience.NewRuntime(resilience.WithRuntimeMiddleware(injector.Middleware))
//	injector.Inject(config) // only here the program allows faults
//
// An injector does nothing until [Injector.Inject] is called. Latency, statuses and broken
// connections look to the runtime like those of the server: they count for circuits and budgets,
// and are retried as the policy says.
package chaos
