package templates

import "embed"

// Templates with which oapi-codegen prints types. Typedef replaces its own.
var (
	//go:embed oapi-codegen/imports.tmpl
	Imports string // head of the file with its imports
	//go:embed oapi-codegen/typedef.tmpl
	Typedef string // types, each with its constants
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
