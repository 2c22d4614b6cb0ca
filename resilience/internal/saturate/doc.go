// Package saturate does arithmetic with durations that never overflows: a result that does not fit
// is the longest duration there is.
package saturate
