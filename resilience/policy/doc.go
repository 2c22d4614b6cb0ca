// Package policy is the one schema of resilience policies.
//
// It has the types ([Policy]), the built-in defaults ([Default]), the checks of values, a merge
// that keeps the source of each value, and [IsLooser], which compares two policies. The generator
// uses it to plan, generated code to carry policies as data, the runtime to apply configuration.
// Package policyfile reads policies from files.
package policy
