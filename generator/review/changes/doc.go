// Package changes says in words what differs between two versions of the clients of a project.
//
// The input is the plans of both versions. The output is a sorted list of changes: of policies,
// each with its direction, of what is sent and received, and of the clients themselves. Every
// change has its place in both versions.
package changes
