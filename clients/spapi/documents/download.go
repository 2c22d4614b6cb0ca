package documents

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

// A Reader is a document on its way. It must be closed; it is for one goroutine.
type Reader struct {
	ContentType string // as it was stored: text/plain; charset=windows-1252
	// of what is stored, as the content type or the [Location] names it; empty: none is named. What
	// is read is UTF-8, unless this is [Binary]
	Charset string

	source *source
	text   io.Reader
}

// Open begins a download. What is read of it is unpacked and, where a charset is known, UTF-8.
// Attempts, new URLs and checks are made on the way: an error of Read is the last word, and the
// document is whole only if Read ends with io.EOF. Errors are [*Error], those of locate as they
// are, and that of the context.
func (c *Client) Open(ctx context.Context, locate Locate) (*Reader, error) {
	r := &Reader{source: c.newSource(ctx, locate)}
	if err := r.begin(); err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Reader) begin() error {
	s := r.source
	if err := s.open(); err != nil {
		return err
	}
	r.ContentType = s.resp.Header.Get("Content-Type")
	packed := s.loc.Gzip || strings.EqualFold(s.resp.Header.Get("Content-Encoding"), "gzip")
	r.Charset = charsetOf(r.ContentType, s.loc.Charset)
	r.text = s
	if packed {
		r.text = &unpacked{source: s}
	}
	return r.decode()
}

// charsetOf returns the charset of a document.
func charsetOf(contentType, known string) string {
	if known != "" {
		return known
	}
	_, params, _ := mime.ParseMediaType(contentType)
	return params["charset"]
}

// decode turns the text into UTF-8.
func (r *Reader) decode() error {
	name := strings.TrimSpace(r.Charset)
	if name == "" || name == Binary || strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8") {
		return nil
	}
	found, err := htmlindex.Get(name)
	if err != nil {
		return &Error{Reason: Charset, note: fmt.Sprintf("%.40q", name)}
	}
	r.text = transform.NewReader(r.text, found.NewDecoder())
	return nil
}

// Read reads the document.
func (r *Reader) Read(p []byte) (int, error) { return r.text.Read(p) }

// Close gives the connection back. It always returns nil and may be called more than once.
func (r *Reader) Close() error {
	r.source.close()
	if r.source.err == nil {
		r.source.err = os.ErrClosed
	}
	return nil
}

// unpacked reads a gzip. It begins with the first read, so that the beginning may come in several
// pieces.
type unpacked struct {
	source *source
	gzip   *gzip.Reader
	err    error
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
	if u.gzip == nil {
		z, err := gzip.NewReader(bufio.NewReader(u.source))
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // nothing at all is no gzip
		}
		if err != nil {
			return 0, err
		}
		u.gzip = z
	}
	return u.gzip.Read(p)
}

// fault tells an error of the transfer from one of what is stored.
func (u *unpacked) fault(err error) error {
	if e := u.source.err; e != nil && !errors.Is(e, io.EOF) {
		return e
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Reason: Corrupt, note: "it ends too early"}
	}
	return &Error{Reason: Corrupt}
}

// Save downloads a document into a file. The file appears when it is whole; if anything fails,
// nothing is left and what was there stays. Its mode is 0600.
func (c *Client) Save(ctx context.Context, locate Locate, path string) (err error) {
	r, err := c.Open(ctx, locate)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = io.Copy(f, r); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
