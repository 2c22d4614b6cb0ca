package documents

// This file turns stored bytes into text: gzip, charsets, byte order marks and the limit.

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// gzipMagic is the beginning of gzip data. No text begins with it.
const gzipMagic = "\x1f\x8b"

// unpacked decompresses gzip. Labels of documents are often wrong, so the first bytes decide, but
// raw documents are decompressed only if they are labeled. It starts with the first read, so that
// the first response may be interrupted.
type unpacked struct {
	source  *source
	labeled bool
	raw     bool
	content io.Reader
	err     error
}

func (u *unpacked) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.read(p)
	if err != nil && err != io.EOF {
		err = u.fault(err)
	}
	u.err = err
	return n, err
}

func (u *unpacked) read(p []byte) (int, error) {
	if u.content == nil {
		if err := u.begin(); err != nil {
			return 0, err
		}
	}
	return u.content.Read(p)
}

// begin decides whether the document is gzip.
func (u *unpacked) begin() error {
	if u.raw && !u.labeled {
		u.content = u.source
		return nil
	}
	stored := bufio.NewReader(u.source)
	head, err := stored.Peek(len(gzipMagic))
	if err != nil && err != io.EOF {
		return err
	}
	switch {
	case string(head) == gzipMagic:
		u.content, err = gzip.NewReader(stored)
		return err
	case u.labeled && strings.HasPrefix(gzipMagic, string(head)): // it is empty or has one byte
		return io.ErrUnexpectedEOF
	}
	u.content = stored
	return nil
}

// fault distinguishes transfer errors from a corrupt document.
func (u *unpacked) fault(err error) error {
	if e := u.source.err; e != nil && !errors.Is(e, io.EOF) {
		return e
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Reason: Corrupt, note: "it ends too early"}
	}
	return &Error{Reason: Corrupt}
}

// encodingOf returns the encoding of a charset, or nil for UTF-8 and an unknown one.
func encodingOf(charset string) (encoding.Encoding, error) {
	name := strings.ToLower(strings.TrimSpace(charset))
	switch name {
	case "", "utf-8", "utf8", "utf_8":
		return nil, nil
	case "cp932", "ms932": // names that Python and Java use
		name = "windows-31j"
	}
	for _, spelling := range []string{name, strings.ReplaceAll(name, "_", "-"), javaName(name)} {
		if found, err := htmlindex.Get(spelling); err == nil {
			return found, nil
		}
	}
	return nil, &Error{Reason: Charset, note: fmt.Sprintf("%.40q", charset)}
}

// javaName returns the standard name of a charset that Java names iso8859_1 or iso8859-1.
func javaName(name string) string {
	if part, ok := strings.CutPrefix(name, "iso8859"); ok {
		return "iso-8859-" + strings.TrimLeft(part, "_-")
	}
	return name
}

// byteOrderMark is U+FEFF in UTF-8.
const byteOrderMark = "\xef\xbb\xbf"

// unmarked removes a byte order mark from the beginning of a text.
type unmarked struct {
	r     io.Reader
	begun bool
}

func (u *unmarked) Read(p []byte) (int, error) {
	if !u.begun {
		u.begun = true
		var head [len(byteOrderMark)]byte
		n, err := io.ReadFull(u.r, head[:])
		rest := head[:n]
		if string(rest) == byteOrderMark {
			rest = nil
		}
		after := u.r
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && err != io.EOF {
			after = failing{err}
		}
		u.r = io.MultiReader(bytes.NewReader(bytes.Clone(rest)), after)
	}
	return u.r.Read(p)
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// limited fails after a number of bytes.
type limited struct {
	r    io.Reader
	most int64
	read int64
	err  error
}

func (l *limited) Read(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	n, err := l.r.Read(p)
	if l.read += int64(n); l.read > l.most {
		n -= int(l.read - l.most)
		err = &Error{Reason: TooLarge, note: fmt.Sprintf("more than %d bytes", l.most)}
	}
	l.err = err
	return n, err
}
