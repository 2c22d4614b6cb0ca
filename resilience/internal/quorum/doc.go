// Package quorum keeps the circuits of a process in step with those of its fleet. An [Exchanger]
// reports to a store how the process judges each server, about once a second and at once when that
// changes, and applies what the fleet decides. Calls never wait for it, apart from probes, which
// wait for a bounded time.
package quorum
