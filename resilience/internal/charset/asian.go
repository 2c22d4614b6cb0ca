package charset

// This file has the charsets of East Asia that are not just pairs of bytes.

import (
	"bytes"
	"unicode/utf8"
)

const (
	fourBytes = 39420  // how many sequences of four bytes GB 18030 has for characters below U+10000
	beyond    = 189000 // the index of the sequence for U+10000
)

// fromGB returns a reader of GBK or of GB 18030, which is GBK with sequences of four bytes.
func fromGB(long bool) reader {
	pair := pairOf(&gbk)
	return func(data []byte) (rune, int) {
		switch {
		case data[0] == 0x80:
			return '€', 1
		case !long || len(data) < 4 || !isFour([4]byte(data)):
			return pair(data)
		}
		i := ((int(data[0]-0x81)*10+int(data[1]-'0'))*126+int(data[2]-0x81))*10 + int(data[3]-'0')
		r := gb18030.at(i)
		if i >= beyond && i-beyond+0x10000 <= utf8.MaxRune {
			r = rune(i - beyond + 0x10000)
		}
		if r == none {
			return none, 1
		}
		return r, 4
	}
}

// isFour reports whether bytes have the form of a sequence of four bytes.
func isFour(b [4]byte) bool {
	lead := func(b byte) bool { return firstLead <= b && b <= lastLead }
	digit := func(b byte) bool { return '0' <= b && b <= '9' }
	return lead(b[0]) && digit(b[1]) && lead(b[2]) && digit(b[3])
}

// The half-width katakana of Unicode, and their bytes in Shift JIS and EUC-JP.
const (
	halfWidth                 = 0xff61
	firstKatakana, lastKatana = 0xa1, 0xdf
)

func fromShiftJIS(data []byte) (rune, int) {
	lead := data[0]
	switch {
	case lead == 0x80:
		return 0x80, 1
	case firstKatakana <= lead && lead <= lastKatana:
		return rune(lead) - firstKatakana + halfWidth, 1
	case lead == 0xa0 || lead > 0xfc || len(data) == 1:
		return none, 1
	}
	row, trail := int(lead-0x81)*2, int(data[1])
	if lead >= 0xe0 {
		row -= 0x40 * 2
	}
	r := none
	switch {
	case trail >= 0x9f && trail <= 0xfc:
		r = jis0208.at((row+1)*cells + trail - 0x9f)
	case trail >= 0x80 && trail < 0x9f:
		r = jis0208.at(row*cells + trail - 0x41)
	case trail >= 0x40 && trail < 0x7f:
		r = jis0208.at(row*cells + trail - 0x40)
	}
	if r == none {
		return none, skipped(data[1])
	}
	return r, 2
}

const cells = 94 // of a row of JIS X 0208 and 0212

// cell returns a character of JIS X 0208 or 0212 by its bytes in EUC-JP, or none.
func cell(t *table, lead, trail byte) rune {
	if lead < 0xa1 || lead > 0xfe || trail < 0xa1 || trail > 0xfe {
		return none
	}
	return t.at(int(lead-0xa1)*cells + int(trail-0xa1))
}

func fromEUCJP(data []byte) (rune, int) {
	t, pair := &jis0208, data
	switch {
	case len(data) == 1:
		return none, 1
	case data[0] == 0x8e && firstKatakana <= data[1] && data[1] <= lastKatana:
		return rune(data[1]) - firstKatakana + halfWidth, 2
	case data[0] == 0x8f:
		t, pair = &jis0212, data[1:]
	}
	if len(pair) == 1 {
		return none, 1
	}
	if r := cell(t, pair[0], pair[1]); r != none {
		return r, len(data) - len(pair) + 2
	}
	return none, skipped(data[1])
}

// shifts are the escape sequences of ISO-2022-JP, and how the text after them is read. The text up
// to the first one is ASCII.
var shifts = []struct {
	escape string
	read   reader
}{
	{"\x1b(B", readASCII},
	{"\x1b(J", readASCII},
	{"\x1b(I", readKatakana},
	{"\x1b$@", func(data []byte) (rune, int) { return readRow(&jis0208, data) }},
	{"\x1b$B", func(data []byte) (rune, int) { return readRow(&jis0208, data) }},
	{"\x1b$(D", func(data []byte) (rune, int) { return readRow(&jis0212, data) }},
}

func fromISO2022JP(data []byte) []byte {
	text, read := make([]byte, 0, len(data)), reader(readASCII)
next:
	for len(data) > 0 {
		for _, s := range shifts {
			if rest, ok := bytes.CutPrefix(data, []byte(s.escape)); ok {
				data, read = rest, s.read
				continue next
			}
		}
		if data[0] == '\n' {
			read = readASCII
		}
		r, size := read(data)
		text, data = appendRune(text, r), data[size:]
	}
	return text
}

func readASCII(data []byte) (rune, int) {
	if data[0] >= utf8.RuneSelf || data[0] == 0x1b {
		return none, 1
	}
	return rune(data[0]), 1
}

func readKatakana(data []byte) (rune, int) {
	if data[0] < firstKatakana-0x80 || data[0] > lastKatana-0x80 {
		return none, 1
	}
	return rune(data[0]) - (firstKatakana - 0x80) + halfWidth, 1
}

// readRow reads two bytes of a table. A byte that is none of a pair is read again: it may begin an
// escape sequence.
func readRow(t *table, data []byte) (rune, int) {
	if len(data) == 1 || data[1] < 0x21 || data[0] >= utf8.RuneSelf || data[1] >= utf8.RuneSelf {
		return none, 1
	}
	r := cell(t, data[0]|0x80, data[1]|0x80)
	if r == none && data[0] < 0x21 {
		return none, 1
	}
	return r, 2
}
