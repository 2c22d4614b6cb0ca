// Package demo provides the data of the examples' fakes, the events of one club and the visits
// planned for them, serves fakes on local addresses, and prints the codes that the EDR sends. All
// names and numbers are invented.
package demo
