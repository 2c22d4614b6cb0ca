// Package models prints the types of an api.API as models.gen.go, through oapi-codegen.
//
// oapi-codegen reads a synthetic document: component schemas only, with every name and every type
// already decided. It has nothing to name and nothing to reject; it prints type declarations. Its
// peculiarities are handled in this package alone: options in package variables, which are set
// once, panics, a name before the comment of every field.
package models
