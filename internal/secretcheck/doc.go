// Package secretcheck finds types that print secrets. The input is a type or a value; the output
// names the ways of printing, logging and encoding it that show a secret.
package secretcheck
