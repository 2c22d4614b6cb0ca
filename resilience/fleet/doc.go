// Package fleet defines what the processes of a fleet share and the interface of the stores that
// keep it. A [Store] is passed to resilience.WithStore. Without one, every process keeps everything
// itself.
//
// A store decides nothing about a call. It keeps small values under names, and applies to them what
// a process reports and asks for in one step ([Quotas]), and it counts votes ([Circuits]). If it is
// slow or fails, the process continues by itself.
package fleet
