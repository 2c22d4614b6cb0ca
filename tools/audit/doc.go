// The command audit checks the modules that are linked into packages: their licenses, and known
// vulnerabilities where the database of govulncheck can be reached.
//
// Usage: audit [-govulncheck FILE] FOLDER...
//
// Each folder is a module. The exit status is 1 for a license that is not known or not allowed, for
// a vulnerability in code that is called, and for a failure of a tool; it is 0 if only the database
// cannot be reached, which is printed.
package main
