package grammar

import "testing"

func TestEditionsOf(t *testing.T) {
	for set, want := range map[Edition]string{
		V20: "Swagger 2.0", V30: "OpenAPI 3.0", V31 | V32: "OpenAPI 3.1 and later", V32: "OpenAPI 3.2",
		V20 | V30: "Swagger 2.0 and OpenAPI 3.0", V30 | V31 | V32: "OpenAPI 3.0 and later",
		V20 | V30 | V31 | V32: "all versions", V30 | V31: "OpenAPI 3.0",
	} {
		if got := editionsOf(set); got != want {
			t.Errorf("%b: got %q, want %q", set, got, want)
		}
	}
}
