package body

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func deflated(text string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 6)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func zlibbed(text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func TestDecode(t *testing.T) {
	text := strings.Repeat("some text ", 100)
	for _, c := range []struct {
		header []string
		sent   string
		want   string
		coded  bool
	}{
		{nil, text, text, false},
		{[]string{""}, text, text, false},
		{[]string{"identity"}, text, text, false},
		{[]string{"Identity, "}, text, text, false},
		{[]string{"gzip"}, zipped(text), text, true},
		{[]string{" GZIP "}, zipped(text), text, true},
		{[]string{"x-gzip"}, zipped(text), text, true},
		{[]string{"gzip"}, zipped(text) + zipped("more"), text + "more", true},
		{[]string{"gzip"}, zipped(""), "", true},
		{[]string{"gzip"}, "", "", true},
		{[]string{"deflate"}, zlibbed(text), text, true},
		{[]string{"deflate"}, deflated(text), text, true},
		{[]string{"deflate"}, "", "", true},
		{[]string{"deflate, gzip"}, zipped(zlibbed(text)), text, true},
		{[]string{"deflate", "gzip"}, zipped(zlibbed(text)), text, true},
		{[]string{"gzip, identity, gzip"}, zipped(zipped(text)), text, true},
		{[]string{"gzip, gzip, gzip"}, zipped(zipped(zipped(text))), text, true},
	} {
		for name, source := range map[string]io.Reader{
			"at once": strings.NewReader(c.sent), "byte by byte": iotest.OneByteReader(strings.NewReader(c.sent)),
		} {
			b := Of(io.NopCloser(source))
			coded, err := b.Decode(c.header)
			if err != nil || coded != c.coded || b.Decoded() != c.coded {
				t.Errorf("%q: %v, %v, %v", c.header, coded, b.Decoded(), err)
			}
			if got, err := io.ReadAll(&b); string(got) != c.want || err != nil {
				t.Errorf("%q %s: %d bytes, %v", c.header, name, len(got), err)
			}
			if n, err := b.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("%q: after the end: %d, %v", c.header, n, err)
			}
		}
	}
}

func TestDecode_Unsupported(t *testing.T) {
	for header, want := range map[string]string{
		"br":        `content coding "br": not supported; gzip and deflate are`,
		"zstd":      `content coding "zstd": not supported; gzip and deflate are`,
		"gzip, Br":  `content coding "br": not supported; gzip and deflate are`,
		"utf-8\x1b": `content coding "utf-8\x1b": not supported; gzip and deflate are`,
		strings.Repeat("x", 50): `content coding "` + strings.Repeat("x", 40) +
			`": not supported; gzip and deflate are`,
		"gzip, gzip, gzip, deflate":    "content coding gzip, gzip, gzip, deflate: not supported; gzip and deflate are",
		"identity, gzip, identity, br": `content coding "br": not supported; gzip and deflate are`,
	} {
		b := Of(io.NopCloser(strings.NewReader("sent")))
		coded, err := b.Decode([]string{header})
		var c *CodingError
		if coded || !errors.As(err, &c) || err.Error() != want {
			t.Errorf("%q: %v, %v", header, coded, err)
		}
		if got, _ := io.ReadAll(&b); string(got) != "sent" {
			t.Errorf("%q: read %q", header, got)
		}
	}
}

func TestDecode_Corrupt(t *testing.T) {
	broken := errors.New("broken")
	text := strings.Repeat("some text ", 100)
	checksum := []byte(zipped(text))
	checksum[len(checksum)-8] ^= 1
	for _, c := range []struct {
		name   string
		coding string
		sent   io.Reader
		want   error // nil: a CodingError
		text   string
	}{
		{"plain as gzip", "gzip", strings.NewReader("{}        "), nil, "content coding gzip: gzip: invalid header"},
		{"plain as deflate", "deflate", strings.NewReader("\x07\xff"), nil,
			"content coding deflate: flate: corrupt input before offset 1"},
		{"checksum", "gzip", bytes.NewReader(checksum), nil, "content coding gzip: gzip: invalid checksum"},
		{"cut gzip", "gzip", strings.NewReader(zipped(text)[:30]), io.ErrUnexpectedEOF, ""},
		{"cut header", "gzip", strings.NewReader(zipped(text)[:3]), io.ErrUnexpectedEOF, ""},
		{"cut zlib", "deflate", strings.NewReader(zlibbed(text)[:20]), io.ErrUnexpectedEOF, ""},
		{"cut after a byte", "deflate", strings.NewReader("x"), io.ErrUnexpectedEOF, ""},
		{"broken at once", "gzip", iotest.ErrReader(broken), broken, ""},
		{"broken in the header", "deflate", io.MultiReader(strings.NewReader("x"), iotest.ErrReader(broken)),
			broken, ""},
		{"broken later", "gzip", io.MultiReader(strings.NewReader(zipped(text)[:30]), iotest.ErrReader(broken)),
			broken, ""},
	} {
		b := Of(io.NopCloser(c.sent))
		if _, err := b.Decode([]string{c.coding}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			_, err := io.ReadAll(&b)
			var coding *CodingError
			switch is := errors.As(err, &coding); {
			case c.want != nil && (is || err != c.want):
				t.Errorf("%s: %v", c.name, err)
			case c.want == nil && (!is || err.Error() != c.text || !errors.Is(err, coding.Err)):
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}

// What follows the coded data is read too, so that the connection can serve again.
func TestDecode_LimitAndRest(t *testing.T) {
	s := newScript(deflated(strings.Repeat("a", 1000)), strings.Repeat("rest", 2000), "end")
	b := Of(s)
	if _, err := b.Decode([]string{"deflate"}); err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if tooLarge, err := b.ReadAll(&buf, 1000); tooLarge || err != nil || buf.Len() != 1000 {
		t.Errorf("%d bytes, %v, %v", buf.Len(), tooLarge, err)
	}
	if b.Close(); !s.isClosed() || len(s.chunks) != 0 {
		t.Errorf("closed %v, %d chunks are left", s.isClosed(), len(s.chunks))
	}
	bomb := Of(io.NopCloser(strings.NewReader(zipped(strings.Repeat("a", 1<<20)))))
	if _, err := bomb.Decode([]string{"gzip"}); err != nil {
		t.Fatal(err)
	}
	buf.Reset()
	if tooLarge, err := bomb.ReadAll(&buf, 1000); !tooLarge || err != nil || buf.Len() != 1001 {
		t.Errorf("%d bytes, %v, %v", buf.Len(), tooLarge, err)
	}
}
