// Package models prints the types of an api.API as models.gen.go, through oapi-codegen.
//
// oapi-codegen gets a private, synthetic document: component schemas only, every name and every type already stamped on it, so that it
// has nothing to name and nothing to refuse. What is left to it is printing type declarations. Its quirks live here and nowhere else:
// package state (one mutex), panics, options that stick, a name before every field comment.
package models
