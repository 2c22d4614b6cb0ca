// Package otelresilience reports the calls of a runtime to OpenTelemetry. It takes the tracer and
// meter providers of a program and returns an option for a runtime:
//
//	runtime := resilience.NewRuntime(otelresilience.Observe())
//
// Each call is a span of kind INTERNAL, and each request below it one of kind CLIENT with the
// attributes of the semantic conventions for HTTP clients. Requests carry the context of their span
// and the baggage. Durations of calls and requests are histograms; circuits, quotas, queues and
// connections are gauges. No metric has an attribute with the URL or the account of a call.
//
// It is a separate module, so that programs without it do not depend on OpenTelemetry.
package otelresilience
