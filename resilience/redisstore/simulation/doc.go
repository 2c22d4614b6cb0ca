// Package simulation simulates a fleet of many processes that share a quota and a circuit. It runs
// real runtimes in virtual time; the server that they call and the store are simulated, and the
// store decides with the same functions as a process without one. Its tests assert what a fleet
// must do, and write the page docs/simulation.md with its charts:
//
//	go test ./resilience/redisstore/simulation -run TestSimulation -write
package simulation
