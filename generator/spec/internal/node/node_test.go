package node

import (
	"slices"
	"testing"

	"github.com/resgen/resgen/resilience/tree"
)

func TestNode(t *testing.T) {
	n, found := tree.Parse("a.yaml", []byte("s: text\nb: true\nl: [a, 1, {}, null]\nm: {k: v}\nz: null\n"))
	if len(found) > 0 {
		t.Fatal(found)
	}
	for _, key := range []string{"l", "m", "z", "none"} {
		if got := Text(n, key); got != "" {
			t.Errorf("Text(%s) = %q", key, got)
		}
	}
	if Text(n, "s") != "text" || Text(nil, "s") != "" {
		t.Error("Text of a scalar, or of nil")
	}
	if !Bool(n, "b", false) || !Bool(n, "s", true) || Bool(nil, "b", false) {
		t.Error("Bool of a boolean, of text, or of nil")
	}
	if got := Texts(n.Get("l")); !slices.Equal(got, []string{"a", "1"}) {
		t.Errorf("Texts = %q", got)
	}
	if got := Texts(n.Get("s")); !slices.Equal(got, []string{"text"}) {
		t.Errorf("Texts of a scalar = %q", got)
	}
	if len(Pairs(n.Get("m"))) != 1 || Pairs(nil) != nil || len(Items(n.Get("l"))) != 4 || Items(nil) != nil {
		t.Error("Pairs or Items")
	}
	if got := Join([]string{"a", "b", "c"}); got != "a, b and c" || Join(nil) != "" || Join([]string{"a"}) != "a" {
		t.Errorf("Join = %q", got)
	}
	if !IsExtension("x-a") || IsExtension("xa") {
		t.Error("IsExtension")
	}
}
