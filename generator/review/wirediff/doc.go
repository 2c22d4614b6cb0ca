// Package wirediff compares what two versions of an API send and receive.
//
// The input is the plans of two documents. The output is a sorted list of differences, each with
// its place in both documents and with its effect on callers of the old version: whether requests
// that they send are still accepted, and whether they still understand what is returned. Go names
// do not matter.
package wirediff
