// Package typecheck type-checks generated source before it is written, without the go command.
//
// Generated code imports from a closed list of packages only. For each of them a stub is embedded:
// the declarations that generated code may use, without bodies. A test renders the stubs from the
// real packages and compares them; with -update it writes them.
package typecheck
