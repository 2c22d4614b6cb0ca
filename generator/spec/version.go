package spec

import (
	"strings"

	"github.com/resgen/resgen/generator/spec/grammar"
)

// A Version is a version of the format of documents: "2.0" for Swagger, or a version of OpenAPI
// such as "3.0.3" or "3.1.0".
type Version string

// IsSwagger reports whether the version is Swagger 2.0.
func (v Version) IsSwagger() bool { return v == "2.0" }

// HasJSONSchema reports whether schemas are those of JSON Schema 2020-12, as since OpenAPI 3.1.
func (v Version) HasJSONSchema() bool { return v.edition()&grammar.Newer != 0 }

// edition returns the version as a set of one. Unknown versions of OpenAPI 3 count as the latest.
func (v Version) edition() grammar.Edition {
	switch {
	case v.IsSwagger():
		return grammar.V20
	case strings.HasPrefix(string(v), "3.0"), v == "3":
		return grammar.V30
	case strings.HasPrefix(string(v), "3.1"):
		return grammar.V31
	}
	return grammar.V32
}

// schemasPointer returns the prefix of pointers to component schemas.
func (v Version) schemasPointer() string {
	if v.IsSwagger() {
		return "#/definitions/"
	}
	return "#/components/schemas/"
}
