package records

import (
	"bufio"
	"bytes"
	"io"

	"github.com/resgen/resgen/resilience/media"
)

// separator begins each value of a JSON text sequence.
const separator = '\x1e'

// Values reads JSON values: one per line, or a JSON text sequence.
type Values struct {
	r        *bufio.Reader
	limit    int64 // largest value in bytes; 0: none
	sequence bool
	buf      []byte
	depth    int  // of arrays and objects
	quoted   bool // within a string
	escaped  bool // after a backslash
}

// NewValues returns a reader of values. In a sequence a value may have several lines. The limit is
// for one value; if it is 0, there is none.
func NewValues(r io.Reader, limit int64, sequence bool) *Values {
	return &Values{r: bufio.NewReader(r), limit: limit, sequence: sequence}
}

// Next returns the text of the next value, which is valid until the next call, or the error of the
// reader: [io.EOF] at the end of the stream. Empty lines are skipped. Whether the text is JSON is
// not checked.
func (v *Values) Next() ([]byte, error) {
	v.begin()
	for {
		c, err := v.r.ReadByte()
		if err == io.EOF && len(v.value()) > 0 {
			return v.value(), nil
		}
		if err != nil {
			return nil, err
		}
		if v.ends(c) {
			if text := v.value(); len(text) > 0 {
				return text, nil
			}
			v.begin()
			continue
		}
		v.buf = append(v.buf, c)
		if v.limit > 0 && int64(len(v.buf)) > v.limit {
			return nil, ErrTooLarge
		}
	}
}

func (v *Values) begin() { v.buf, v.depth, v.quoted, v.escaped = v.buf[:0], 0, false, false }

// value returns the text that was read without white space and a byte order mark.
func (v *Values) value() []byte { return bytes.TrimSpace(media.TrimStart(v.buf)) }

// ends reports whether a byte is the end of a value.
func (v *Values) ends(c byte) bool {
	if !v.sequence {
		return c == '\n'
	}
	switch {
	case c == separator:
		return true
	case v.escaped:
		v.escaped = false
	case v.quoted:
		v.escaped, v.quoted = c == '\\', c != '"'
	case c == '"':
		v.quoted = true
	case c == '{' || c == '[':
		v.depth++
	case c == '}' || c == ']':
		v.depth--
	case c == '\n':
		return v.depth <= 0
	}
	return false
}
