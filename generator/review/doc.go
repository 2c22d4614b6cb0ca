// Package review tells how checked-in files differ from fresh ones.
//
// In come contents, out comes a unified diff that a person reads and patch(1) applies.
package review
