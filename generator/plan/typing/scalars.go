package typing

import (
	"strings"

	"github.com/resgen/resgen/generator/api"
)

// stringKinds are the formats of strings that have another kind than String.
var stringKinds = map[string]api.Kind{"date-time": api.Time, "date": api.Date, "byte": api.Bytes}

func stringKind(format string) api.Kind {
	if k := stringKinds[format]; k != 0 {
		return k
	}
	return api.String
}

func integerKind(format string) api.Kind {
	switch format {
	case "int32":
		return api.Int32
	case "uint64":
		return api.Uint64
	}
	return api.Int64
}

// scalarKind returns the kind for values of several scalar JSON types, where number is the kind of
// numbers.
func scalarKind(types []string, number api.Kind) api.Kind {
	switch strings.Join(types, " ") {
	case "string":
		return api.String
	case "boolean":
		return api.Bool
	case "integer":
		return api.Int64
	case "number", "integer number", "number integer":
		return number
	}
	return api.Scalar
}
