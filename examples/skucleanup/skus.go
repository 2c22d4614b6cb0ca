package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"
)

// maxSKU is the maximum length of a SKU at Amazon, in characters.
const maxSKU = 40

// readSKUs reads a file with one SKU per line. It ignores a byte order mark, carriage returns,
// blank lines, space around SKUs and duplicates.
func readSKUs(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("SKU file %s: %w", path, unwrapPath(err))
	}
	if info.IsDir() {
		return nil, fmt.Errorf("SKU file %s: is a directory; name a file with one SKU per line", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("SKU file %s: %w", path, unwrapPath(err))
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, fmt.Errorf("SKU file %s: is not UTF-8 text; save it as UTF-8 with one SKU per line", path)
	}
	skus := parseSKUs(string(data))
	if len(skus) == 0 {
		return nil, fmt.Errorf("SKU file %s: has no SKU; write one per line", path)
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

// checkSKU returns an error if a SKU cannot be sent to the API.
func checkSKU(sku string) error {
	switch n := utf8.RuneCountInString(sku); {
	case sku == "." || sku == "..":
		return fmt.Errorf("SKU %q: is a relative path in a URL and would address another resource; "+
			"delete this listing in Seller Central", sku)
	case n > maxSKU:
		return fmt.Errorf("SKU %.20q…: has %d characters, more than %d; check the line", sku, n, maxSKU)
	}
	return nil
}

// unwrapPath removes the path from an error of package os, for messages that already name it.
func unwrapPath(err error) error {
	if pe, ok := err.(*os.PathError); ok {
		return pe.Err
	}
	return err
}
