// Command storms simulates retry storms over loopback HTTP and prints a table for each, with one
// row per client variant: a total outage, an overload after a stall, an HTTP/2 server that drops
// its connections, and partial failure.
//
// Usage:
//
//	go run ./storms [-storm outage,overload,drop,partial-10,long] [-runs 1] [-scale 1] [-seed 1] [-only NAME,…]
//
// All parameters are printed first. The exit code is 1 if the storm is not as described, that is if
// plain retry does not make 3.81 attempts per call within 10 % in the outage, or if it recovers
// from the overload.
package main
