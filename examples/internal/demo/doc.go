// Package demo provides the data of the examples' fakes, the events of one club and the visits
// planned for them, serves fakes on local addresses, prints the codes that the EDR sends, and has
// writers for files and for several goroutines. All names and numbers are invented.
package demo
