package spec

import "testing"

func TestVersion(t *testing.T) {
	for version, want := range map[Version]struct {
		edition           edition
		swagger, standard bool
	}{
		"2.0": {v20, true, false}, "3": {v30, false, false}, "3.0": {v30, false, false}, "3.0.4": {v30, false, false},
		"3.1.0": {v31, false, true}, "3.2.0": {v32, false, true}, "3.9.0": {v32, false, true},
	} {
		if version.edition() != want.edition || version.IsSwagger() != want.swagger ||
			version.HasJSONSchema() != want.standard {
			t.Errorf(
				"%s: got edition %d, %t, %t", version, version.edition(), version.IsSwagger(), version.HasJSONSchema(),
			)
		}
	}
}
