package charset

// This file unpacks tables of characters when they are first used. Those of golang.org/x/text are
// eight times as large, because they are not packed, and are linked with the tables for writing.

import (
	"bufio"
	"compress/flate"
	_ "embed" // the tables
	"encoding/binary"
	"strings"
	"sync"
)

// A table has characters. Packed, each is a signed varint: 0 for none, otherwise the distance from
// the character before, plus one if that is not negative.
type table struct {
	packed string
	once   sync.Once
	runes  []rune
}

//go:embed tables/single.bin
var singlePacked string

//go:embed tables/jis0208.bin
var jis0208Packed string

//go:embed tables/jis0212.bin
var jis0212Packed string

//go:embed tables/gbk.bin
var gbkPacked string

//go:embed tables/gb18030.bin
var gb18030Packed string

//go:embed tables/big5.bin
var big5Packed string

//go:embed tables/euc-kr.bin
var eucKRPacked string

var (
	single  = table{packed: singlePacked}  // 128 characters for each charset
	jis0208 = table{packed: jis0208Packed} // rows of 94
	jis0212 = table{packed: jis0212Packed} // rows of 94
	gbk     = table{packed: gbkPacked}     // pairs of bytes
	gb18030 = table{packed: gb18030Packed} // sequences of four bytes
	big5    = table{packed: big5Packed}    // pairs of bytes
	eucKR   = table{packed: eucKRPacked}   // pairs of bytes
)

// at returns the character with an index, or none.
func (t *table) at(i int) rune {
	t.once.Do(func() { t.runes = unpack(t.packed) })
	if i >= len(t.runes) {
		return none
	}
	return t.runes[i]
}

func unpack(packed string) []rune {
	var (
		r    = bufio.NewReader(flate.NewReader(strings.NewReader(packed)))
		list []rune
		last rune
	)
	for {
		d, err := binary.ReadVarint(r)
		switch {
		case err != nil:
			return list
		case d == 0:
			list = append(list, none)
			continue
		case d > 0:
			d--
		}
		last += rune(d)
		list = append(list, last)
	}
}
