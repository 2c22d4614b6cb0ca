// Package typing turns the schemas of a document into the types of a package.
//
// [New] returns the [Types] of a package. Components are declared first, then every inline schema
// gets a place, then types are built: [Types.Of] returns the type of a schema, and declares
// structs, enums and unions where needed. [Types.Finish] completes the types when all declarations
// exist.
//
// The recursion over schemas is the builder. What it decides with is in pure functions next to it:
// the merge of allOf (merge.go), alternatives of unions (alternatives.go), the values that select
// them (selectors.go) and the members that all of them have (shared.go), constants of enums
// (constants.go), files in multipart bodies (files.go), and pointers for absent values
// (optional.go) and for recursive types (recursion.go).
package typing
