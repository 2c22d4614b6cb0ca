package batch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
)

// A journal is a text file. Its first line is a header, each further line is about one item. A line
// is a checksum in eight hexadecimal digits, a space, and a JSON object:
//
//	5f0c1b2a {"format":"resgen-journal","version":1,"job":"cleanup","input":"1f…"}
//	9be0a1c3 {"n":2,"key":"SKU-1","begin":"KJ5…","open":true}
//	03d7f6e1 {"n":3,"key":"SKU-1","result":{"outcome":"done","attempts":1,"requests":1}}

const (
	formatName    = "resgen-journal"
	formatVersion = 1
	sumLength     = len("00000000 ") // of the checksum and the space
)

// A header is the first line.
type header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Job     string `json:"job"`
	Input   string `json:"input"`
}

// A line says that an item is about to be processed with an idempotency key, or how that ended. In
// a file that was rewritten, it can be both: processing has begun again after the result.
type line struct {
	Number int     `json:"n"` // of the line, from 1
	Key    string  `json:"key"`
	Begin  string  `json:"begin,omitempty"` // idempotency key
	Result *Result `json:"result,omitempty"`
	Open   bool    `json:"open,omitempty"` // processing has begun, after the result if there is one
}

// apply returns the record after the line.
func (l line) apply(r Record) Record {
	if l.Begin != "" {
		r.IdempotencyKey = l.Begin
	}
	if l.Result != nil {
		r.Result = *l.Result
	}
	r.Begun = l.Open
	return r
}

// lineOf returns the line that has all of a record.
func lineOf(number int, key string, r Record) line {
	l := line{Number: number, Key: key, Begin: r.IdempotencyKey, Open: r.Begun}
	if r.Result.Outcome != "" {
		l.Result = &r.Result
	}
	return l
}

func (l line) encode() []byte { return encode(l) }

// encode returns a line with its checksum.
func encode(v any) []byte {
	var b bytes.Buffer
	b.WriteString("00000000 ")
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // only strings, numbers and booleans are encoded
	}
	data := b.Bytes()
	copy(data, fmt.Sprintf("%08x", sum(data[9:len(data)-1])))
	return data
}

// sum returns the checksum of a JSON object.
func sum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

var errChecksum = errors.New("its checksum does not match")

// decode decodes a line without its end.
func decode(data []byte, v any) error {
	if len(data) < 10 || data[8] != ' ' {
		return errors.New("it has no checksum")
	}
	want, err := strconv.ParseUint(string(data[:8]), 16, 32)
	if err != nil || uint32(want) != sum(data[9:]) {
		return errChecksum
	}
	return json.Unmarshal(data[9:], v)
}
