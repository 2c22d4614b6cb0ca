// Package generator turns OpenAPI documents into Go clients.
//
// The input is a [Config], usually read from resgen.yaml by [ReadConfig]. The output is a set of Go
// files, of which either all are written or none. The steps are: load, select, plan, print,
// type-check, write. [Generate] runs all of them, [Check] all but the last, [Plan] the first three,
// and [Lint] the first three followed by more checks.
//
// User mistakes are returned as a diag.List that holds every finding of the run; a canceled run
// returns ctx.Err(). An [InternalError] reports a fault of the generator. Any other error comes
// from the file system.
package generator
