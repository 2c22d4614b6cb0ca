package wire

// This file encodes request bodies. It starts in Body.Encode.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
)

// A Payload is an encoded request body.
type Payload struct {
	ContentType string
	Length      int64 // bytes; -1: unknown

	// Open returns the body from its first byte; every call returns the same bytes. The results can
	// be read concurrently. Closing a result does not close a reader that the caller of the
	// operation passed in, but ends its use. If OneShot is set, the second call returns
	// [ErrConsumed].
	Open func() (io.ReadCloser, error)

	OneShot    bool // the body comes from a reader that cannot go back: it can be sent once
	FromReader bool // the body is read from a reader of the caller, which may fail
}

// ErrConsumed is returned when a body that can be read only once is opened again.
var ErrConsumed = errors.New("the body was read already and cannot be sent again; pass bytes or an io.ReadSeeker")

// ErrNoBody is returned by [Body.Encode] for a required body that is absent.
var ErrNoBody = errors.New("the operation needs a body; pass one")

// Encode encodes v, whose type must match the body's format: any value for JSON, a struct or a map
// for forms, a string for Text, []byte, a string, a [File] or an [io.Reader] for Binary. It returns
// nil for an absent body that is not required, and [ErrNoBody] for one that is required, unless
// null is one of its values. A body with required members that have no value is an [*UnsetError].
func (b *Body) Encode(v any) (*Payload, error) {
	switch file, isFile := fileOf(v); {
	case !isNil(v) && (!isFile || !file.IsZero()):
	case !b.Required:
		return nil, nil
	case b.Nullable && b.Format == JSON:
		return bytesPayload(b.mediaOr("application/json"), []byte("null")), nil
	default:
		return nil, ErrNoBody
	}
	p, err := b.encode(v)
	if err != nil {
		return nil, fmt.Errorf("body as %s: %w", b.Media, err)
	}
	return p, nil
}

func (b *Body) encode(v any) (*Payload, error) {
	switch b.Format {
	case JSON:
		data, err := marshalSent(v)
		return bytesPayload(b.mediaOr("application/json"), data), err
	case FormURL:
		data, err := b.encodeForm(v)
		return bytesPayload(b.mediaOr("application/x-www-form-urlencoded"), data), err
	case Multipart:
		return b.encodeMultipart(v)
	case Text:
		data, err := textBytes(v)
		return bytesPayload(b.mediaOr("text/plain; charset=utf-8"), data), err
	case Binary:
		return b.encodeBinary(v)
	}
	return nil, fmt.Errorf("unknown format %d", b.Format)
}

// mediaOr returns the media type of the document, or other if the document has none or a range.
func (b *Body) mediaOr(other string) string {
	if b.Media == "" || strings.Contains(b.Media, "*") {
		return other
	}
	return b.Media
}

// A memoryBody is a payload of bytes. The reader of its first use shares its allocation.
type memoryBody struct {
	Payload
	data   []byte
	first  bytes.Reader
	opened atomic.Bool
}

func bytesPayload(media string, data []byte) *Payload {
	m := &memoryBody{data: data}
	m.Payload = Payload{ContentType: media, Length: int64(len(data)), Open: m.open}
	return &m.Payload
}

// open returns a reader that net/http knows, so that it writes the body together with the headers.
func (m *memoryBody) open() (io.ReadCloser, error) {
	r := &m.first
	if m.opened.Swap(true) {
		r = new(bytes.Reader)
	}
	r.Reset(m.data)
	return io.NopCloser(r), nil
}

// textBytes returns the body for a text.
func textBytes(v any) ([]byte, error) {
	if data, ok := v.([]byte); ok {
		return data, nil
	}
	n, err := nodeOf(v)
	if err == nil && n.kind != scalar {
		err = errors.New("a list or object is not text; pass a string")
	}
	return []byte(n.text), err
}

func (b *Body) encodeBinary(v any) (*Payload, error) {
	media := b.mediaOr("application/octet-stream")
	inRange, unfit := b.mediaOr("") == "", MatchMedia(b.Media, media) == 0
	if f, ok := fileOf(v); ok {
		switch {
		case inRange && f.ContentType != "":
			media = f.ContentType
		case inRange && unfit:
			return nil, fmt.Errorf("the file has no media type; set its ContentType to one of %s", b.Media)
		}
		v = f.Content
	} else if _, ok := v.(io.Reader); ok && inRange && unfit {
		const text = "the reader has no media type; pass a wire.File whose ContentType is one of %s, " +
			"or set the header Content-Type"
		return nil, fmt.Errorf(text, b.Media)
	}
	s, err := sourceOf(v)
	if err != nil {
		return nil, err
	}
	return s.payload(media), nil
}

// A source is a piece of a body that can be opened.
type source struct {
	length  int64 // -1: unknown
	oneShot bool
	open    func() (io.Reader, error)
	foreign bool // it uses a reader of the caller
}

func (s source) payload(media string) *Payload {
	open := func() (io.ReadCloser, error) {
		r, err := s.open()
		switch {
		case err != nil:
			return nil, err
		case s.foreign:
			return newOpened(r), nil
		}
		return io.NopCloser(r), nil
	}
	return &Payload{ContentType: media, Length: s.length, OneShot: s.oneShot, FromReader: s.foreign, Open: open}
}

func bytesSource(data []byte) source {
	return source{length: int64(len(data)), open: func() (io.Reader, error) { return bytes.NewReader(data), nil }}
}

// sourceOf returns a source of bytes or of a reader. A reader that can seek is read from its
// current position.
func sourceOf(v any) (source, error) {
	switch x := v.(type) {
	case nil:
		return bytesSource(nil), nil
	case []byte:
		return bytesSource(x), nil
	case string:
		return bytesSource([]byte(x)), nil
	case *bytes.Buffer:
		return bytesSource(x.Bytes()), nil
	case io.ReadSeeker:
		return seekSource(x)
	case io.Reader:
		return streamSource(x), nil
	}
	n, err := nodeOf(v)
	if err != nil || n.kind != scalar {
		return source{}, fmt.Errorf("%T cannot be sent; pass []byte, string or io.Reader", v)
	}
	return bytesSource([]byte(n.text)), nil
}

// seekSource reads from a seeker, from its current position to its end. The results of open are
// independent of one another: each reads at its own offset.
func seekSource(r io.ReadSeeker) (source, error) {
	start, err := r.Seek(0, io.SeekCurrent)
	if err != nil { // a pipe, for example, has the method but cannot do it
		return streamSource(r), nil
	}
	end, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return streamSource(r), nil
	}
	if _, err := r.Seek(start, io.SeekStart); err != nil {
		return source{}, fmt.Errorf("seek back to the start of the body: %w", err)
	}
	s := source{length: max(end-start, 0), foreign: true}
	at := readerAt(r, start)
	s.open = func() (io.Reader, error) { return io.NewSectionReader(at, start, s.length), nil }
	return s, nil
}

// readerAt returns a reader at any offset of r, which is at offset start. The method ReadAt of
// other types is not used: a type that embeds a file and has its own Read has that of the file.
func readerAt(r io.ReadSeeker, start int64) io.ReaderAt {
	switch at := r.(type) {
	case *os.File:
		return at
	case *bytes.Reader:
		return at
	case *strings.Reader:
		return at
	case *io.SectionReader:
		return at
	}
	return &seekerAt{seeker: r, at: start}
}

// streamSource returns a source that can be opened once.
func streamSource(r io.Reader) source {
	length := int64(-1)
	if l, ok := r.(interface{ Len() int }); ok {
		length = int64(l.Len())
	}
	var used atomic.Bool
	return source{length: length, oneShot: true, foreign: true, open: func() (io.Reader, error) {
		if used.Swap(true) {
			return nil, ErrConsumed
		}
		return r, nil
	}}
}
