// Package command has what the command lines of the examples have in common: flags with a usage
// text, and the exit status.
package command
