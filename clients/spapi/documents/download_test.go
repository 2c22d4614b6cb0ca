package documents_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/resgen/resgen/clients/spapi/documents"
)

func TestDownload_PlainTextIsUnchanged(t *testing.T) {
	for _, contentType := range []string{
		"", "text/plain", "text/plain; charset=UTF-8", "text/plain; charset=utf8", `text/plain; charset="utf-8"`,
		"application/pdf", "no media type; charset",
	} {
		stored(
			t,
			typed(contentType, []byte("caf\xc3\xa9 \xff\n")),
			func(t *testing.T, s *storage, c *documents.Client) {
				r, err := c.Open(t.Context(), (&at{}).locate)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(r)
				if err != nil || string(got) != "caf\xc3\xa9 \xff\n" ||
					contentType != "" && r.ContentType != contentType {
					t.Errorf("%q: read %q with error %v", contentType, got, err)
				}
				h := s.requests[0].Header
				if h.Get("User-Agent") != "Test/1" || h.Get("Accept-Encoding") != "identity" || len(h) != 2 {
					t.Errorf("sent %v, want nothing that signs", h)
				}
				if err := errors.Join(r.Close(), r.Close()); err != nil {
					t.Error(err)
				}
				if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF && !errors.Is(err, os.ErrClosed) {
					t.Errorf("reading on: %d and %v", n, err)
				}
			},
		)
	}
}

func TestDownload_CharsetsBecomeUTF8(t *testing.T) {
	for _, c := range []struct {
		contentType, known, stored, want string
	}{
		{"text/plain; charset=windows-1252", "", "caf\xe9 \x80", "café €"},
		{"text/plain; charset=Cp1252", "", "\x80", "€"},
		{"text/plain; charset=ISO-8859-1", "", "\xe9", "é"},
		{"text/plain; charset=Shift_JIS", "", "\x83e\x83X\x83g", "テスト"},
		{"text/plain; charset=cp932", "", "\x83e\x83X\x83g", "テスト"},
		{"text/plain; charset=MS932", "", "\x83e\x83X\x83g", "テスト"},
		{"text/plain; charset=EUC_JP", "", "\xa5\xc6\xa5\xb9\xa5\xc8", "テスト"},
		{"text/plain; charset=ISO8859_1", "", "\xe9", "é"},
		{"text/plain; charset=ISO8859-1", "", "\xe9", "é"},
		{"text/plain; charset=ISO8859_15", "", "\xa4", "€"},
		{"text/plain; charset=utf_8", "", "\xc3\xa9\xff", "é\xff"},
		{"text/plain; charset=UTF-16LE", "", "h\x00i\x00", "hi"},
		{"text/plain", "windows-1252", "\xe9", "é"},
		{"text/plain; charset=windows-1252", "utf-8", "\xc3\xa9", "é"},
		{"text/plain; charset=windows-1252", documents.Binary, "\xe9", "\xe9"},
	} {
		stored(t, typed(c.contentType, []byte(c.stored)), func(t *testing.T, s *storage, client *documents.Client) {
			r, err := client.Open(t.Context(), (&at{loc: documents.Location{Charset: c.known}}).locate)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != c.want {
				t.Errorf("%s as %q: %q with error %v, want %q", c.contentType, c.known, got, err, c.want)
			}
		})
	}
}

func TestDownload_UnknownCharset(t *testing.T) {
	stored(t, typed("text/plain; charset=klingon", []byte("x")), func(t *testing.T, s *storage, c *documents.Client) {
		r, err := c.Open(t.Context(), (&at{}).locate)
		failure(t, err, documents.Charset, 0, 0)
		if r != nil || !strings.Contains(err.Error(), `"klingon"`) {
			t.Errorf("reader %v with error %v", r, err)
		}
		path := filepath.Join(t.TempDir(), "report")
		failure(t, c.Save(t.Context(), (&at{}).locate, path), documents.Charset, 0, 0)
		empty(t, path)
	})
}

// empty checks that no complete or partial file is left.
func empty(t *testing.T, path string) {
	t.Helper()
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
		t.Errorf("left %v (%v), want nothing", left, err)
	}
}

func TestDownload_Unpacks(t *testing.T) {
	long := strings.Repeat("a long report\n", 10_000)
	for _, c := range []struct {
		name   string
		loc    documents.Location
		header string
	}{
		{"by its location", documents.Location{Gzip: true}, ""}, {"by its header", documents.Location{}, "gzip"},
		{"by both, once", documents.Location{Gzip: true}, "GZIP"},
		{"without a label", documents.Location{}, ""},
	} {
		stored(t, func(n int, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=windows-1252")
			if c.header != "" {
				w.Header().Set("Content-Encoding", c.header)
			}
			_, _ = w.Write(zipped(long + "\xe9"))
		}, func(t *testing.T, s *storage, client *documents.Client) {
			r, err := client.Open(t.Context(), (&at{loc: c.loc}).locate)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(iotest.OneByteReader(r)); err != nil || string(got) != long+"é" {
				t.Errorf("%s: %d bytes with error %v", c.name, len(got), err)
			}
		})
	}
}

// Documents with a gzip label may not be gzip, and raw ones are unpacked only with a label.
func TestDownload_LabelsOfGzip(t *testing.T) {
	whole := zipped("text")
	for _, c := range []struct {
		name   string
		stored []byte
		loc    documents.Location
		want   string
	}{
		{"plain text", []byte("plain"), documents.Location{Gzip: true}, "plain"},
		{"one byte", []byte("p"), documents.Location{Gzip: true}, "p"},
		{"half of the magic", []byte("\x1fp"), documents.Location{Gzip: true}, "\x1fp"},
		{"half of the magic, not labeled", []byte("\x1f"), documents.Location{}, "\x1f"},
		{"empty, not labeled", nil, documents.Location{}, ""},
		{"raw", whole, documents.Location{Charset: documents.Binary}, string(whole)},
		{"raw, labeled", whole, documents.Location{Charset: documents.Binary, Gzip: true}, "text"},
	} {
		stored(t, ranged(c.stored, 0, 1), func(t *testing.T, s *storage, client *documents.Client) {
			r, err := client.Open(t.Context(), (&at{loc: c.loc}).locate)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != c.want {
				t.Errorf("%s: %q, %v", c.name, got, err)
			}
		})
	}
}

func TestDownload_ByteOrderMarks(t *testing.T) {
	const mark = "\xef\xbb\xbf"
	for _, c := range []struct {
		contentType, known, stored, want string
	}{
		{"text/plain", "", mark + "text", "text"},
		{"text/plain; charset=UTF-8", "", mark + "text" + mark, "text" + mark},
		{"text/plain", "", mark + mark, mark},
		{"text/plain", "", mark, ""},
		{"text/plain", "", mark[:2], mark[:2]},
		{"text/plain", "", "te", "te"},
		{"text/plain", "", "", ""},
		{"text/plain; charset=UTF-16LE", "", "\xff\xfeh\x00i\x00", "hi"},
		{"text/plain; charset=UTF-16BE", "", "\xfe\xff\x00h\x00i", "hi"},
		{"text/plain", documents.Binary, mark + "text", mark + "text"},
	} {
		stored(t, typed(c.contentType, []byte(c.stored)), func(t *testing.T, s *storage, client *documents.Client) {
			r, err := client.Open(t.Context(), (&at{loc: documents.Location{Charset: c.known}}).locate)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(iotest.OneByteReader(r)); err != nil || string(got) != c.want {
				t.Errorf("%q as %s %s: %q, %v", c.stored, c.contentType, c.known, got, err)
			}
		})
	}
}

// The limit holds for the stored and for the decoded bytes.
func TestDownload_TooLarge(t *testing.T) {
	zeros := bytes.Repeat([]byte{0}, 1<<20)
	for _, c := range []struct {
		name   string
		stored []byte
		most   int64
		ok     bool
		text   string
	}{
		{"as allowed", []byte("0123456789"), 10, true, ""},
		{"one byte more", []byte("0123456789"), 9, false, "more than 9 bytes are stored"},
		{"a bomb, as allowed", zipped(string(zeros)), 1 << 20, true, ""},
		{"a bomb", zipped(string(zeros)), 1<<20 - 1, false, "more than 1048575 bytes"},
		{"members without content", bytes.Repeat(zipped(""), 1000), 5000, false, "more than 5000 bytes are stored"},
		{"no limit", zipped(string(zeros)), -1, true, ""},
		{"the default", zipped(string(zeros)), 0, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			stored(t, ranged(c.stored), func(t *testing.T, s *storage, client *documents.Client) {
				client.MaxBytes = c.most
				path := filepath.Join(t.TempDir(), "report")
				err := client.Save(t.Context(), (&at{}).locate, path)
				if c.ok {
					if err != nil {
						t.Error(err)
					}
					return
				}
				failure(t, err, documents.TooLarge, 0, 0)
				if err == nil || !strings.Contains(err.Error(), c.text) || s.count() != 1 ||
					!strings.Contains(err.Error(), "raise Client.MaxBytes") {
					t.Errorf("%v after %d requests", err, s.count())
				}
				empty(t, path)
				r, err := client.Open(t.Context(), (&at{}).locate)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(r)
				failure(t, err, documents.TooLarge, 0, 0)
				if int64(len(got)) > c.most {
					t.Errorf("%d bytes were handed out", len(got))
				}
				if n, again := r.Read(make([]byte, 1)); n != 0 || again != err {
					t.Errorf("reading on: %d, %v", n, again)
				}
			})
		})
	}
}

// A corrupt document is an immediate error, because another download would not help, and leaves no
// partial file.
func TestDownload_BrokenDocuments(t *testing.T) {
	whole := zipped(strings.Repeat("text ", 5000))
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-6] ^= 1 // in the checksum of the gzip
	for _, c := range []struct {
		name   string
		stored []byte
		loc    documents.Location
		reason documents.Reason
		text   string
	}{
		{
			"a cut gzip", whole[:len(whole)/2], documents.Location{Gzip: true}, documents.Corrupt,
			"not valid gzip: it ends too early",
		},
		{"a cut head of a gzip", whole[:5], documents.Location{Gzip: true}, documents.Corrupt, "ends too early"},
		{"nothing for a gzip", nil, documents.Location{Gzip: true}, documents.Corrupt, "ends too early"},
		{"one byte for a gzip", whole[:1], documents.Location{Gzip: true}, documents.Corrupt, "ends too early"},
		{"a flipped bit", flipped, documents.Location{Gzip: true}, documents.Corrupt, "not valid gzip"},
		{
			"something behind a gzip", append(bytes.Clone(whole), "something else"...),
			documents.Location{Gzip: true}, documents.Corrupt, "not valid gzip",
		},
		{
			"a wrong checksum", []byte("text"), documents.Location{MD5: sum([]byte("test"))}, documents.Checksum,
			"its checksum does not match",
		},
		{
			"a wrong checksum of a gzip", whole, documents.Location{Gzip: true, MD5: sum([]byte("test"))},
			documents.Checksum, "its checksum does not match",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			stored(t, ranged(c.stored), func(t *testing.T, s *storage, client *documents.Client) {
				path := filepath.Join(t.TempDir(), "report")
				err := client.Save(t.Context(), (&at{loc: c.loc}).locate, path)
				failure(t, err, c.reason, 0, 0)
				if err == nil || !strings.Contains(err.Error(), c.text) || s.count() != 1 {
					t.Errorf("%v after %d requests, want %q after one", err, s.count(), c.text)
				}
				empty(t, path)
			})
		})
	}
}

func TestDownload_RightChecksum(t *testing.T) {
	whole := zipped("text")
	for _, loc := range []documents.Location{
		{Gzip: true, MD5: sum(whole)}, {MD5: sum(whole), Charset: documents.Binary},
	} {
		stored(t, ranged(whole, 5, 7), func(t *testing.T, s *storage, c *documents.Client) {
			path := filepath.Join(t.TempDir(), "report")
			if err := os.WriteFile(
				path, []byte("the report of yesterday, which is longer than that of today"), 0o600,
			); err != nil {
				t.Fatal(err)
			}
			if err := c.Save(t.Context(), (&at{loc: loc}).locate, path); err != nil {
				t.Fatal(err)
			}
			want := "text"
			if !loc.Gzip {
				want = string(whole)
			}
			got, err := os.ReadFile(path)
			info, _ := os.Stat(path)
			if err != nil || string(got) != want || info.Mode().Perm() != 0o600 {
				t.Errorf("saved %q with mode %v and error %v", got, info.Mode(), err)
			}
			if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
				t.Errorf("left %v", left)
			}
		})
	}
}
