package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestReadSKUs(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"one per line":    {"a\nb\n", []string{"a", "b"}},
		"no end of line":  {"a\nb", []string{"a", "b"}},
		"byte order mark": {"\uFEFFa\nb\n", []string{"a", "b"}},
		"CRLF":            {"a\r\nb\r\n", []string{"a", "b"}},
		"blank lines":     {"\n\na\n  \n\t\nb\n\n", []string{"a", "b"}},
		"blanks around":   {"  a\t\n b \n", []string{"a", "b"}},
		"duplicates":      {"a\nb\na\nb\na\n", []string{"a", "b"}},
		"a space within":  {"a b\n", []string{"a b"}},
		"slash and comma": {"a/b\nc,d\n", []string{"a/b", "c,d"}},
		"percent and é":   {"%2F\né\n", []string{"%2F", "é"}},
		"dots are kept":   {".\n..\n", []string{".", ".."}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readSKUs(write(t, c.text))
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestReadSKUs_Errors(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ path, want string }{
		"absent":      {filepath.Join(dir, "none.txt"), "no such file or directory"},
		"a directory": {dir, "is a directory; name a file with one SKU per line"},
		"empty":       {write(t, ""), "has no SKU; write one per line"},
		"only blanks": {write(t, "\uFEFF\r\n \n"), "has no SKU; write one per line"},
		"binary":      {write(t, "a\x00b\n"), "is not UTF-8 text; save it as UTF-8 with one SKU per line"},
		"Latin-1":     {write(t, "caf\xe9\n"), "is not UTF-8 text; save it as UTF-8 with one SKU per line"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readSKUs(c.path)
			if want := "SKU file " + c.path + ": " + c.want; err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

func TestCheckSKU(t *testing.T) {
	for sku, want := range map[string]string{
		"a/b": "", "c,d": "", "e f": "", "é": "", "%2F": "", "...": "", ".a": "",
		strings.Repeat("é", 40): "",
		".":                     "is a relative path in a URL",
		"..":                    "is a relative path in a URL",
		strings.Repeat("é", 41): "has 41 characters, more than 40",
	} {
		err := checkSKU(sku)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("checkSKU(%q) = %v, want %q", sku, err, want)
		}
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "skus.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
