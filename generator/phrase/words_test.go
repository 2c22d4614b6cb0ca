package phrase_test

import (
	"testing"

	"github.com/resgen/resgen/generator/phrase"
)

func TestCount(t *testing.T) {
	for want, got := range map[string]string{
		"0 files": phrase.Count(0, "file"), "1 file": phrase.Count(1, "file"), "2 files": phrase.Count(2, "file"),
		"1 copy": phrase.Count(1, "copy"), "2 copies": phrase.Count(2, "copy"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFew(t *testing.T) {
	words := []string{"a", "b", "c", "d", "e", "f"}
	for n, want := range map[int]string{
		0: "", 1: "a", 2: "a and b", 4: "a, b, c and d", 5: "a, b, c and 2 more", 6: "a, b, c and 3 more",
	} {
		if got := phrase.Enumerate(phrase.Few(words[:n])); got != want {
			t.Errorf("%d words: got %q, want %q", n, got, want)
		}
	}
	if words[3] != "d" {
		t.Errorf("the list is %q now", words)
	}
}
