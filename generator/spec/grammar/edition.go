package grammar

// An Edition is a set of versions of the format.
type Edition uint8

const (
	V20 Edition = 1 << iota
	V30
	V31
	V32

	v3    = V30 | V31 | V32
	Newer = V31 | V32
	older = V20 | V30
	every = V20 | v3
)

// editionNames holds the names of editions in findings.
var editionNames = []struct {
	in   Edition
	name string
}{{V20, "Swagger 2.0"}, {V30, "OpenAPI 3.0"}, {V31, "OpenAPI 3.1"}, {V32, "OpenAPI 3.2"}}

// nameOf returns the name of the first Edition in a set.
func nameOf(e Edition) string {
	for _, n := range editionNames {
		if n.in&e != 0 {
			return n.name
		}
	}
	return ""
}

// editionsOf returns the name of a set, for example "OpenAPI 3.1 and later".
func editionsOf(e Edition) string {
	switch {
	case e == V20, e == V30, e == V32:
		return nameOf(e)
	case e == older:
		return "Swagger 2.0 and OpenAPI 3.0"
	case e == every:
		return "all versions"
	case e&V32 != 0:
		return nameOf(e) + " and later"
	}
	return nameOf(e)
}
