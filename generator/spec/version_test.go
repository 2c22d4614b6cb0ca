package spec

import (
	"testing"

	"github.com/resgen/resgen/generator/spec/grammar"
)

func TestVersion(t *testing.T) {
	for version, want := range map[Version]struct {
		edition           grammar.Edition
		swagger, standard bool
	}{
		"2.0": {grammar.V20, true, false}, "3": {grammar.V30, false, false}, "3.0": {grammar.V30, false, false},
		"3.0.4": {grammar.V30, false, false},
		"3.1.0": {grammar.V31, false, true}, "3.2.0": {grammar.V32, false, true}, "3.9.0": {grammar.V32, false, true},
	} {
		if version.edition() != want.edition || version.IsSwagger() != want.swagger ||
			version.HasJSONSchema() != want.standard {
			t.Errorf(
				"%s: got edition %d, %t, %t", version, version.edition(), version.IsSwagger(),
				version.HasJSONSchema(),
			)
		}
	}
}
