// Package overhead benchmarks the cost of a call compared with plain net/http: with package
// resilience and its default policy, and with the usual failsafe-go policies. Every variant sends a
// GET and decodes a response of 1 KB.
//
// BenchmarkTogether measures all variants alternately within one run, so that a busy machine slows
// all equally, and reports the minimum over many rounds; compare these. BenchmarkCall has one
// benchmark per variant, for profiling.
package overhead
