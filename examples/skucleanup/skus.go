package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"
)

// maxSKU is the longest SKU that Amazon accepts, in characters.
const maxSKU = 40

// readSKUs reads a file with one SKU a line. A byte order mark, CRLF, blank lines and blanks around a SKU are tolerated,
// a SKU that stands twice counts once.
func readSKUs(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("SKU file %s: %w", path, unwrapPath(err))
	}
	if info.IsDir() {
		return nil, fmt.Errorf("SKU file %s: is a directory; name a file with one SKU a line", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("SKU file %s: %w", path, unwrapPath(err))
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, fmt.Errorf("SKU file %s: is not UTF-8 text; save it as UTF-8 with one SKU a line", path)
	}
	skus := parseSKUs(string(data))
	if len(skus) == 0 {
		return nil, fmt.Errorf("SKU file %s: holds no SKU; write one a line", path)
	}
	return skus, nil
}

func parseSKUs(text string) []string {
	text = strings.TrimPrefix(text, "\uFEFF")
	seen := map[string]bool{}
	var skus []string
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if sku := strings.TrimSpace(line); sku != "" && !seen[sku] {
			seen[sku] = true
			skus = append(skus, sku)
		}
	}
	return skus
}

// checkSKU says why a SKU cannot be sent to the API, or nil.
func checkSKU(sku string) error {
	switch n := utf8.RuneCountInString(sku); {
	case sku == "." || sku == "..":
		return fmt.Errorf("SKU %q: means a folder in a URL, so the request would reach another resource; delete this listing in Seller Central", sku)
	case n > maxSKU:
		return fmt.Errorf("SKU %.20q…: has %d characters, more than the %d of a SKU; check the line", sku, n, maxSKU)
	}
	return nil
}

// unwrapPath takes the path out of an error of package os: the message names it already.
func unwrapPath(err error) error {
	if pe, ok := err.(*os.PathError); ok {
		return pe.Err
	}
	return err
}
