package charset

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

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

// aliases are names that are used for charsets but are not in the registry of the WHATWG.
var aliases = map[string]string{
	"cp932": "shift_jis", "cp936": "gbk", "cp949": "euc-kr", "cp950": "big5", "utf16": "utf-16", "latin-1": "latin1",
}

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
	e := find(name)
	switch {
	case e != nil:
		text, _, err = transform.Bytes(unicode.BOMOverride(e.NewDecoder()), data)
		if bytes.ContainsRune(text, utf8.RuneError) {
			doubt = fmt.Sprintf("text that is not in its charset %.40q", name)
		}
		return text, doubt, err
	case utf8.Valid(data):
		return data, fmt.Sprintf("text in the charset %.40q, which is not supported", name), nil
	}
	return nil, "", fmt.Errorf("charset %.40q: not supported", name)
}

// utf16Mark reports whether a text begins with the byte order mark of UTF-16.
func utf16Mark(data []byte) bool {
	return len(data) >= 2 && (data[0] == 0xfe && data[1] == 0xff || data[0] == 0xff && data[1] == 0xfe)
}

// find returns a charset by its name in lower case, or nil.
func find(name string) encoding.Encoding {
	if name == "" {
		name = "utf-16" // the mark says which
	}
	if known, ok := aliases[name]; ok {
		name = known
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		e, err = htmlindex.Get(strings.ReplaceAll(name, "_", "-")) // iso8859_1
	}
	if err != nil || e == encoding.Replacement {
		return nil
	}
	return e
}
