package documents

import (
	"context"
	"io"
	"mime"
	"os"
	"path/filepath"
	"strings"

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
// converted to UTF-8 without a byte order mark; see [Binary] for the exception. Retries, new URLs
// and verification happen during Read: an error of Read is final, and the document is complete only
// if Read returns io.EOF. Errors are [*Error], those of locate unchanged, and the context's error.
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
	labeled := s.loc.Gzip || strings.EqualFold(s.resp.Header.Get("Content-Encoding"), "gzip")
	r.Charset = charsetOf(r.ContentType, s.loc.Charset)
	r.text = &unpacked{source: s, labeled: labeled, raw: r.Charset == Binary}
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

// decode converts the text to UTF-8 and limits it.
func (r *Reader) decode() error {
	most := r.source.client.maxBytes()
	if r.Charset == Binary {
		r.text = &limited{r: r.text, most: most}
		return nil
	}
	found, err := encodingOf(r.Charset)
	if err != nil {
		return err
	}
	if found != nil {
		r.text = transform.NewReader(r.text, found.NewDecoder())
	}
	r.text = &limited{r: &unmarked{r: r.text}, most: most}
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
