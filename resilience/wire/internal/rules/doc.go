// Package rules checks JSON values against the constraints of schemas.
//
// A [Set] has the rules of a generated package by name; a [Rule] is one schema, as in JSON Schema
// 2020-12. [Set.Check] takes a value as [Parse] returns it, and returns every [Fault] with its JSON
// path. Nothing in a fault is a value of the data.
package rules
