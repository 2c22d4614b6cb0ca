// Package review compares checked-in files with generated ones.
//
// The input is their contents. The output is a unified diff that patch(1) can apply.
package review
