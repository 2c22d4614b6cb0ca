package charset

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"
)

// own are names that only this package has.
var own = map[string]bool{
	"cp932": true, "cp936": true, "cp949": true, "cp950": true, "utf16": true, "latin-1": true,
}

// golang.org/x/text has the same charset for each name, which it may write with underscores.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for names := range strings.SplitSeq(singleByte+";"+wide, ";") {
		first := strings.Fields(names)[0]
		want, err := htmlindex.Get(strings.Replace(first, "shift-jis", "shift_jis", 1))
		if err != nil {
			t.Errorf("%s: %v", first, err)
		}
		for _, name := range strings.Fields(names) {
			if seen[name] || conversion(name) == nil {
				t.Errorf("%s is a name of two charsets, or of none", name)
			}
			seen[name] = true
			found := own[name]
			for hyphens := range 3 {
				e, err := htmlindex.Get(strings.Replace(name, "-", "_", hyphens))
				found = found || err == nil && e == want
			}
			if !found {
				t.Errorf("%s is not a name of %s", name, first)
			}
		}
	}
	if len(seen) != 216 {
		t.Errorf("%d names, want 216", len(seen))
	}
}
