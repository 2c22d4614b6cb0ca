// Package sarif validates the SARIF that resgen prints against the schema of SARIF 2.1.0, which the
// library has.
package sarif
