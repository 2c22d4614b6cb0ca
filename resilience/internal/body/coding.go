package body

// This file removes content codings (RFC 9110, section 8.4).

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"
)

// mostCodings is how many codings a body may have. Each one multiplies what a small body can hold.
const mostCodings = 3

// A CodingError is a body that does not have the content coding that its header declares.
type CodingError struct {
	Coding string
	Err    error
}

func (e *CodingError) Error() string { return "content coding " + e.Coding + ": " + e.Err.Error() }

// Unwrap returns the error of the decoder.
func (e *CodingError) Unwrap() error { return e.Err }

// errUnsupported is the error of a coding that has no decoder here.
var errUnsupported = errors.New("not supported; gzip and deflate are")

// decoders has the known codings. A nil decoder does nothing.
var decoders = map[string]func(*bufio.Reader) (io.Reader, error){
	"":         nil,
	"identity": nil,
	"gzip":     newGzip,
	"x-gzip":   newGzip,
	"deflate":  newDeflate,
}

// Decode makes reads return the body without the content codings in a header Content-Encoding. It
// returns whether there are any, and a [*CodingError] for one that is not supported.
func (b *Body) Decode(contentEncoding []string) (has bool, err error) {
	var names []string
	for _, line := range contentEncoding {
		for name := range strings.SplitSeq(line, ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			d, known := decoders[name]
			switch {
			case !known:
				return false, &CodingError{fmt.Sprintf("%.40q", name), errUnsupported}
			case d != nil:
				names = append(names, name)
			}
		}
	}
	if len(names) > mostCodings {
		return false, &CodingError{strings.Join(names, ", "), errUnsupported}
	}
	if len(names) > 0 {
		b.coded = &coded{names: names}
	}
	return len(names) > 0, nil
}

// Decoded reports whether content codings are removed.
func (b *Body) Decoded() bool { return b.coded != nil }

// decode returns a reader of the body without its codings.
func (b *Body) decode() io.Reader {
	var r io.Reader = rawReader{b}
	for i := len(b.coded.names) - 1; i >= 0; i-- { // the last coding was applied last
		r = &decoder{coding: b.coded.names[i], source: r}
	}
	return r
}

// rawReader reads a body as it was sent.
type rawReader struct{ b *Body }

func (r rawReader) Read(p []byte) (int, error) { return r.b.readRaw(p) }

// A decoder removes one coding. It begins with the first read, because an empty body may have a
// header that declares a coding.
type decoder struct {
	coding string
	source io.Reader
	failed error // of the source
	reader io.Reader
	err    error
}

// Read implements [io.Reader]. Errors of the source are returned unchanged.
func (d *decoder) Read(p []byte) (int, error) {
	if d.err == nil && d.reader == nil {
		d.open()
	}
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.reader.Read(p)
	if err != nil {
		d.err = d.cause(err)
	}
	return n, d.err
}

// open begins to decode.
func (d *decoder) open() {
	buffered := bufio.NewReader(sourceReader{d})
	_, err := buffered.Peek(1)
	if err == nil {
		d.reader, err = decoders[d.coding](buffered)
	}
	if err != nil {
		d.err = d.cause(err)
	}
}

// cause distinguishes the end of the body, a body that was cut, and one that is not coded as its
// header declares.
func (d *decoder) cause(err error) error {
	switch {
	case d.failed != nil:
		return d.failed
	case err == io.EOF, err == io.ErrUnexpectedEOF:
		return err
	}
	return &CodingError{d.coding, err}
}

// sourceReader reads the source of a decoder and keeps its error.
type sourceReader struct{ d *decoder }

func (s sourceReader) Read(p []byte) (int, error) {
	n, err := s.d.source.Read(p)
	if err != nil && err != io.EOF {
		s.d.failed = err
	}
	return n, err
}

func newGzip(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }

// newDeflate decodes the zlib format, which the coding means (RFC 9110, section 8.4.1.2), and data
// without its header, which some servers send.
func newDeflate(r *bufio.Reader) (io.Reader, error) {
	head, err := r.Peek(2)
	if err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	if head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}
