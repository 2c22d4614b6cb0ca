package spec

import "strings"

// A Version is a version of the format of documents: "2.0" for Swagger, or a version of OpenAPI
// such as "3.0.3" or "3.1.0".
type Version string

// IsSwagger reports whether the version is Swagger 2.0.
func (v Version) IsSwagger() bool { return v == "2.0" }

// HasJSONSchema reports whether schemas are those of JSON Schema 2020-12, as since OpenAPI 3.1.
func (v Version) HasJSONSchema() bool { return v.edition()&newer != 0 }

// edition returns the version as a set of one. Unknown versions of OpenAPI 3 count as the latest.
func (v Version) edition() edition {
	switch {
	case v.IsSwagger():
		return v20
	case strings.HasPrefix(string(v), "3.0"), v == "3":
		return v30
	case strings.HasPrefix(string(v), "3.1"):
		return v31
	}
	return v32
}

// schemasPointer returns the prefix of pointers to component schemas.
func (v Version) schemasPointer() string {
	if v.IsSwagger() {
		return "#/definitions/"
	}
	return "#/components/schemas/"
}
