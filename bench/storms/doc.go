// Command storms makes the retry storms that the runtime has to weather, over loopback HTTP, and
// prints a table for each with one row a way of calling: a total outage, an overload after a stall,
// and partial failure.
//
// Usage:
//
//	go run ./storms [-storm outage,overload,partial,long] [-runs 1] [-scale 1] [-seed 1] [-only NAME,…]
//
// Everything it depends on is printed first. It exits with 1 if the storm itself is not the one
// described: if plain retry does not make 3.81 attempts a call within 10 % in the outage, or
// recovers from the overload.
package main
