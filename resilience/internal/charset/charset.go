package charset

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	// The tests of programs import package faults, which needs another package of this module.
	// go get adds a module to the go.mod of a program only if the runtime needs it too.
	_ "golang.org/x/text/transform"

	"github.com/resgen/resgen/resilience/media"
)

// Of returns the charset that a Content-Type declares, or "".
func Of(contentType string) string {
	_, params, ok := strings.Cut(contentType, ";")
	if !ok {
		return ""
	}
	const prefix = "charset="
	params = strings.TrimSpace(params)
	if len(params) >= len(prefix) && strings.EqualFold(params[:len(prefix)], prefix) {
		if value := params[len(prefix):]; !strings.ContainsAny(value, `"; `) {
			return value // without the allocations of the parser
		}
	}
	return media.Param(contentType, "charset")
}

// utf8Names are names of UTF-8 and of its subset ASCII.
var utf8Names = map[string]bool{"": true, "utf-8": true, "utf8": true, "us-ascii": true, "ascii": true}

// Decode returns a text as UTF-8. The charset is the declared one; "" is UTF-8, or UTF-16 if the
// text has its byte order mark. If the text is not in its charset, or the charset is not supported
// but the text can be read as UTF-8, doubt says so. Decode returns an error if the text cannot be
// read. It does not change data, which it may return.
func Decode(data []byte, declared string) (text []byte, doubt string, err error) {
	name := strings.ToLower(strings.TrimSpace(declared))
	if utf8Names[name] && (name != "" || !utf16Mark(data)) {
		if !utf8.Valid(data) {
			doubt = "text that is not UTF-8"
		}
		return data, doubt, nil
	}
	from := find(name)
	switch {
	case from != nil:
		text = from(data)
		if bytes.ContainsRune(text, utf8.RuneError) {
			doubt = fmt.Sprintf("text that is not in its charset %.40q", name)
		}
		return text, doubt, nil
	case utf8.Valid(data):
		return data, fmt.Sprintf("text in the charset %.40q, which is not supported", name), nil
	}
	return nil, "", fmt.Errorf("charset %.40q: not supported", name)
}

// utf16Mark reports whether a text begins with the byte order mark of UTF-16.
func utf16Mark(data []byte) bool {
	return len(data) >= 2 && (data[0] == 0xfe && data[1] == 0xff || data[0] == 0xff && data[1] == 0xfe)
}

// find returns the conversion from a charset by its name in lower case, or nil. A byte order mark
// is believed more than the name.
func find(name string) func([]byte) []byte {
	if name == "" {
		name = "utf-16" // the mark says which
	}
	from := conversion(name)
	if from == nil {
		return nil
	}
	return func(data []byte) []byte {
		if text, ok := bytes.CutPrefix(data, []byte("\xef\xbb\xbf")); ok {
			return fromUTF8(text)
		}
		if utf16Mark(data) {
			return fromUTF16(data[2:], data[0] == 0xfe)
		}
		return from(data)
	}
}
