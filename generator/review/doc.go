// Package review compares checked-in files with generated ones.
//
// The input is their contents. The output is how they differ: the kind of difference, the
// declarations of Go files, a sentence, and a unified diff that patch(1) can apply.
package review
