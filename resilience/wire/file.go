package wire

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// A File is a file of a multipart or binary body. In JSON it is a string. The zero File is absent.
// It is an [io.Reader], so that it can be passed where any binary body can.
type File struct {
	Name        string    // as the server sees it; empty: the name of the member
	ContentType string    // empty: that of the document, else application/octet-stream
	Content     io.Reader // sent again on a retry only if it is an io.Seeker or a *bytes.Buffer; it is not closed
}

// IsZero reports whether the file is absent. A file without content that has a name or a media type
// is an empty file.
func (f File) IsZero() bool { return f.Name == "" && f.ContentType == "" && f.Content == nil }

// Read reads the content, so that a file can be passed as an [io.Reader].
func (f File) Read(p []byte) (int, error) {
	if f.Content == nil {
		return 0, io.EOF
	}
	return f.Content.Read(p)
}

// NewFile returns a file of a text or of bytes.
func NewFile[T string | []byte](name string, content T) File {
	return File{Name: name, Content: strings.NewReader(string(content))}
}

// MarshalJSON returns the content as a string, which it is in JSON. An absent file is null. A
// content that can be read only once is read. Bytes that are not UTF-8 are an error.
func (f File) MarshalJSON() ([]byte, error) {
	if f.IsZero() {
		return []byte("null"), nil
	}
	data, err := f.bytes()
	if err == nil && !utf8.Valid(data) {
		err = errors.New("the bytes of a file are not UTF-8, which JSON needs; send them in a multipart body")
	}
	if err != nil {
		return nil, err
	}
	return Marshal(string(data))
}

// UnmarshalJSON reads a string as the content.
func (f *File) UnmarshalJSON(data []byte) error {
	var text *string
	if err := Unmarshal(data, &text); err != nil {
		return err
	}
	*f = File{}
	if text != nil {
		f.Content = strings.NewReader(*text)
	}
	return nil
}

func (f File) bytes() ([]byte, error) {
	s, err := sourceOf(f.Content)
	if err != nil {
		return nil, err
	}
	r, err := s.open()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// fileOf returns v as a file if it is one.
func fileOf(v any) (File, bool) {
	switch f := v.(type) {
	case File:
		return f, true
	case *File:
		if f != nil {
			return *f, true
		}
	}
	return File{}, false
}

var fileType = reflect.TypeFor[File]()
