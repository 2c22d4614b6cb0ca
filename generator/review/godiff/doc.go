// Package godiff compares the Go API of two versions of a generated package.
//
// The input is two type-checked packages. The output is what was added, and what makes programs
// that use the old version fail to compile.
package godiff
