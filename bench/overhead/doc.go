// Package overhead has benchmarks of what a call costs over net/http: with package resilience at
// its defaults, and with the stock failsafe-go stack. Every variant sends a GET and decodes an
// answer of 1 KB.
//
// BenchmarkTogether measures all of them in turns within one run, so that a busy machine slows all
// alike, and reports the least of many rounds: compare these. BenchmarkCall has one benchmark for
// each, for profiles.
package overhead
