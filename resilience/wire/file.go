package wire

import (
	"errors"
	"io"
	"reflect"
	"strings"
)

// A File is a file of a multipart or binary body. The zero File is absent.
type File struct {
	Name        string    // as the server sees it; empty: the name of the member
	ContentType string    // empty: that of the document, else application/octet-stream
	Content     io.Reader // sent again on a retry only if it is an io.Seeker or a *bytes.Buffer; it is not closed
}

// IsZero reports whether the file is absent. A file without content that has a name or a media type
// is an empty file.
func (f File) IsZero() bool { return f.Name == "" && f.ContentType == "" && f.Content == nil }

// NewFile returns a file of a text or of bytes.
func NewFile[T string | []byte](name string, content T) File {
	return File{Name: name, Content: strings.NewReader(string(content))}
}

// MarshalJSON returns an error: JSON has no files.
func (f File) MarshalJSON() ([]byte, error) {
	return nil, errors.New("a file cannot be sent as JSON; it is for multipart and binary bodies")
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
