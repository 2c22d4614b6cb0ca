package charset

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

var update = flag.Bool("update", false, "rewrite the tables of package charset")

// oracle returns the decoder of golang.org/x/text for a charset.
func oracle(t *testing.T, name string) *encoding.Decoder {
	t.Helper()
	e, err := htmlindex.Get(name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return e.NewDecoder()
}

// character returns what the bytes are as one character, or none.
func character(t *testing.T, d *encoding.Decoder, data ...byte) rune {
	t.Helper()
	text, err := d.Bytes(data)
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.Index(combined[:], string(text)); i >= 0 {
		return unicode.MaxRune + 1 + rune(i)
	}
	r, n := utf8.DecodeRune(text)
	if n != len(text) {
		return none
	}
	return r
}

// expected returns the tables as golang.org/x/text has them.
func expected(t *testing.T) map[string][]rune {
	all := map[string][]rune{}
	for names := range strings.SplitSeq(singleByte, ";") {
		d := oracle(t, strings.Fields(names)[0])
		for b := 0x80; b <= 0xff; b++ {
			all["single"] = append(all["single"], character(t, d, byte(b)))
		}
	}
	for _, name := range []string{"gbk", "big5", "euc-kr"} {
		d := oracle(t, name)
		for lead := firstLead; lead <= lastLead; lead++ {
			for trail := firstTrail; trail <= lastTrail; trail++ {
				all[name] = append(all[name], character(t, d, byte(lead), byte(trail)))
			}
		}
	}
	sjis, eucJP := oracle(t, "shift_jis"), oracle(t, "euc-jp")
	for row := range 120 {
		for cell := range 94 {
			lead, trail := row/2+0x81, cell+0x40
			if lead > 0x9f {
				lead += 0x40
			}
			if row%2 == 1 {
				trail = cell + 0x9f
			} else if trail >= 0x7f {
				trail++
			}
			all["jis0208"] = append(all["jis0208"], character(t, sjis, byte(lead), byte(trail)))
		}
	}
	for row := range 94 {
		for cell := range 94 {
			all["jis0212"] = append(all["jis0212"], character(t, eucJP, 0x8f, byte(row+0xa1), byte(cell+0xa1)))
		}
	}
	gb18030 := oracle(t, "gb18030")
	for i := range fourBytes {
		all["gb18030"] = append(all["gb18030"], character(t, gb18030,
			byte(i/12600+0x81), byte(i/1260%10+0x30), byte(i/10%126+0x81), byte(i%10+0x30)))
	}
	return all
}

// pack is the inverse of unpack.
func pack(t *testing.T, table []rune) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	last := rune(0)
	for _, r := range table {
		d := int64(0)
		if r != none {
			if d, last = int64(r-last), r; d >= 0 {
				d++
			}
		}
		if _, err := w.Write(binary.AppendVarint(nil, d)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The tables have exactly the characters that golang.org/x/text has.
func TestTables(t *testing.T) {
	tables := map[string]*table{
		"single": &single, "jis0208": &jis0208, "jis0212": &jis0212, "gbk": &gbk, "gb18030": &gb18030,
		"big5": &big5, "euc-kr": &eucKR,
	}
	for name, want := range expected(t) {
		if *update {
			if err := os.WriteFile("tables/"+name+".bin", pack(t, want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got := unpack(tables[name].packed); !slices.Equal(got, want) {
			t.Errorf("%s differs; run go test ./resilience/internal/charset -update", name)
		}
	}
}
