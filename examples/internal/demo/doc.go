// Package demo provides the data of the examples' fakes, the events of one club and the visits
// planned for them, and serves fakes on local addresses. All names and numbers are invented.
package demo
