// Package generator turns OpenAPI documents into Go clients.
//
// The input is a [Config], usually read from resgen.yaml by [ReadConfig]. The output is a set of Go
// files and a page about resilience, of which either all are written or none. The steps are: load,
// select, plan, print, type-check, write. [Generate] runs all of them, [Plan] the first three,
// [Lint] the first three followed by more checks, and [Check] all but the last together with those
// of Lint. [Build] with [Diff], and [ReadBase], compare two versions of a project.
//
// User mistakes are returned as a diag.List that holds every finding of the run; a canceled run
// returns ctx.Err(). An [InternalError] reports a fault of the generator. Any other error comes
// from the file system.
package generator
