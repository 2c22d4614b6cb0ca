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

// A Reader reads a document that is being downloaded. It must be closed and is not safe for
// concurrent use.
type Reader struct {
	ContentType string // as stored, for example text/plain; charset=windows-1252
	// charset of the stored document according to the content type or the [Location]; empty:
	// unknown. The data read is UTF-8 unless this is [Binary]
	Charset string

	source *source
	text   io.Reader
}

// Open begins a download. The data read from it is decompressed and, if the charset is known,
// converted to UTF-8. Retries, new URLs and verification happen during Read: an error of Read is
// final, and the document is complete only if Read returns io.EOF. Errors are [*Error], those of
// locate unchanged, and the context's error.
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

// decode converts the text to UTF-8.
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

// Close releases the connection. It always returns nil and may be called more than once.
func (r *Reader) Close() error {
	r.source.close()
	if r.source.err == nil {
		r.source.err = os.ErrClosed
	}
	return nil
}

// unpacked decompresses gzip. It starts with the first read, so that the first response may be
// interrupted.
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
			err = io.ErrUnexpectedEOF // an empty document is not gzip
		}
		if err != nil {
			return 0, err
		}
		u.gzip = z
	}
	return u.gzip.Read(p)
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

// Save downloads a document into a file with mode 0600. The file is replaced only when the download
// is complete; after an error it is unchanged and nothing is left behind.
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
