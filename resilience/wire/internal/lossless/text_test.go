package lossless

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// Each character is written as encoding/json does, wherever it is in a string.
func TestMarshal_Characters(t *testing.T) {
	var all []string
	for c := range 256 {
		all = append(all, string([]byte{byte(c)}), string(rune(c)))
	}
	all = append(all, "\u2027", "\u2028", "\u2029", "\u202a", "\ufffd", "\U0001f600", "\xed\xa0\x80")
	for _, c := range all {
		for before := range 18 {
			for _, after := range []int{0, 1, 2, 7, 8, 9} {
				s := strings.Repeat("x", before) + c + strings.Repeat("~", after)
				want := len(c) == 1 && ' ' <= c[0] && c[0] < 0x80 && c != `"` && c != `\`
				if plain := isPlainText(s); plain != want {
					t.Errorf("%q: plain is %t", s, plain)
				}
				var b bytes.Buffer
				e := json.NewEncoder(&b)
				e.SetEscapeHTML(false)
				if err := e.Encode(s); err != nil {
					t.Fatal(err)
				}
				if got, err := Marshal(s); err != nil || string(got)+"\n" != b.String() {
					t.Errorf("%q: got %s, %v, want %s", s, got, err, b.String())
				}
			}
		}
	}
	if !isPlainText("") {
		t.Error("an empty string is not plain")
	}
}
