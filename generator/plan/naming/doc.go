// Package naming turns the names of a document into Go identifiers and resolves clashes between
// them.
//
// [Exported], [Unexported], [Suffix] and [Constant] are pure functions of one name. A [Scope] has
// the identifiers of one block of Go and makes sure that each is used once. A [Place] is the
// location of a schema without a name, from which its identifier is derived. A [Chooser] applies
// the names that users choose in resgen.yaml or with x-go-name.
package naming
