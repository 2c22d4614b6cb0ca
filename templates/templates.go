// Package templates has the text/template files of resgen.
package templates

import _ "embed"

// The templates that replace oapi-codegen's own of the same name.
var (
	//go:embed oapi-codegen/imports.tmpl
	Imports string // head of the file, with the closed list of imports
	//go:embed oapi-codegen/typedef.tmpl
	Typedef string // one type after another, each with its constants
	//go:embed oapi-codegen/constants.tmpl
	Constants string // nothing: typedef.tmpl prints the constants
)
