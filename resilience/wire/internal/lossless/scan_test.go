package lossless

import (
	"strings"
	"testing"
)

// The syntax is that of RFC 8259.
func TestIsValid(t *testing.T) {
	for _, text := range []string{
		`null`, `true`, `false`, `""`, `{}`, `[]`, ` [ ] `, "\t{\n}\r ", `[1,2]`, `[ 1 , 2 ]`, `{"a":1}`,
		`{ "a" : [ { } , [ ] ] , "a" : null }`, `"a\"\\\/\b\f\n\r\t\u00e9\uD800"`, "\"\x7f\xff\"", `"é"`,
		`0`, `-0`, `10`, `-12`, `0.5`, `1.50`, `1e5`, `1E+5`, `1.5e-05`, `12345678901234567890123`,
	} {
		if !isValid([]byte(text)) {
			t.Errorf("%s: is refused", text)
		}
	}
	for _, text := range []string{
		``, ` `, `nul`, `nulll`, `True`, `tru`, `falsy`, `n`, `"`, `"a`, `a"`, `"\"`, `"\x"`, `"\u12"`, `"\u12g4"`,
		`"\`, `"\u`, "\"\x00\"", "\"\x1f\"", "\"\n\"", "\"abcdefgh\x1f\"", `'a'`, "\v1", "\u00a01", "\ufeff1",
		`{`, `}`, `[`, `]`, `{]`, `[}`, `[1`, `[1,`, `[1,]`, `[,1]`, `[,]`, `[1 2]`, `[1]]`, `{"a"}`, `{"a":}`,
		`{"a":1,}`, `{,}`, `{"a" 1}`, `{"a":1 "b":2}`, `{a:1}`, `{1:1}`, `{"a":1}}`, `{"a":1:2}`, `{} {}`, `1 2`, `1,`,
		`-`, `+1`, `01`, `-01`, `00`, `.5`, `5.`, `-.5`, `1.e5`, `1e`, `1e+`, `1e5.5`, `0x1`, `1a`, `--1`, `1-`, `NaN`,
		`Infinity`, `:1`, `/`, `[1/2]`, `[1:2]`,
	} {
		if isValid([]byte(text)) {
			t.Errorf("%s: is accepted", text)
		}
	}
}

func TestIsValid_Depth(t *testing.T) {
	for _, pair := range [][2]string{{"[", "]"}, {`{"a":`, "}"}, {`[{"a":`, "}]"}} {
		levels := strings.Count(pair[0], "[") + strings.Count(pair[0], "{")
		nested := func(n int) []byte {
			return []byte(strings.Repeat(pair[0], n/levels) + "1" + strings.Repeat(pair[1], n/levels))
		}
		if !isValid(nested(10_000)) {
			t.Errorf("%s: 10,000 levels are refused", pair[0])
		}
		if isValid(nested(10_000 + levels)) {
			t.Errorf("%s: more than 10,000 levels are accepted", pair[0])
		}
	}
	// what is next to one another is not nested
	if !isValid([]byte("[" + strings.Repeat(`[],{},`, 20_000) + "1]")) {
		t.Error("40,000 items are refused")
	}
}

// Eight bytes are read at a time, so every special character must be found at every distance from
// the beginning and the end.
func TestTextEnd(t *testing.T) {
	for before := range 20 {
		for after := range 20 {
			for _, row := range []struct {
				special string
				ends    bool
				has     marks
			}{
				{``, true, 0}, {`\n`, true, escapes}, {`\"`, true, escapes}, {`\\`, true, escapes},
				{`\u0022`, true, escapes}, {"\x80", true, highs}, {"é", true, highs}, {"\xff", true, highs},
				{"é\\t", true, highs | escapes}, {"\x7f ", true, 0}, {"!", true, 0}, {"#[]^", true, 0},
				{"\x00", false, 0}, {"\x1f", false, 0}, {`\a`, false, escapes}, {`\u123`, false, escapes},
			} {
				text := strings.Repeat("x", before) + row.special + strings.Repeat("y", after)
				data := []byte(`[` + text + `"é\`)
				end, has := textEnd(data, 1)
				switch {
				case !row.ends && end >= 0, row.ends && end != 1+len(text):
					t.Errorf("%q: got the end %d", data, end)
				case row.ends && has != row.has:
					t.Errorf("%q: got marks %b, want %b", data, has, row.has)
				}
				if end, _ := textEnd(data[:1+len(text)], 1); end != -1 {
					t.Errorf("%q: got the end %d, want none", data[:1+len(text)], end)
				}
			}
		}
	}
}

func TestNumberLength(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "-": 0, "0": 1, "-0": 2, "12,": 2, "012": 0, "1.": 0, "1.5": 3, "1.5.5": 3, "1e": 0, "1E5]": 3,
		"1e+05 ": 5, "1e-": 0, "9": 1, "/": 0, ":": 0, "0e0": 3, "-1.0E-0x": 7,
	} {
		if got := numberLength([]byte(text)); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestHex4(t *testing.T) {
	for text, want := range map[string]rune{"0000": 0, "00e9": 0xe9, "ABCD": 0xabcd, "fFfF1": 0xffff, "9a0F": 0x9a0f} {
		if got, ok := hex4([]byte(text)); got != want || !ok {
			t.Errorf("%s: got %x, %v, want %x", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "123", "123g", "12:4", "@123", "`123", "/123", "12 4", "-123"} {
		if got, ok := hex4([]byte(text)); ok {
			t.Errorf("%s: got %x", text, got)
		}
	}
}

func TestItemsIn(t *testing.T) {
	for text, want := range map[string]int{
		`1]`: 1, `1,2]`: 2, `[1,2],3]`: 2, `{"a":[1,2],"b":3},4],5`: 2, `"a,b]",2],3`: 2, `"\",",2]`: 2,
		`"\\",",",3],4`: 3, `"\\\",","\\\\",3]`: 3, `"","",3]`: 3, `"\"`: 1,
		`1,2,3`: 3, `{"a":1`: 1, `"a,`: 1, `1,"b,`: 2, ``: 1, `[]]`: 1, `{}},2`: 1,
	} {
		if got := itemsIn([]byte(text)); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}
