// Package setup makes the first files of a repository that uses resgen.
//
// [Files] turns a [Project] into resgen.yaml, policy files with a proposal for every operation
// that is not read-only, the go:generate line, a first test of each client, .gitattributes and a
// CI workflow. [Propose] makes the proposals. The package reads and writes nothing.
package setup
