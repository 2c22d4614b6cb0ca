// Package demo provides the data of the examples' stand-ins, the events of one club and the visits
// planned for them, and serves stand-ins on local addresses. All names and numbers are invented.
package demo
