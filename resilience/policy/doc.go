// Package policy is the one schema of resilience policies.
//
// It has the types ([Policy]), the built-in defaults ([Default]), strict decoding of policy files
// with positions, a merge that keeps the source of each value, and the question whether one policy
// is looser than another. The generator uses it to plan, generated code to carry policies as data,
// the runtime to read configuration.
package policy
