// Package rules turns the constraints of schemas into the rules that generated code has for
// validation: [Builder.Of] for the schemas of parameters and bodies, [Builder.Named] for those of
// declared types and of everything that refers to itself.
package rules
