package templates

import "embed"

// Templates that replace those of the same name in oapi-codegen.
var (
	//go:embed oapi-codegen/imports.tmpl
	Imports string // head of the file with its imports
	//go:embed oapi-codegen/typedef.tmpl
	Typedef string // types, each with its constants
	//go:embed oapi-codegen/constants.tmpl
	Constants string // nothing, because typedef.tmpl prints the constants
)

// Resilience is RESILIENCE.md of a generated package.
//
//go:embed resilience.md.tmpl
var Resilience string

// Init has the templates of the files that resgen init writes, in the folder init. Their actions
// are between [[ and ]].
//
//go:embed init
var Init embed.FS
