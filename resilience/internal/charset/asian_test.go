package charset

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
)

// sequences calls f with all sequences of bytes that can be one character of a charset.
func sequences(name string, f func(data []byte)) {
	bytesFrom := func(n int, lead ...byte) {
		data := append(lead, make([]byte, n)...)
		for i := range 1 << (8 * n) {
			for k := range n {
				data[len(lead)+k] = byte(i >> (8 * k))
			}
			f(data)
		}
	}
	bytesFrom(1)
	switch name {
	case "iso-2022-jp":
		for _, escape := range []string{"\x1b(B", "\x1b(J", "\x1b(I", "\x1b$@", "\x1b$B", "\x1b$(D"} {
			for first := byte(0x21); first < 0x7f; first++ {
				for second := byte(0x21); second < 0x7f; second++ {
					f(append([]byte(escape), first, second))
				}
			}
		}
	case "euc-jp":
		bytesFrom(2)
		bytesFrom(2, 0x8f)
	case "gb18030":
		bytesFrom(2)
		for lead := byte(0x81); lead <= 0xfe; lead++ {
			for digit := byte('0'); digit <= '9'; digit++ {
				for third := byte(0x7f); third >= 0x7f; third++ {
					f([]byte{lead, digit, third, '0'})
					f([]byte{lead, digit, third, '5'})
					f([]byte{lead, digit, third, '9'})
					f([]byte{lead, digit, third, ':'})
				}
			}
		}
	default:
		bytesFrom(2)
	}
}

// What is a text in a charset for golang.org/x/text is the same text here, and nothing else is.
func TestConversion_Characters(t *testing.T) {
	for names := range strings.SplitSeq(wide, ";") {
		switch name := strings.Fields(names)[0]; name {
		case "utf-8": // package utf8 decides, see TestDecode
		case "utf-16le", "utf-16be":
			from, known := conversion(name), oracle(t, name)
			sequences(name, func(data []byte) {
				compare(t, name, data, string(from(data)), decoded(t, known, data))
			})
		default:
			compareLines(t, name)
		}
	}
}

func compare(t *testing.T, name string, data []byte, got, want string) {
	if invalid := strings.ContainsRune(want, none); got != want && !(invalid && strings.ContainsRune(got, none)) {
		t.Errorf("%s: % x is %q, want %q", name, data, got, want)
	}
}

// compareLines decodes sequences as lines of texts, which is much faster than one by one.
func compareLines(t *testing.T, name string) {
	const newline = "\x1b(B\n" // the escape sequence is one of ISO-2022-JP
	var (
		from, known = conversion(name), oracle(t, name)
		text        []byte
		lines       [][]byte
	)
	sequences(name, func(data []byte) {
		if bytes.IndexByte(data, '\n') >= 0 {
			return
		}
		lines = append(lines, slices.Clone(data))
		text = append(append(text, data...), newline...)
	})
	got, want := strings.Split(string(from(text)), "\n"), strings.Split(decoded(t, known, text), "\n")
	if len(got) != len(lines)+1 || len(want) != len(got) {
		t.Fatalf("%s: %d lines are %d and %d", name, len(lines), len(got)-1, len(want)-1)
	}
	for i, data := range lines {
		compare(t, name, data, got[i], want[i])
	}
}

func decoded(t *testing.T, d *encoding.Decoder, data []byte) string {
	t.Helper()
	text, err := d.Bytes(data)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Bytes that are not a character are replaced, and the character after them is not lost.
func TestConversion_Invalid(t *testing.T) {
	for _, c := range []struct{ charset, data, want string }{
		{"utf-16le", "a", "\ufffd"},
		{"utf-16le", "\x00\xd8a\x00", "\ufffda"},
		{"utf-16be", "\xd8\x00\x00a", "\ufffda"},
		{"utf-16be", "\xd8\x3d\xde\x00a", "😀\ufffd"},
		{"utf-16be", "\xd8\x3d\xde", "\ufffd\ufffd"},
		{"utf-16be", "\xde\x00\xd8\x3d", "\ufffd\ufffd"},
		{"gbk", "\xff\xc4\xe3", "\ufffd你"},
		{"gbk", "\xc4", "\ufffd"},
		{"gbk", "\xc4\"", "\ufffd\""},
		{"gbk", "\xc4\xff}", "\ufffd}"},
		{"gbk", "\xa2A}", "\ufffdA}"},
		{"gbk", "\xa2\xa0}", "\ufffd}"},
		{"gbk", "\x8100}", "\ufffd00}"},
		{"gb18030", "\x810", "\ufffd0"},
		{"gb18030", "\x810\x810", "\u0080"},
		{"gb18030", "\x810\x81\"", "\ufffd0\ufffd\""},
		{"gb18030", "\x900\x810\xe32\x9a5", "\U00010000\U0010ffff"},
		{"gb18030", "\xe32\x9a6", "\ufffd2\ufffd6"},
		{"big5", "\x88\x62\x88\x64\x88\xa3\x88\xa5", "\u00ca\u0304\u00ca\u030c\u00ea\u0304\u00ea\u030c"},
		{"euc-kr", "\xb0", "\ufffd"},
		{"euc-kr", "\xb0\xa1\x80", "가\ufffd"},
		{"shift_jis", "\x83\"", "\ufffd\""},
		{"shift_jis", "\xa0\xfd\x80\xb1", "\ufffd\ufffd\u0080ｱ"},
		{"shift_jis", "\x81\xad}", "\ufffd}"},
		{"shift_jis", "\x81\x7f}", "\ufffd\x7f}"},
		{"euc-jp", "\x8e", "\ufffd"},
		{"euc-jp", "\x8e\xb1\x8e}", "ｱ\ufffd}"},
		{"euc-jp", "\x8f\xb0\xa1", "丂"},
		{"euc-jp", "\x8f\xb0", "\ufffd\ufffd"},
		{"euc-jp", "\x8f\"\"", "\ufffd\"\""},
		{"euc-jp", "\xb0\xa1\xb0}", "亜\ufffd}"},
		{"iso-2022-jp", "a\x1b$B0!\x1b(Ba\x00", "a亜a\x00"},
		{"iso-2022-jp", "\x1b$B0!\n0!", "亜\n0!"},
		{"iso-2022-jp", "\x1b$B0\x1b(Ba", "\ufffda"},
		{"iso-2022-jp", "\x1b$B0", "\ufffd"},
		{"iso-2022-jp", "\x1b$B0!\xb0\xa1", "亜\ufffd\ufffd"},
		{"iso-2022-jp", "\x1b$Ba", "\ufffd"},
		{"iso-2022-jp", "\x1b(I1\x1b(X\x1b(Ja", "ｱ\ufffdｨﾘa"},
		{"iso-2022-jp", "\x1b(Ba\x1b[", "a\ufffd["},
	} {
		if got := string(conversion(c.charset)([]byte(c.data))); got != c.want {
			t.Errorf("%s: %q is %q, want %q", c.charset, c.data, got, c.want)
		}
	}
}
